/**
 * Line heat: what each line of the open profile's sources costs, as a colour behind it and a mark in the overview ruler. The figures at the lines'
 * ends are the language server's inlay hints. Nothing moves the text, and nothing stays when the profile is closed.
 */
import * as vscode from 'vscode';
import type { LineHeat, LineHeatMode } from '../../protocol.ts';
import { Disposable } from '../base/disposable.ts';
import { Failure, logFailure } from '../base/failure.ts';
import type { Profiles } from '../flamegraph/profiles.ts';
import type { Engine } from '../languageServer/engine.ts';
import { isSettled } from '../sources/goTo.ts';
import type { SourceOpener } from '../sources/openSource.ts';
import { bandOf, neighbourLine } from './bands.ts';
import { HeatColours } from './colours.ts';
import type { HeatModes } from './heatModes.ts';

interface Shown {
  readonly heat: LineHeat;
  /** The file was edited, or written, after it was profiled. */
  readonly stale: boolean;
}

export interface HeatServices {
  readonly modes: HeatModes;
  readonly engine: Engine;
  readonly profiles: Profiles;
  readonly sources: SourceOpener;
  readonly log: vscode.LogOutputChannel;
}

export class LineHeatView extends Disposable {
  private readonly services: HeatServices;
  private readonly colours = this.register(new HeatColours());
  private readonly shown = new WeakMap<vscode.TextEditor, Shown>();

  constructor(services: HeatServices) {
    super();
    this.services = services;
    const all = (): void => void this.showAll();
    this.register(services.engine.onDidChangeHeat(all));
    this.register(vscode.window.onDidChangeVisibleTextEditors(all));
    this.register(vscode.workspace.onDidSaveTextDocument(all));
    this.register(
      vscode.workspace.onDidChangeTextDocument(({ document, contentChanges }) => {
        if (contentChanges.length > 0) this.editorsOf(document).forEach((editor) => this.draw(editor));
      }),
    );
    this.register(services.modes.onDidChange(all));
  }

  /** To the hot line after, or before, the cursor. */
  async step(direction: 1 | -1): Promise<void> {
    const { editor, heat } = await this.current();
    const hot = heat.line.filter((_, at) => this.band(heat, at) !== null);
    const line = neighbourLine(hot, editor.selection.active.line + 1, direction);
    if (line === null) throw new Failure(vscode.l10n.t('No line of this file is hot.'));
    reveal(editor, line);
  }

  private async current(): Promise<{ editor: vscode.TextEditor; heat: LineHeat }> {
    const editor = vscode.window.activeTextEditor;
    const { engine, sources } = this.services;
    if (
      editor?.document.uri.scheme === 'file' &&
      !this.shown.has(editor) &&
      (await isSettled(editor.document.fileName, engine, sources.locator))
    )
      await this.show(editor);
    const shown = editor && this.shown.get(editor);
    if (!editor || !shown)
      throw new Failure(
        vscode.l10n.t('This file has no samples in the open profile. Open a profile, and a source that it was taken from.'),
      );
    return { editor, heat: shown.heat };
  }

  private async showAll(): Promise<void> {
    await Promise.all(vscode.window.visibleTextEditors.map((editor) => this.show(editor)));
  }

  private async show(editor: vscode.TextEditor): Promise<void> {
    const { engine, profiles, log } = this.services;
    const { uri } = editor.document;
    if (uri.scheme !== 'file') return;
    try {
      const asks = engine.started && profiles.active !== null && this.mode() !== 'off';
      const heat = asks ? await engine.request('ringside/lineHeat', { path: uri.fsPath }) : null;
      if (heat) this.shown.set(editor, { heat, stale: await isNewer(uri, heat.startedAt) });
      else this.shown.delete(editor);
      this.draw(editor);
    } catch (error) {
      logFailure(error, log);
    }
  }

  private draw(editor: vscode.TextEditor): void {
    const shown = this.shown.get(editor);
    const stale = shown !== undefined && (shown.stale || editor.document.isDirty);
    const bands = this.colours.bands.map((): vscode.DecorationOptions[] => []);
    const grey: vscode.DecorationOptions[] = [];
    shown?.heat.line.forEach((line, at) => {
      const band = this.band(shown.heat, at);
      if (band === null || line > editor.document.lineCount) return;
      const range = editor.document.lineAt(line - 1).range;
      if (stale)
        grey.push({
          range,
          hoverMessage: vscode.l10n.t('This file was changed after it was profiled: the costs may belong to other lines.'),
        });
      else bands[band]!.push({ range });
    });
    this.colours.bands.forEach((type, band) => editor.setDecorations(type, bands[band]!));
    editor.setDecorations(this.colours.stale, grey);
  }

  private band({ self, total, grandTotal }: LineHeat, at: number): number | null {
    return bandOf((this.mode() === 'self' ? self[at]! : total[at]!) / Math.max(1, grandTotal));
  }

  private mode(): LineHeatMode {
    return this.services.modes.now;
  }

  private editorsOf(document: vscode.TextDocument): vscode.TextEditor[] {
    return vscode.window.visibleTextEditors.filter((editor) => editor.document === document);
  }
}

/** Whether a file was written after a profile of it was begun. */
async function isNewer(uri: vscode.Uri, startedAt: string | null): Promise<boolean> {
  if (startedAt === null) return false;
  const { mtime } = await vscode.workspace.fs.stat(uri);
  return mtime > Date.parse(startedAt);
}

function reveal(editor: vscode.TextEditor, line: number): void {
  const at = editor.document.lineAt(Math.min(line, editor.document.lineCount) - 1);
  const start = new vscode.Position(at.lineNumber, at.firstNonWhitespaceCharacterIndex);
  editor.selection = new vscode.Selection(start, start);
  editor.revealRange(at.range, vscode.TextEditorRevealType.InCenterIfOutsideViewport);
}
