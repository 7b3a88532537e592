/** The Captures view: the last recordings, saved or not, and the captures of the workspace. */
import path from 'node:path';
import * as vscode from 'vscode';
import { Disposable } from '../base/disposable.ts';
import { logFailure } from '../base/failure.ts';
import { plain } from '../words.ts';
import { captureFiles } from './captureFiles.ts';
import { recentWords, type Recent, type RecentRecordings } from './recentRecordings.ts';

/** A workspace that holds more of them is looked through in the explorer. */
const listedCaptures = 200;

/** How long what may be a folder is left to fill. */
const settleMs = 1000;

export type CaptureNode =
  | { readonly type: 'recording'; readonly uri: vscode.Uri; readonly recent: Recent }
  | { readonly type: 'capture'; readonly uri: vscode.Uri };

interface Group {
  readonly type: 'group';
  readonly of: 'recordings' | 'workspace';
  readonly captures: readonly CaptureNode[];
  /** None was left out. */
  readonly areAll: boolean;
}

type CapturesNode = Group | CaptureNode;

/** Whether a menu of the view hands that to a command. */
export function isCaptureNode(node: unknown): node is CaptureNode {
  return typeof node === 'object' && node !== null && 'type' in node && (node.type === 'recording' || node.type === 'capture');
}

export class CapturesView extends Disposable implements vscode.TreeDataProvider<CapturesNode> {
  private readonly recent: RecentRecordings;
  private readonly log: vscode.LogOutputChannel;
  private readonly changed = this.register(new vscode.EventEmitter<CapturesNode | undefined>());
  readonly onDidChangeTreeData = this.changed.event;
  private readonly tree: vscode.TreeView<CapturesNode>;
  /** The paths of those of the workspace. */
  private listed: readonly string[] = [];
  private later: ReturnType<typeof setTimeout> | undefined;

  constructor(recent: RecentRecordings, log: vscode.LogOutputChannel) {
    super();
    this.recent = recent;
    this.log = log;
    this.tree = this.register(vscode.window.createTreeView('ringside.captures', { treeDataProvider: this, canSelectMany: true }));
    const refresh = (): void => this.changed.fire(undefined);
    this.register(recent.onDidChange(refresh));
    // what another window has recorded
    this.register(this.tree.onDidChangeVisibility(({ visible }) => visible && refresh()));
    this.register(this.register(vscode.workspace.createFileSystemWatcher(captureFiles, false, true, true)).onDidCreate(refresh));
    // of a folder that comes or goes with all that is in it, no more may be told than that
    const anything = this.register(vscode.workspace.createFileSystemWatcher('**', false, true, false));
    this.register(anything.onDidCreate(({ path: come }) => !path.posix.basename(come).includes('.') && this.refreshLater()));
    this.register(
      anything.onDidDelete(({ path: gone }) => this.listed.some((file) => file === gone || file.startsWith(`${gone}/`)) && refresh()),
    );
    this.register({ dispose: () => clearTimeout(this.later) });
    this.register(vscode.workspace.onDidChangeWorkspaceFolders(refresh));
  }

  /** The captures that a menu of the view, or a key in it, is about. @param selection what is selected, where that is more than the one */
  meant(on: unknown, selection: unknown): CaptureNode[] {
    const all: readonly unknown[] = Array.isArray(selection) ? selection : isCaptureNode(on) ? [on] : this.tree.selection;
    return all.filter(isCaptureNode);
  }

  async getChildren(node?: CapturesNode): Promise<CapturesNode[]> {
    if (node) return node.type === 'group' ? [...node.captures] : [];
    const [recordings, found] = await Promise.all([this.recordings(), this.ofWorkspace()]);
    this.listed = found.map(({ uri }) => uri.path);
    const groups: Group[] = [
      { type: 'group', of: 'recordings', captures: recordings, areAll: true },
      { type: 'group', of: 'workspace', captures: found.slice(0, listedCaptures), areAll: found.length <= listedCaptures },
    ];
    return groups.filter(({ captures }) => captures.length > 0);
  }

  getTreeItem(node: CapturesNode): vscode.TreeItem {
    return node.type === 'group' ? groupItem(node) : captureItem(node);
  }

  private refreshLater(): void {
    clearTimeout(this.later);
    this.later = setTimeout(() => this.changed.fire(undefined), settleMs);
  }

  private async recordings(): Promise<CaptureNode[]> {
    return (await this.recent.list()).map((recent) => ({ type: 'recording', uri: vscode.Uri.file(recent.file), recent }));
  }

  private async ofWorkspace(): Promise<CaptureNode[]> {
    try {
      const found = await vscode.workspace.findFiles(captureFiles, '**/node_modules/**', listedCaptures + 1);
      const byPath = new Intl.Collator(undefined, { numeric: true });
      return found.sort((a, b) => byPath.compare(a.path, b.path)).map((uri) => ({ type: 'capture', uri }));
    } catch (error) {
      // a virtual file system that cannot be searched; the recordings are there all the same
      logFailure(error, this.log);
      return [];
    }
  }
}

function groupItem({ of, areAll }: Group): vscode.TreeItem {
  const label = of === 'recordings' ? vscode.l10n.t('Recordings') : vscode.l10n.t('Workspace');
  const item = new vscode.TreeItem(label, vscode.TreeItemCollapsibleState.Expanded);
  item.id = of;
  item.contextValue = 'group';
  if (of === 'recordings') item.tooltip = vscode.l10n.t('The last recordings, saved or not');
  if (!areAll) item.description = vscode.l10n.t('{0} of them; the explorer has all', listedCaptures);
  return item;
}

function captureItem(node: CaptureNode): vscode.TreeItem {
  const item = new vscode.TreeItem(node.uri, vscode.TreeItemCollapsibleState.None);
  item.id = `${node.type}:${node.uri.toString()}`;
  item.contextValue = node.type;
  item.iconPath = new vscode.ThemeIcon('flame');
  item.tooltip = vscode.workspace.asRelativePath(node.uri);
  item.command = { command: 'ringside.openCapture', title: vscode.l10n.t('Open Capture'), arguments: [node] };
  return Object.assign(item, node.type === 'recording' ? recentWords(node.recent) : captureWords(node.uri));
}

function captureWords(uri: vscode.Uri): { label: string; description?: string } {
  const folder = path.posix.dirname(vscode.workspace.asRelativePath(uri));
  return { label: plain(path.posix.basename(uri.path)), ...(folder === '.' ? {} : { description: plain(folder) }) };
}
