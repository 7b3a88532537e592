/** The engine as the host sees it: a language server, started on first use, answering the requests of protocol.ts. */
import * as vscode from 'vscode';
import {
  CloseAction,
  ErrorAction,
  LanguageClient,
  RevealOutputChannelOn,
  State,
  TransportKind,
  type LanguageClientOptions,
} from 'vscode-languageclient/node';
import type { EngineEvents, EngineNotifications, EngineRequests, HostRequests } from '../../protocol.ts';
import { Disposable } from '../base/disposable.ts';
import { logFailure } from '../base/failure.ts';
import type { Configuration } from '../configuration/configuration.ts';
import type { SourceLocator } from '../sources/locator.ts';
import { withDeadline } from './deadline.ts';

/** How often a crashed engine is started again within `restartWindowMs`. */
const restartLimit = 3;
const restartWindowMs = 5 * 60_000;

/** Sources of the languages that unikernels are written in, whether or not the editor knows the language. */
const sources = '**/*.{c,h,cc,cpp,cxx,hh,hpp,hxx,inc,S,s,asm,rs,ml,mli,go,zig,d,hs}';

/** Languages of our own, which the engine serves whether or not a profile is open. */
const ownLanguages = ['folded-stacks', 'xl-configuration', 'annotated-assembly'];

/** Reading a large ELF file or capture for the first time may take a while. */
const slow: Partial<Record<keyof EngineRequests, number>> = {
  'ringside/begin': 120_000,
  'ringside/end': 120_000,
  // Opening says how far it is, and can be cancelled.
  'ringside/open': 600_000,
  'ringside/resymbolize': 120_000,
  'ringside/save': 120_000,
  'ringside/export': 120_000,
  'ringside/compare': 120_000,
  'ringside/inspectElf': 60_000,
  // a file with very much debug information, and the disassembler's own limit for each range of code
  'ringside/assembly': 180_000,
};

export class Engine extends Disposable {
  private readonly configuration: Configuration;
  private readonly locator: SourceLocator;
  private readonly module: string;
  private readonly log: vscode.LogOutputChannel;
  private readonly symbolsFolder: string;
  private client: Promise<LanguageClient> | undefined;
  private readonly restarted = this.register(new vscode.EventEmitter<void>());
  /** The engine had ended unexpectedly and runs again: it knows nothing any more. */
  readonly onDidRestart = this.restarted.event;
  private readonly heated = this.register(new vscode.EventEmitter<void>());
  /** Source lines cost something else than before. */
  readonly onDidChangeHeat = this.heated.event;
  private readonly told = this.register(new vscode.EventEmitter<EngineEvents['ringside/opening']>());
  /** How far the opening of a file is. */
  readonly onDidTell = this.told.event;

  /** @param symbols folder of what the engine keeps of ELF files from one session to the next; it bounds it itself */
  constructor(
    configuration: Configuration,
    locator: SourceLocator,
    extensionUri: vscode.Uri,
    symbols: vscode.Uri,
    log: vscode.LogOutputChannel,
  ) {
    super();
    this.configuration = configuration;
    this.locator = locator;
    this.module = vscode.Uri.joinPath(extensionUri, 'dist', 'engine.cjs').fsPath;
    this.symbolsFolder = symbols.fsPath;
    this.log = log;
    const serve = ({ languageId }: vscode.TextDocument): void => {
      if (ownLanguages.includes(languageId) && !this.client) void this.running().catch((error: unknown) => logFailure(error, log));
    };
    this.register(vscode.workspace.onDidOpenTextDocument(serve));
    vscode.workspace.textDocuments.forEach(serve);
    this.register(locator.onDidChange(() => this.tellSourceMap()));
    this.register(
      configuration.onDidChange((settings) => {
        if (settings.includes('debugFileDirectories') && this.client)
          void this.notify('ringside/debugFileDirectories', { debugFileDirectories: configuration.debugFileDirectories() });
      }),
    );
  }

  private tellSourceMap(): void {
    if (this.client) void this.notify('ringside/sourceMap', { sourceMap: this.locator.map() });
  }

