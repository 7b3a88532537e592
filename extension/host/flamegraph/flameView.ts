/** One webview and what it shows, a profile or a comparison: answers what it asks, and says when there is more to ask about. */
import { randomBytes } from 'node:crypto';
import * as vscode from 'vscode';
import type { FromView, ToView, ViewCommand } from '../../protocol.ts';
import { Disposable } from '../base/disposable.ts';
import { isCancelled, logFailure, messageOf, showFailure } from '../base/failure.ts';
import { Pump } from '../base/pump.ts';
import type { Engine } from '../languageServer/engine.ts';
import type { SourceOpener } from '../sources/openSource.ts';
import { Conversation, pushIntervalMs, type Ask } from './conversation.ts';
import { viewPage } from './page.ts';
import type { OpenProfile, Profiles } from './profiles.ts';

/** Messages whose failures are told in the view itself. */
const questions = new Set<FromView['type']>(['ready', 'flame', 'functions', 'neighbours', 'heatMap', 'hotPaths']);

export interface ViewServices {
  readonly extensionUri: vscode.Uri;
  readonly engine: Engine;
  readonly profiles: Profiles;
  readonly sources: SourceOpener;
  readonly log: vscode.LogOutputChannel;
  /** What is remembered from one profile to the next. */
  readonly memory: vscode.Memento;
}

const FLIPPED = 'ringside.flipped';

export class FlameView extends Disposable {
  readonly profile: OpenProfile;
  private readonly panel: vscode.WebviewPanel;
  private readonly services: ViewServices;
  private readonly pump: Pump;
  private readonly conversation: Conversation;

  constructor(panel: vscode.WebviewPanel, profile: OpenProfile, services: ViewServices) {
    super();
    this.panel = panel;
    this.profile = profile;
    this.services = services;
    const ask: Ask = (method, params) => services.engine.request(method, params);
    this.conversation = new Conversation(profile, ask, (answer) => this.post(answer));
    this.pump = this.register(
      new Pump(
        () => {
          this.post({ type: 'grown' });
          return Promise.resolve();
        },
        pushIntervalMs,
        (error) => logFailure(error, services.log),
      ),
    );
    this.register(profile.onDidGrow(() => this.pump.want()));
    this.register(profile.onDidTell((told) => this.post(told)));
    this.register(profile.onDidWant(() => this.showWanted()));
    // A part of it may be shown, so that nobody asks any more.
    profile.ready.catch((error: unknown) => {
      if (!isCancelled(error)) this.post({ type: 'error', message: messageOf(error) });
    });
    const { webview } = panel;
    this.register(webview.onDidReceiveMessage((message: FromView) => void this.receive(message)));
    this.register(
      panel.onDidChangeViewState(() => {
        if (panel.active) services.profiles.activate(profile);
      }),
    );
    this.register(panel.onDidDispose(() => this.dispose()));
    if (panel.active || services.profiles.active === null || profile.recording) services.profiles.activate(profile);
    const dist = vscode.Uri.joinPath(services.extensionUri, 'dist');
    webview.options = { enableScripts: true, localResourceRoots: [dist] };
    webview.html = viewPage({
      cspSource: webview.cspSource,
      script: webview.asWebviewUri(vscode.Uri.joinPath(dist, 'view.js')).toString(),
      style: webview.asWebviewUri(vscode.Uri.joinPath(dist, 'view.css')).toString(),
      nonce: randomBytes(16).toString('base64url'),
      language: vscode.env.language,
      flipped: services.memory.get<unknown>(FLIPPED) === true,
    });
  }

  /** Messages to a page that is hidden are lost; it asks again when it is shown. */
  private post(message: ToView): void {
    if (!this.disposed) void this.panel.webview.postMessage(message);
  }

  /** A page that was hidden loads anew, and is told when it is ready. */
  private showWanted(): void {
    const { profile, panel } = this;
    if (!panel.visible) return panel.reveal(undefined, true);
    if (profile.wanted !== null) this.post({ type: 'reveal', node: profile.wanted });
    profile.wanted = null;
  }

  private async receive(message: FromView): Promise<void> {
    try {
      await this.answer(message);
    } catch (error) {
      if (isCancelled(error)) return;
      if (questions.has(message.type)) {
        logFailure(error, this.services.log);
        this.post({ type: 'error', message: messageOf(error) });
      } else void showFailure(error, this.services.log);
    }
  }

  private async answer(message: FromView): Promise<void> {
    switch (message.type) {
      case 'ready':
        this.post({ type: 'named', title: this.profile.title });
        if (this.profile.told) this.post(this.profile.told);
        if (this.profile.wanted !== null) this.showWanted();
        return;
      case 'flame':
      case 'functions':
      case 'neighbours':
      case 'heatMap':
      case 'hotPaths':
        this.profile.filter = message.filter;
        await this.profile.shown;
        return this.conversation.answer(message);
      case 'openSource':
        return this.openSource(message);
      case 'openPlace':
        return this.services.sources.open(message.place, this.panel.viewColumn, message.aside);
      case 'selected':
        // a comparison's frames are neither profile's
        if (this.profile.kind === 'profile') this.profile.select(message);
        return;
      case 'flipped':
        await this.services.memory.update(FLIPPED, message.flipped);
        return;
      case 'assembly':
        this.services.profiles.activate(this.profile);
        await vscode.commands.executeCommand('ringside.assembly', { fn: message.fn });
        return;
      case 'copy':
        return vscode.env.clipboard.writeText(message.text);
      case 'copyLink':
        return vscode.env.clipboard.writeText(await this.services.sources.linkTo(message.place));
      case 'command':
        this.profile.filter = message.filter;
        if (message.command === 'cancel' && this.profile.cancelOpening()) {
          this.panel.dispose();
          return;
        }
        this.services.profiles.activate(this.profile);
        await vscode.commands.executeCommand(commandOf[message.command], this.profile.id);
        return;
      default:
        this.services.log.warn(`The view sent a message nobody knows: ${JSON.stringify(message satisfies never).slice(0, 200)}`);
    }
  }

  private async openSource({ filter, node, where, aside }: FromView & { readonly type: 'openSource' }): Promise<void> {
    const { engine, sources } = this.services;
    const { frame, hottest, callSite } = await engine.request('ringside/places', { profileId: this.profile.id, filter, node });
    const place = where === 'callSite' ? callSite : hottest;
    if (place) return sources.open(place, this.panel.viewColumn, aside);
    const why =
      where === 'callSite'
        ? vscode.l10n.t('It is not known where {0} was called: its caller has no line information.', frame.name)
        : vscode.l10n.t('{0} has no line information: the symbols hold no DWARF for it. Choose an ELF file built with -g.', frame.name);
    const choose = vscode.l10n.t('Choose Symbols…');
    const pressed = await vscode.window.showInformationMessage(why, choose);
    if (pressed === choose) await vscode.commands.executeCommand('ringside.chooseSymbols');
  }
}

const commandOf: Record<ViewCommand, string> = {
  stop: 'ringside.stop',
  cancel: 'ringside.cancel',
  again: 'ringside.profileAgain',
  save: 'ringside.saveCapture',
  export: 'ringside.export',
  compare: 'ringside.compareWith',
  swap: 'ringside.swapComparison',
  chooseSymbols: 'ringside.chooseSymbols',
  trustSymbols: 'ringside.trustSymbols',
  showLog: 'ringside.showLog',
};
