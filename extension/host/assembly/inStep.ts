/** Source and disassembly in step: the cursor in one marks the same place in the other and brings it into sight. Colours behind hot instructions. */
import * as vscode from 'vscode';
import type { SourcePlace } from '../../protocol.ts';
import { Disposable } from '../base/disposable.ts';
import { logFailure } from '../base/failure.ts';
import { bandOf } from '../lineHeat/bands.ts';
import { HeatColours } from '../lineHeat/colours.ts';
import type { SourceOpener } from '../sources/openSource.ts';
import { assemblyScheme, type AssemblyDocuments } from './assemblyDocuments.ts';

export class InStep extends Disposable {
  private readonly documents: AssemblyDocuments;
  private readonly sources: SourceOpener;
  private readonly colours = this.register(new HeatColours());
  private readonly mark = this.register(
    vscode.window.createTextEditorDecorationType({
      isWholeLine: true,
      backgroundColor: new vscode.ThemeColor('editor.rangeHighlightBackground'),
      borderColor: new vscode.ThemeColor('focusBorder'),
      borderStyle: 'solid',
      borderWidth: '0 0 0 3px',
    }),
  );

  constructor(documents: AssemblyDocuments, sources: SourceOpener, log: vscode.LogOutputChannel) {
    super();
    this.documents = documents;
    this.sources = sources;
    const colour = (): void => vscode.window.visibleTextEditors.forEach((editor) => this.colour(editor));
    this.register(vscode.window.onDidChangeVisibleTextEditors(colour));
    this.register(vscode.workspace.onDidChangeTextDocument(({ document }) => document.uri.scheme === assemblyScheme && colour()));
    const follow = (editor: vscode.TextEditor | undefined): void => {
      if (editor && editor === vscode.window.activeTextEditor) this.follow(editor).catch((error: unknown) => logFailure(error, log));
    };
    this.register(vscode.window.onDidChangeTextEditorSelection(({ textEditor }) => follow(textEditor)));
    // the cursor of an editor that opens is set before the editor is the active one
    this.register(vscode.window.onDidChangeActiveTextEditor(follow));
  }

  private colour(editor: vscode.TextEditor): void {
    const listing = this.documents.listingOf(editor.document);
    if (editor.document.uri.scheme !== assemblyScheme) return;
    const bands = this.colours.bands.map((): vscode.Range[] => []);
    listing?.lines.forEach(({ self }, at) => {
      const band = bandOf(self / Math.max(1, listing.grandTotal));
      if (band !== null && at < editor.document.lineCount) bands[band]!.push(editor.document.lineAt(at).range);
    });
    this.colours.bands.forEach((type, band) => editor.setDecorations(type, bands[band]!));
  }

  private async follow(editor: vscode.TextEditor): Promise<void> {
    const { document } = editor;
    if (document.uri.scheme === assemblyScheme) await this.followAssembly(editor);
    else if (document.uri.scheme === 'file') await this.followSource(editor);
  }

  /** Marks the lines that an instruction was made from, the inlined one and its call sites. */
  private async followAssembly(editor: vscode.TextEditor): Promise<void> {
    const places = this.documents.listingOf(editor.document)?.lines[editor.selection.active.line]?.places ?? [];
    const files = [...new Set(places.map(({ file }) => file))];
    for (const other of vscode.window.visibleTextEditors) {
      if (other.document.uri.scheme !== 'file') continue;
      const same = await this.sources.locator.sourcesOf(other.document.uri, files);
      this.show(
        other,
        places.filter(({ file }) => same.includes(file)).map(({ line }) => line - 1),
      );
    }
  }

  /** Marks the instructions that a line was made into. */
  private async followSource(editor: vscode.TextEditor): Promise<void> {
    const others = vscode.window.visibleTextEditors.filter(({ document }) => document.uri.scheme === assemblyScheme);
    if (others.length === 0) return;
    editor.setDecorations(this.mark, []);
    const line = editor.selection.active.line + 1;
    for (const other of others) {
      const listing = this.documents.listingOf(other.document);
      if (!listing) continue;
      const files = new Set(listing.lines.flatMap(({ places }) => places.map(({ file }) => file)));
      const same = new Set(await this.sources.locator.sourcesOf(editor.document.uri, [...files]));
      const isHere = (place: SourcePlace): boolean => place.line === line && same.has(place.file);
      this.show(
        other,
        listing.lines.flatMap(({ places }, at) => (places.some(isHere) ? [at] : [])),
      );
    }
  }

  /** @param lines from 0, the one to bring into sight first */
  private show(editor: vscode.TextEditor, lines: readonly number[]): void {
    const inside = lines.filter((line) => line >= 0 && line < editor.document.lineCount);
    const ranges = inside.map((line) => editor.document.lineAt(line).range);
    editor.setDecorations(this.mark, ranges);
    if (ranges[0] && !editor.visibleRanges.some((visible) => ranges.some((range) => visible.contains(range))))
      editor.revealRange(ranges[0], vscode.TextEditorRevealType.InCenterIfOutsideViewport);
  }
}
