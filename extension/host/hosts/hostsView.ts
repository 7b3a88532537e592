/** The Hosts view: the machines of `ringside.hosts` and, once one is expanded, its guests. Nothing connects before that. */
import * as vscode from 'vscode';
import type { Guest, HostConfig } from '../../protocol.ts';
import { Disposable } from '../base/disposable.ts';
import { logFailure, messageOf, showFailure } from '../base/failure.ts';
import type { Configuration } from '../configuration/configuration.ts';
import type { Connections } from '../connection/connections.ts';
import { count, duration, plain } from '../words.ts';
import { byInterest, guestIcon, guestSummary, isAlive, kindWord, stateWord } from './guestWords.ts';

export type HostsNode =
  | { readonly type: 'host'; readonly host: HostConfig }
  | { readonly type: 'guest'; readonly host: HostConfig; readonly guest: Guest }
  | { readonly type: 'note'; readonly host: HostConfig; readonly text: string; readonly failed: boolean };

/** The node that a menu of the view hands to a command, where it is one. */
export function hostsNode(argument: unknown): HostsNode | null {
  return typeof argument === 'object' && argument !== null && 'type' in argument && 'host' in argument ? (argument as HostsNode) : null;
}

export class HostsView extends Disposable implements vscode.TreeDataProvider<HostsNode> {
  private readonly configuration: Configuration;
  private readonly connections: Connections;
  private readonly log: vscode.LogOutputChannel;
  private readonly changed = this.register(new vscode.EventEmitter<HostsNode | undefined>());
  readonly onDidChangeTreeData = this.changed.event;
  /** Whose guests could not be listed when they were last asked for, by name. */
  private readonly failed = new Map<string, HostsNode>();
  private readonly quietly = new Set<string>();

  constructor(configuration: Configuration, connections: Connections, log: vscode.LogOutputChannel) {
    super();
    this.configuration = configuration;
    this.connections = connections;
    this.log = log;
    this.register(vscode.window.createTreeView('ringside.hosts', { treeDataProvider: this, showCollapseAll: true }));
    this.register(connections.onDidReach((host) => this.wasReached(host)));
    this.register(vscode.workspace.onDidGrantWorkspaceTrust(() => this.refresh()));
    this.register(
      configuration.onDidChange((settings) => {
        if (settings.includes('hosts')) this.refresh();
      }),
    );
  }

  /** Asks the expanded hosts for their guests again. */
  refresh(node?: HostsNode): void {
    this.changed.fire(node?.type === 'host' ? node : undefined);
  }

  /** What is said of an attempt before is no longer so. Nobody asked the tree for guests, so no failure pops up. */
  private wasReached({ name }: HostConfig): void {
    const node = this.failed.get(name);
    if (!node) return;
    this.quietly.add(name);
    this.changed.fire(node);
  }

  async getChildren(node?: HostsNode): Promise<HostsNode[]> {
    // none of them could be connected to: the empty view says why
    if (!vscode.workspace.isTrusted) return [];
    if (!node) return this.configuration.hosts().map((host) => ({ type: 'host', host }));
    return node.type === 'host' ? this.guestsOf(node) : [];
  }

  getTreeItem(node: HostsNode): vscode.TreeItem {
    switch (node.type) {
      case 'host':
        return hostItem(node.host);
      case 'guest':
        return guestItem(node.host, node.guest);
      case 'note':
        return noteItem(node);
      default:
        return node satisfies never;
    }
  }

  private async guestsOf(node: HostsNode): Promise<HostsNode[]> {
    const { host } = node;
    const isQuiet = this.quietly.delete(host.name);
    this.failed.delete(host.name);
    try {
      const guests = await this.connections.guestsOf(host);
      if (guests.length === 0) return [{ type: 'note', host, text: vscode.l10n.t('No guests'), failed: false }];
      return guests.sort(byInterest).map((guest) => ({ type: 'guest', host, guest }));
    } catch (error) {
      this.failed.set(host.name, node);
      if (isQuiet) logFailure(error, this.log);
      else void showFailure(error, this.log);
      // why alone: the host stands above it
      const why = error instanceof Error && error.cause !== undefined ? error.cause : error;
      return [{ type: 'note', host, text: messageOf(why), failed: true }];
    }
  }
}

function hostItem(host: HostConfig): vscode.TreeItem {
  const item = new vscode.TreeItem(plain(host.name), vscode.TreeItemCollapsibleState.Collapsed);
  item.id = `host:${host.name}`;
  item.contextValue = 'host';
  item.iconPath = new vscode.ThemeIcon('server');
  if (host.destination !== host.name) item.description = plain(host.destination);
  item.tooltip = vscode.l10n.t('Expand to connect to {0} and list its guests', plain(host.destination));
  return item;
}

function guestItem(host: HostConfig, guest: Guest): vscode.TreeItem {
  const item = new vscode.TreeItem(plain(guest.name), vscode.TreeItemCollapsibleState.None);
  item.id = `guest:${host.name}:${guest.domid}:${guest.name}`;
  item.contextValue = isAlive(guest) ? 'guest' : 'deadGuest';
  const color = guestIcon(guest) === 'vm-running' ? new vscode.ThemeColor('charts.green') : undefined;
  item.iconPath = new vscode.ThemeIcon(guestIcon(guest), color);
  item.description = guestSummary(guest);
  item.tooltip = [
    plain(guest.name),
    vscode.l10n.t('Domain {0} ({1}), {2}', guest.domid, kindWord(guest), stateWord(guest)),
    vscode.l10n.t('CPU time: {0} on {1}', duration(guest.cpuSeconds * 1000), count(guest.vcpus, 'vCPU')),
    guest.kernel === null ? vscode.l10n.t('Kernel: not named by its configuration') : vscode.l10n.t('Kernel: {0}', plain(guest.kernel)),
  ].join('\n');
  return item;
}

function noteItem({ host, text, failed }: HostsNode & { type: 'note' }): vscode.TreeItem {
  const item = new vscode.TreeItem(plain(text), vscode.TreeItemCollapsibleState.None);
  item.id = `note:${host.name}`;
  item.iconPath = new vscode.ThemeIcon(failed ? 'warning' : 'info');
  item.contextValue = 'note';
  if (!failed) return item;
  item.tooltip = text;
  item.command = { command: 'ringside.showLog', title: vscode.l10n.t('Show Log') };
  return item;
}