  /** Asks the engine. Rejects with the engine's message, when it is cancelled, or when it does not answer in time. */
  async request<M extends keyof EngineRequests>(
    method: M,
    params: EngineRequests[M]['params'],
    token?: vscode.CancellationToken,
  ): Promise<EngineRequests[M]['result']> {
    const client = await this.running();
    // an undefined token would go over the wire as a second parameter
    const answer = client.sendRequest<EngineRequests[M]['result']>(method, params, ...(token ? [token] : []));
    return withDeadline(answer, slow[method] ?? 20_000, `The engine (${method})`);
  }

  /** Tells the engine. Resolves when the message is on its way; failures are logged, because whoever tells cannot help it. */
  async notify<M extends keyof EngineNotifications>(method: M, params: EngineNotifications[M]): Promise<void> {
    try {
      await (await this.running()).sendNotification(method, params);
    } catch (error) {
      logFailure(error, this.log);
    }
  }

  /** Whether anything has been asked of the engine yet. */
  get started(): boolean {
    return this.client !== undefined;
  }

  async stop(): Promise<void> {
    const client = this.client;
    this.client = undefined;
    if (client) await (await client).dispose(2000);
  }

  private running(): Promise<LanguageClient> {
    if (this.disposed) return Promise.reject(new Error('Ringside is closing'));
    this.client ??= this.start().catch((cause: unknown) => {
      this.client = undefined;
      throw new Error('The engine could not be started; reload the window, and see the log if it happens again', { cause });
    });
    return this.client;
  }

  private async start(): Promise<LanguageClient> {
    const server = { module: this.module, transport: TransportKind.ipc };
    const debug = { ...server, options: { execArgv: ['--nolazy', '--inspect=6011'] } };
    const client = new LanguageClient('ringside', 'Ringside engine', { run: server, debug }, this.options());
    client.onNotification('ringside/heatChanged', () => this.heated.fire());
    client.onNotification('ringside/opening', (event: EngineEvents['ringside/opening']) => this.told.fire(event));
    client.onRequest('ringside/locate', ({ path, built }: HostRequests['ringside/locate']['params']) =>
      this.locator.sourcesOf(vscode.Uri.file(path), built),
    );
    let wasRunning = false;
    client.onDidChangeState(({ newState }) => {
      if (newState !== State.Running) return;
      if (wasRunning) this.restarted.fire();
      wasRunning = true;
    });
    await client.start();
    return client;
  }

  private options(): LanguageClientOptions {
    const ends: number[] = [];
    return {
      documentSelector: [{ scheme: 'file', pattern: sources }, ...ownLanguages.map((language) => ({ language }))],
      initializationOptions: {
        sourceMap: this.locator.map(),
        lineHeat: this.configuration.lineHeat(),
        debugFileDirectories: this.configuration.debugFileDirectories(),
        symbolsFolder: this.symbolsFolder,
      },
      // links in hovers may run these and nothing else, whatever a name from a guest looks like
      markdown: { isTrusted: { enabledCommands: ['ringside.openPlace', 'ringside.showInGraph', 'ringside.assembly'] } },
      outputChannel: this.log,
      revealOutputChannelOn: RevealOutputChannelOn.Never,
      initializationFailedHandler: (error) => {
        logFailure(error, this.log);
        return false;
      },
      errorHandler: {
        error: (error, _message, count) => {
          logFailure(error, this.log);
          return { action: count !== undefined && count > 3 ? ErrorAction.Shutdown : ErrorAction.Continue, handled: true };
        },
        closed: () => {
          const now = Date.now();
          ends.push(now);
          while (now - ends[0]! > restartWindowMs) ends.shift();
          const again = ends.length <= restartLimit && !this.disposed;
          this.log.error(
            `The engine ended unexpectedly${again ? '; starting it again' : ` ${ends.length} times in five minutes; not started again`}`,
          );
          if (again) return { action: CloseAction.Restart, handled: true };
          this.client = undefined;
          const message = vscode.l10n.t('The engine keeps ending. Reload the window to use Ringside again; the log says more.');
          return { action: CloseAction.DoNotRestart, message };
        },
      },
    };
  }

  override dispose(): void {
    super.dispose();
    void this.stop();
  }
}
