/** Opens the source line of a frame beside the graph, never over it. */
import path from 'node:path';
import * as vscode from 'vscode';
import type { SourcePlace } from '../../protocol.ts';
import { Disposable } from '../base/disposable.ts';
import { Failure } from '../base/failure.ts';
import type { Configuration } from '../configuration/configuration.ts';
import { plain } from '../words.ts';
import type { SourceLocator } from './locator.ts';
import { mapEntry, sharedTail } from './sourcePath.ts';

export class SourceOpener extends Disposable {
  private readonly configuration: Configuration;
  readonly locator: SourceLocator;
  /** Where a person last worked on text. */
  private textColumn: vscode.ViewColumn | undefined;

  constructor(configuration: Configuration, locator: SourceLocator) {
    super();
    this.configuration = configuration;
    this.locator = locator;
    const remember = (editor: vscode.TextEditor | undefined): void => {
      if (editor?.viewColumn !== undefined) this.textColumn = editor.viewColumn;
    };
    remember(vscode.window.activeTextEditor);
    this.register(vscode.window.onDidChangeActiveTextEditor(remember));
  }

  /** @param graphColumn where the graph stands; @param aside open beside the text editor instead of in its place. */
  async open(place: SourcePlace, graphColumn: vscode.ViewColumn | undefined, aside: boolean): Promise<void> {
    const found = await this.locator.find(place.file);
    if (found.uri === null) throw this.notFound(place, found.tried, graphColumn, aside);
    const document = await vscode.workspace.openTextDocument(found.uri);
    const line = Math.min(Math.max(place.line, 1), document.lineCount) - 1;
    const column = this.column(graphColumn, aside);
    const editor = await vscode.window.showTextDocument(document, { viewColumn: column, preview: !aside });
    const start = document.lineAt(line).firstNonWhitespaceCharacterIndex;
    editor.selection = new vscode.Selection(line, start, line, start);
    editor.revealRange(new vscode.Range(line, 0, line, 0), vscode.TextEditorRevealType.InCenter);
  }

  /** Shows a document that is no source of its own, such as a disassembly, beside the source. @param line from 0 */
  async show(document: vscode.TextDocument, line: number): Promise<void> {
    const shown = vscode.window.visibleTextEditors.find((editor) => editor.document === document);
    const source = vscode.window.visibleTextEditors.find(({ document: { uri } }) => uri.scheme === 'file')?.viewColumn;
    const viewColumn = shown?.viewColumn ?? (source === undefined ? vscode.ViewColumn.Active : vscode.ViewColumn.Beside);
    const at = new vscode.Range(line, 0, line, 0);
    const editor = await vscode.window.showTextDocument(document, { viewColumn, selection: at });
    editor.revealRange(at, vscode.TextEditorRevealType.InCenter);
  }

  /** What opens the line in this editor, from a chat or a bug report: `vscode://file/src/hash.c:24`. In a remote window, whose files have no such address, the path. */
  async linkTo(place: SourcePlace): Promise<string> {
    const found = await this.locator.find(place.file);
    if (found.uri === null) throw this.notFound(place, found.tried, undefined, false);
    const { uri } = found;
    if (vscode.env.remoteName !== undefined || uri.scheme !== 'file') return `${uri.fsPath}:${place.line}`;
    return vscode.Uri.from({ scheme: vscode.env.uriScheme, authority: 'file', path: `${uri.path}:${place.line}` }).toString();
  }

  /** The last text group that is not the graph's; beside the graph where there is none. */
  private column(asked: vscode.ViewColumn | undefined, aside: boolean): vscode.ViewColumn {
    const graph = asked ?? columnOfGraph();
    const groups = vscode.window.tabGroups.all.map(({ viewColumn }) => viewColumn);
    const visible = vscode.window.visibleTextEditors.map(({ viewColumn }) => viewColumn);
    const usable = (column: vscode.ViewColumn | undefined): column is vscode.ViewColumn =>
      column !== undefined && column !== graph && groups.includes(column);
    const text = [this.textColumn, ...visible, ...groups].find(usable);
    if (text === undefined) return graph === undefined ? vscode.ViewColumn.Active : vscode.ViewColumn.Beside;
    if (!aside) return text;
    const next = groups.find((column) => column > text && column !== graph);
    return next ?? vscode.ViewColumn.Beside;
  }

  private notFound(place: SourcePlace, tried: readonly string[], graph: vscode.ViewColumn | undefined, aside: boolean): Failure {
    const looked = tried.length > 0 ? tried.map((file) => plain(file)).join(', ') : vscode.l10n.t('nowhere, because no folder is open');
    const message = vscode.l10n.t(
      '{0} was not found on this machine. Looked for: {1}. Say where the sources are, or open their folder.',
      plain(place.file),
      looked,
    );
    const title = vscode.l10n.t('Map Sources…');
    return new Failure(message, [{ title, run: () => this.mapSources(place, graph, aside) }]);
  }

  /** Lets the person show one file and keeps what that says about all others in `ringside.sourceMap`. */
  private async mapSources(place: SourcePlace, graph: vscode.ViewColumn | undefined, aside: boolean): Promise<void> {
    const name = path.posix.basename(place.file.replaceAll('\\', '/'));
    const folder = vscode.workspace.workspaceFolders?.[0]?.uri;
    const [chosen] =
      (await vscode.window.showOpenDialog({
        title: vscode.l10n.t('Where is {0}?', plain(place.file)),
        openLabel: vscode.l10n.t('This Is {0}', plain(name)),
        ...(folder ? { defaultUri: folder } : {}),
      })) ?? [];
    if (!chosen) return;
    if (sharedTail(place.file, chosen.fsPath) === 0 && !(await this.sure(name, chosen))) return;
    const { from, to } = mapEntry(place.file, chosen.fsPath);
    await this.configuration.addSourceMap(from, to);
    await this.open(place, graph, aside);
  }

  private async sure(name: string, chosen: vscode.Uri): Promise<boolean> {
    const yes = vscode.l10n.t('Use It');
    const message = vscode.l10n.t('{0} has another name than {1}.', path.basename(chosen.fsPath), plain(name));
    return (await vscode.window.showWarningMessage(message, { modal: true }, yes)) === yes;
  }
}

/** Where a graph is in sight, so that a command from elsewhere does not cover it. */
function columnOfGraph(): vscode.ViewColumn | undefined {
  const isGraph = ({ input }: vscode.Tab): boolean =>
    (input instanceof vscode.TabInputWebview || input instanceof vscode.TabInputCustom) && input.viewType.includes('ringside.');
  return vscode.window.tabGroups.all.find(({ activeTab }) => activeTab !== undefined && isGraph(activeTab))?.viewColumn;
}
