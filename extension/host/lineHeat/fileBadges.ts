/** The explorer's files say what share of the time is spent in them. */
import * as vscode from 'vscode';
import { Disposable } from '../base/disposable.ts';
import { logFailure } from '../base/failure.ts';
import { Pump } from '../base/pump.ts';
import { share } from '../words.ts';
import { badgeOf } from './bands.ts';
import type { HeatServices } from './lineHeat.ts';

/** While a profile grows, what is in sight is asked for again this often. */
const refreshMs = 2000;
/** From this share on a file stands out, and its folders with it. */
const standsOut = 0.1;

export class FileBadges extends Disposable implements vscode.FileDecorationProvider {
  private readonly services: HeatServices;
  private readonly changed = this.register(new vscode.EventEmitter<undefined>());
  readonly onDidChangeFileDecorations = this.changed.event;

  constructor(services: HeatServices) {
    super();
    this.services = services;
    const { engine, modes, log } = services;
    const pump = this.register(
      new Pump(
        () => {
          this.changed.fire(undefined);
          return Promise.resolve();
        },
        refreshMs,
        (error) => logFailure(error, log),
      ),
    );
    this.register(engine.onDidChangeHeat(() => pump.want()));
    this.register(modes.onDidChange(() => pump.want()));
    this.register(vscode.window.registerFileDecorationProvider(this));
  }

  async provideFileDecoration(uri: vscode.Uri, token: vscode.CancellationToken): Promise<vscode.FileDecoration | undefined> {
    const { engine, profiles, modes, log } = this.services;
    if (uri.scheme !== 'file' || !engine.started || profiles.active === null || modes.now === 'off') return undefined;
    try {
      const heat = await engine.request('ringside/fileHeat', { path: uri.fsPath }, token);
      if (!heat) return undefined;
      const ratio = heat.self / Math.max(1, heat.grandTotal);
      const badge = badgeOf(ratio);
      if (badge === null) return undefined;
      const [self, total] = [share(heat.self, heat.grandTotal), share(heat.total, heat.grandTotal)];
      const tooltip = vscode.l10n.t('{0} of the samples end in this file, {1} with what it calls', self, total);
      const color = ratio >= standsOut ? new vscode.ThemeColor('ringside.hot') : undefined;
      const decoration = new vscode.FileDecoration(badge, tooltip, color);
      decoration.propagate = color !== undefined;
      return decoration;
    } catch (error) {
      if (!token.isCancellationRequested) logFailure(error, log);
      return undefined;
    }
  }
}
