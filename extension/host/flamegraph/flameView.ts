/** One webview and the profile it shows: answers what the view asks, and pushes while the profile grows. */
import { randomBytes } from 'node:crypto';
import * as vscode from 'vscode';
import type { FromView, RecordingEnd, RecordingStatus, ToView } from '../../protocol.ts';
import { Disposable } from '../base/disposable.ts';
import { isCancelled, logFailure, messageOf, showFailure } from '../base/failure.ts';
import { Pump } from '../base/pump.ts';
import type { Engine } from '../languageServer/engine.ts';
import type { SourceOpener } from '../sources/openSource.ts';
import { viewPage } from './page.ts';
import type { OpenProfile, Profiles } from './profiles.ts';

/** A growing graph is drawn three times a second at most. */
const pushIntervalMs = 333;
const hotPathLimit = 25;

export type ViewCommand = Question<'command'>['command'];

/** What the view asked. */
type Question<T extends FromView['type']> = FromView & { readonly type: T };

export interface ViewServices {
  readonly extensionUri: vscode.Uri;
  readonly engine: Engine;
  readonly profiles: Profiles;
  readonly sources: SourceOpener;
  readonly log: vscode.LogOutputChannel;
}

export class FlameView extends Disposable {
  readonly profile: OpenProfile;
  private readonly panel: vscode.WebviewPanel;
  private readonly services: ViewServices;
  private readonly pump: Pump;
  /** What the view showed last, to be pushed again when the profile has grown. */
  private flame: Question<'flame'> | null = null;
  private hotPaths: Question<'hotPaths'> | null = null;

  constructor(panel: vscode.WebviewPanel, profile: OpenProfile, services: ViewServices) {
    super();
    this.panel = panel;
    this.profile = profile;
    this.services = services;
    this.pump = this.register(
      new Pump(
        () => this.push(),
        pushIntervalMs,
        (error) => logFailure(error, services.log),
      ),
    );
    this.register(profile.onDidGrow(() => this.pump.want()));
    this.register(profile.onDidTell((told) => this.tell(told)));
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
    });
  }

  /** Messages to a page that is hidden are lost; it asks again when it is shown. */
  private post(message: ToView): void {
    if (!this.disposed) void this.panel.webview.postMessage(message);
  }

  private async receive(message: FromView): Promise<void> {
    try {
      await this.answer(message);
    } catch (error) {
      if (isCancelled(error)) return;
      if (message.type === 'flame' || message.type === 'hotPaths' || message.type === 'ready') {
        logFailure(error, this.services.log);
        this.post({ type: 'error', message: messageOf(error) });
      } else void showFailure(error, this.services.log);
    }
  }

  private async answer(message: FromView): Promise<void> {
    switch (message.type) {
      case 'ready':
        if (this.profile.end) this.tell(this.profile.end);
        else if (this.profile.status) this.tell(this.profile.status);
        return;
      case 'flame':
        this.flame = message;
        return this.sendFlame(message);
      case 'hotPaths':
        this.hotPaths = message;
        return this.sendHotPaths(message);
      case 'openSource':
        return this.openSource(message);
      case 'copy':
        return vscode.env.clipboard.writeText(message.text);
      case 'command':
        this.services.profiles.activate(this.profile);
        return vscode.commands.executeCommand(commandOf[message.command]);
      default:
        this.services.log.warn(`The view sent a message nobody knows: ${JSON.stringify(message satisfies never).slice(0, 200)}`);
    }
  }

  private async sendFlame(question: Question<'flame'>): Promise<void> {
    await this.profile.ready;
    const { filter, rootNode, widthPx, serial } = question;
    const reply = await this.services.engine.request('ringside/flame', { profileId: this.profile.id, filter, rootNode, widthPx });
    // The view asks something else by now: that answer is on its way.
    if (question === this.flame) this.post({ type: 'flame', reply, ...(serial === undefined ? {} : { serial }) });
  }

  private async sendHotPaths(question: Question<'hotPaths'>): Promise<void> {
    await this.profile.ready;
    const { filter, serial } = question;
    const reply = await this.services.engine.request('ringside/hotPaths', { profileId: this.profile.id, filter, limit: hotPathLimit });
    if (question === this.hotPaths) this.post({ type: 'hotPaths', reply, ...(serial === undefined ? {} : { serial }) });
  }

  private async push(): Promise<void> {
    if (!this.panel.visible) return;
    if (this.flame) await this.sendFlame(this.flame);
    if (this.hotPaths) await this.sendHotPaths(this.hotPaths);
  }

  private tell(told: RecordingStatus | RecordingEnd): void {
    if ('reason' in told) this.post({ type: 'recordingEnded', end: told });
    else this.post({ type: 'status', status: told });
  }

  private async openSource({ node, where, aside }: Question<'openSource'>): Promise<void> {
    const { engine, sources } = this.services;
    const filter = this.flame?.filter ?? { states: 'all', vcpu: null };
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
  chooseSymbols: 'ringside.chooseSymbols',
  trustSymbols: 'ringside.trustSymbols',
  showLog: 'ringside.showLog',
};
