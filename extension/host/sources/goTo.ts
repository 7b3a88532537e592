/** Ways from the source, or from nowhere, to where the time is: hottest line, heaviest caller and callee, hot functions, and the flame graph. */
import * as vscode from 'vscode';
import type { Around, SourceNeighbour, SourcePlace, SourceQuestion } from '../../protocol.ts';
import { Failure } from '../base/failure.ts';
import type { Profiles } from '../flamegraph/profiles.ts';
import type { Engine } from '../languageServer/engine.ts';
import { plain, share } from '../words.ts';
import type { SourceLocator } from './locator.ts';
import type { SourceOpener } from './openSource.ts';

export interface GoToServices {
  readonly engine: Engine;
  readonly profiles: Profiles;
  readonly sources: SourceOpener;
}

const hotFunctions = 500;

/** The place in a message that came with a link of ours; null where it is none. */
export function placeIn(argument: unknown): SourcePlace | null {
  const { file, line } = (argument ?? {}) as Partial<Record<keyof SourcePlace, unknown>>;
  return typeof file === 'string' && file !== '' && typeof line === 'number' && Number.isInteger(line) ? { file, line } : null;
}

/** The function id that a link or the view hands over; null where there is none. */
export function functionIn(argument: unknown): number | null {
  const { fn } = (argument ?? {}) as { fn?: unknown };
  return typeof fn === 'number' && Number.isInteger(fn) && fn >= 0 ? fn : null;
}

export class GoTo {
  private readonly services: GoToServices;

  constructor(services: GoToServices) {
    this.services = services;
  }

  /** The line with the most time of its own, of any file. */
  async hottestLine(): Promise<void> {
    this.requireProfile();
    const hot = await this.services.engine.request('ringside/hotLines', { limit: 1, by: 'self' });
    const place = hot?.place[0];
    if (!place)
      throw new Failure(vscode.l10n.t('No sample of this profile is on a line of source. Symbols with debug information name lines.'));
    await this.open(place);
  }

  /** To the call in the heaviest caller, or into the heaviest callee, of the function at the cursor. */
  async heaviest(which: 'callers' | 'callees'): Promise<void> {
    const { frame, [which]: rows } = await this.aroundCursor();
    const [first] = rows;
    if (!first) {
      const name = plain(frame.name);
      throw new Failure(
        which === 'callers'
          ? vscode.l10n.t('Nothing is known to call {0}.', name)
          : vscode.l10n.t('{0} calls nothing that has samples.', name),
      );
    }
    if (!first.place) throw withoutLines(first);
    await this.open(first.place);
  }

  /** Lists the functions of the profile by their own time, and opens the one chosen. */
  async hotFunction(): Promise<void> {
    const profile = this.requireProfile();
    const filter = profile.filter ?? { states: 'all', vcpu: null };
    const { engine } = this.services;
    const { grandTotal, rows } = await engine.request('ringside/functions', {
      profileId: profile.id,
      filter,
      order: 'self',
      descending: true,
      offset: 0,
      limit: hotFunctions,
    });
    const picks = rows.frames.map(({ fn, name, file }, at) => ({
      label: plain(name),
      description: vscode.l10n.t('self {0}, total {1}', share(rows.self[at]!, grandTotal), share(rows.total[at]!, grandTotal)),
      ...(file === undefined ? {} : { detail: plain(file) }),
      fn,
    }));
    const chosen = await vscode.window.showQuickPick(picks, {
      title: vscode.l10n.t('Functions by their own time'),
      matchOnDetail: true,
    });
    if (!chosen) return;
    const found = await engine.request('ringside/around', { fn: chosen.fn });
    if (!found?.hottest) throw new Failure(vscode.l10n.t('{0} has no line information.', chosen.label));
    await this.open(found.hottest);
  }

  /** Selects a function's heaviest frame in the open view: the one at the cursor, or the one that a link names. */
  async showInGraph(argument: unknown): Promise<void> {
    const fn = functionIn(argument);
    const found = fn === null ? await this.aroundCursor() : await this.services.engine.request('ringside/around', { fn });
    if (!found) throw new Failure(vscode.l10n.t('This function has no samples under what the view shows.'));
    const { active } = this.services.profiles;
    if (active?.kind === 'comparison')
      throw new Failure(vscode.l10n.t('A comparison has frames of its own. Open one of its captures to find the function in its graph.'));
    active?.reveal(found.node);
  }

  async openPlace(argument: unknown): Promise<void> {
    const place = placeIn(argument);
    if (place) await this.open(place);
  }

  /** The function at the cursor of the active editor, between its callers and callees. */
  async aroundCursor(): Promise<Around> {
    this.requireProfile();
    const { engine, sources } = this.services;
    const question = questionAt(vscode.window.activeTextEditor);
    const ask = (): Promise<Around | null> | null => question && engine.request('ringside/around', question);
    const found = (await ask()) ?? (question && (await isSettled(question.path, engine, sources.locator)) ? await ask() : null);
    if (!found)
      throw new Failure(
        vscode.l10n.t('The function at the cursor has no samples in the open profile. Hot lines say what they cost at their end.'),
      );
    return found;
  }

  private requireProfile(): NonNullable<Profiles['answering']> {
    const { answering } = this.services.profiles;
    if (!answering) throw new Failure(vscode.l10n.t('No profile is open: profile a guest, or open a capture.'));
    return answering;
  }

  private open(place: SourcePlace): Promise<void> {
    return this.services.sources.open(place, undefined, false);
  }
}

/** What stands at the cursor of an editor; null where it shows no file. */
export function questionAt(editor: vscode.TextEditor | undefined): SourceQuestion | null {
  if (editor?.document.uri.scheme !== 'file') return null;
  const { document, selection } = editor;
  const range = document.getWordRangeAtPosition(selection.active);
  return { path: document.uri.fsPath, line: selection.active.line + 1, word: range ? document.getText(range) : '' };
}

/** Asks, where it is not clear, whether a file is one that the profile knows. @returns whether it turned out to be */
export async function isSettled(path: string, engine: Engine, locator: SourceLocator): Promise<boolean> {
  const built = engine.started ? await engine.request('ringside/namesakes', { path }) : [];
  return built.length > 0 && locator.settle(vscode.Uri.file(path), built);
}

function withoutLines({ frame }: SourceNeighbour): Failure {
  return new Failure(vscode.l10n.t('{0} has no line information.', plain(frame.name)));
}
