/** Go to Symbol in Workspace finds the functions of the open profile, whatever language they are written in, each with its share. */
import * as vscode from 'vscode';
import { Disposable } from '../base/disposable.ts';
import { logFailure } from '../base/failure.ts';
import { plain, share } from '../words.ts';
import type { GoToServices } from './goTo.ts';

interface HotSymbol extends vscode.SymbolInformation {
  readonly fn: number;
}

const most = 100;

export class HotSymbols extends Disposable implements vscode.WorkspaceSymbolProvider<HotSymbol> {
  private readonly services: GoToServices;
  private readonly log: vscode.LogOutputChannel;

  constructor(services: GoToServices, log: vscode.LogOutputChannel) {
    super();
    this.services = services;
    this.log = log;
    this.register(vscode.languages.registerWorkspaceSymbolProvider(this));
  }

  /** The heaviest first; files that cannot be found without asking are left out. */
  async provideWorkspaceSymbols(query: string, token: vscode.CancellationToken): Promise<HotSymbol[]> {
    const { engine, profiles, sources } = this.services;
    const profile = profiles.answering;
    if (!profile || !engine.started) return [];
    try {
      const { grandTotal, rows } = await engine.request(
        'ringside/functions',
        {
          profileId: profile.id,
          filter: profile.filter ?? { states: 'all', vcpu: null },
          order: 'total',
          descending: true,
          search: query === '' ? null : { text: query, matchCase: false, regex: false },
          offset: 0,
          limit: most,
        },
        token,
      );
      const symbols = await Promise.all(
        rows.frames.map(async ({ fn, name, file }, at) => {
          const uri = file === undefined || token.isCancellationRequested ? null : await sources.locator.locate(file);
          if (uri === null) return null;
          // the line is looked up when the symbol is opened
          const place = new vscode.Location(uri, undefined as unknown as vscode.Range);
          const symbol = new vscode.SymbolInformation(
            plain(name),
            vscode.SymbolKind.Function,
            vscode.l10n.t('{0} of all samples', share(rows.total[at]!, grandTotal)),
            place,
          );
          return Object.assign(symbol, { fn });
        }),
      );
      return symbols.filter((symbol): symbol is NonNullable<typeof symbol> => symbol !== null);
    } catch (error) {
      if (!token.isCancellationRequested) logFailure(error, this.log);
      return [];
    }
  }

  async resolveWorkspaceSymbol(symbol: HotSymbol): Promise<HotSymbol> {
    const found = await this.services.engine.request('ringside/around', { fn: symbol.fn });
    const line = Math.max(0, (found?.hottest?.line ?? 1) - 1);
    symbol.location = new vscode.Location(symbol.location.uri, new vscode.Position(line, 0));
    return symbol;
  }
}
