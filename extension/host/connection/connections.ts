/** One client for each host, made when first asked for. */
import path from 'node:path';
import * as vscode from 'vscode';
import { Dom0Client } from '../../dom0/client.ts';
import type { Guest, HostConfig, Preflight } from '../../protocol.ts';
import { Disposable } from '../base/disposable.ts';
import { Failure, isCancelled, logFailure } from '../base/failure.ts';
import type { Configuration } from '../configuration/configuration.ts';
import { plain } from '../words.ts';
import { prompter } from './prompts.ts';
import { requireTrust } from './trust.ts';

export class Connections extends Disposable {
  private readonly clients = new Map<string, Dom0Client>();
  private readonly configuration: Configuration;
  private readonly extensionPath: string;
  private readonly log: vscode.LogOutputChannel;
  private readonly reaching = this.register(new vscode.EventEmitter<HostConfig>());
  /** A host has let us in, and answered. */
  readonly onDidReach = this.reaching.event;

  constructor(configuration: Configuration, extensionPath: string, log: vscode.LogOutputChannel) {
    super();
    this.configuration = configuration;
    this.extensionPath = extensionPath;
    this.log = log;
    this.register(
      configuration.onDidChange((settings) => {
        if (settings.some((name) => name === 'hosts' || name === 'sshPath' || name === 'sshArguments')) void this.close();
      }),
    );
  }

  /** The client for a host. Throws in Restricted Mode. */
  to(host: HostConfig): Dom0Client {
    requireTrust();
    const key = JSON.stringify(host);
    const known = this.clients.get(key);
    if (known) return known;
    const client = new Dom0Client(host, {
      ssh: this.configuration.sshPath(),
      sshArguments: this.configuration.sshArguments(),
      prompter,
      askpassScript: path.join(this.extensionPath, 'dist', 'askpass.cjs'),
      log: (line) => this.log.info(`[${host.name}] ${line}`),
    });
    this.clients.set(key, client);
    return client;
  }

  /** The guests of a host now. What fails names the host by the name that the person gave it. */
  async guestsOf(host: HostConfig, signal?: AbortSignal): Promise<Guest[]> {
    try {
      const guests = await this.to(host).guests(signal);
      this.reaching.fire(host);
      return guests;
    } catch (cause) {
      if (isCancelled(cause) || cause instanceof Failure) throw cause;
      throw new Error(vscode.l10n.t('The guests of {0} cannot be listed', plain(host.name)), { cause });
    }
  }

  /** What a recording needs of a host, and what of that is missing. */
  async preflight(host: HostConfig, signal: AbortSignal): Promise<Preflight> {
    const preflight = await this.to(host).preflight(signal);
    this.reaching.fire(host);
    return preflight;
  }

  /** Ends every shared ssh connection. */
  async close(): Promise<void> {
    const clients = [...this.clients.values()];
    this.clients.clear();
    await Promise.all(clients.map((client) => client.close().catch((error: unknown) => logFailure(error, this.log))));
  }

  override dispose(): void {
    super.dispose();
    void this.close();
  }
}
