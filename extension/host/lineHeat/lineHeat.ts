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
import { plain } from '../words.ts';
import type { SourceOpener } from '../sources/openSource.ts';
import { neighbourLine } from './bands.ts';
import { HeatColours } from './colours.ts';
import type { HeatModes } from './heatModes.ts';
import { doubtOf, hotLines, marksOf, type Doubt } from './marks.ts';
import { WithinItem } from './withinItem.ts';

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
  private readonly within = this.register(new WithinItem());
  private readonly shown = new WeakMap<vscode.TextEditor, LineHeat>();

  constructor(services: HeatServices) {
    super();
    this.services = services;
    const all = (): void => void this.showAll();
    this.register(services.engine.onDidChangeHeat(all));
    this.register(vscode.window.onDidChangeVisibleTextEditors(all));
    this.register(vscode.workspace.onDidSaveTextDocument(all));
    this.register(
      vscode.workspace.onDidChangeTextDocument(({ document, contentChanges }) => {
        const editors = vscode.window.visibleTextEditors.filter((editor) => editor.document === document);
        if (document.isDirty && contentChanges.length > 0) editors.forEach((editor) => this.draw(editor));
        // what was taken back, or was written on the disk by another program, may be what was built, or no longer be
        else if (!document.isDirty) editors.forEach((editor) => void this.show(editor));
      }),
    );
    this.register(services.modes.onDidChange(all));
  }

  /** To the hot line after, or before, the cursor. */
  async step(direction: 1 | -1): Promise<void> {
    const { editor, heat } = await this.current();
    const hot = hotLines(heat, this.mode()).map(({ line }) => line);
    const line = neighbourLine(hot, editor.selection.active.line + 1, direction);
    if (line === null)
      throw new Failure(
        heat.within === null
          ? vscode.l10n.t('No line of this file is hot.')
          : vscode.l10n.t('No line of this file is hot in the samples through {0}, the frame that is selected.', plain(heat.within)),
      );
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
    const heat = editor && this.shown.get(editor);
    if (!editor || !heat)
      throw new Failure(
        vscode.l10n.t('This file has no samples in the open profile. Open a profile, and a source that it was taken from.'),
      );
    return { editor, heat };
  }

  private async showAll(): Promise<void> {
    await Promise.all(vscode.window.visibleTextEditors.map((editor) => this.show(editor)));
    this.tellWithin();
  }

  /** Whichever source in sight tells of one frame only. */
  private tellWithin(): void {
    const names = vscode.window.visibleTextEditors.map((editor) => this.shown.get(editor)?.within ?? null);
    this.within.show(names.find((name) => name !== null) ?? null);
  }

  private async show(editor: vscode.TextEditor): Promise<void> {
    const { engine, profiles, log } = this.services;
    const { uri } = editor.document;
    if (uri.scheme !== 'file') return;
    try {
      const asks = engine.started && profiles.active !== null && this.mode() !== 'off';
      const heat = asks ? await engine.request('ringside/lineHeat', { path: uri.fsPath }) : null;
      if (heat) this.shown.set(editor, heat);
      else this.shown.delete(editor);
      this.draw(editor);
    } catch (error) {
      logFailure(error, log);
    }
  }

  private draw(editor: vscode.TextEditor): void {
    const heat = this.shown.get(editor);
    const { document } = editor;
    const marks = heat && marksOf(heat, this.mode(), document.isDirty);
    const doubt = heat ? doubtOf(heat, document.isDirty) : null;
    const options = (lines: readonly number[] = [], hoverMessage?: string): vscode.DecorationOptions[] =>
      lines
        .filter((line) => line <= document.lineCount)
        .map((line) => ({ range: document.lineAt(line - 1).range, ...(hoverMessage === undefined ? {} : { hoverMessage }) }));
    this.colours.bands.forEach((type, band) => editor.setDecorations(type, options(marks?.bands[band])));
    editor.setDecorations(this.colours.grey, options(marks?.grey, doubt === null ? undefined : inWords(doubt)));
  }

  private mode(): LineHeatMode {
    return this.services.modes.now;
  }
}

function inWords(doubt: Doubt): string {
  switch (doubt) {
    case 'edited':
      return vscode.l10n.t('This file has changes that are not saved: the costs may belong to other lines.');
    case 'other':
      return vscode.l10n.t(
        'This file does not match the build: its content is not what was compiled. The costs may belong to other lines.',
      );
    case 'later':
      return vscode.l10n.t('This file was changed after it was profiled: the costs may belong to other lines.');
  }
}

function reveal(editor: vscode.TextEditor, line: number): void {
  const at = editor.document.lineAt(Math.min(line, editor.document.lineCount) - 1);
  const start = new vscode.Position(at.lineNumber, at.firstNonWhitespaceCharacterIndex);
  editor.selection = new vscode.Selection(start, start);
  editor.revealRange(at.range, vscode.TextEditorRevealType.InCenterIfOutsideViewport);
}
