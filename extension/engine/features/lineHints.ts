/** Inlay hints: at the end of each line of the open profile's sources, what it costs. */
import { fileURLToPath } from 'node:url';
import type { Connection, InlayHint, Range, TextDocuments } from 'vscode-languageserver/node';
import type { TextDocument } from 'vscode-languageserver-textdocument';
import type { LineHeatMode, SourceState } from '../../protocol.ts';
import type { Session } from '../session.ts';
import { heatLabel } from './lineHeat.ts';
import { isSaved } from './sourceStates.ts';

/** A recording grows several times a second; the editor is told so once in a while. */
const TELL_MS = 500;

export function modeOf(setting: unknown): LineHeatMode {
  return setting === 'self' || setting === 'off' ? setting : 'total';
}

/** Answers the editor's questions for hints, and tells it when to ask again. The mode can be changed at any time. */
export function serveLineHints(connection: Connection, documents: TextDocuments<TextDocument>, session: Session): { mode: LineHeatMode } {
  const shown: { mode: LineHeatMode } = { mode: 'total' };
  connection.languages.inlayHint.on(({ textDocument, range }) => hintsOf(documents.get(textDocument.uri), range, shown.mode, session));
  let told: NodeJS.Timeout | undefined;
  session.onHeat = () => {
    told ??= setTimeout(() => {
      told = undefined;
      void connection.sendNotification('ringside/heatChanged', {});
      connection.languages.inlayHint.refresh().catch((error: unknown) => connection.console.error(String(error)));
    }, TELL_MS);
  };
  return shown;
}

async function hintsOf(document: TextDocument | undefined, range: Range, mode: LineHeatMode, session: Session): Promise<InlayHint[]> {
  if (!document?.uri.startsWith('file:') || mode === 'off') return [];
  const path = fileURLToPath(document.uri);
  const heat = await session.lineHeat(path);
  if (!heat) return [];
  const isEdited = document.version > 1 && !(await isSaved(path, document.getText()));
  const doubt = isEdited ? DOUBTS.edited : DOUBTS[heat.source];
  const base =
    heat.within === null
      ? 'Of all samples that the view shows'
      : `In the samples through ${heat.within}, which is selected, of all that the view shows`;
  return heat.line.flatMap((line, at) => {
    const label = line - 1 < range.start.line || line - 1 > range.end.line || line > document.lineCount ? null : heatLabel(heat, at, mode);
    if (label === null) return [];
    return [
      {
        position: document.positionAt(endOf(document, line - 1)),
        label: doubt === null ? label : `≈ ${label}`,
        tooltip: doubt === null ? base : `${doubt}: the cost may belong to another line.`,
        paddingLeft: true,
      },
    ];
  });
}

/** Offset of a line's end, its line break not included. */
function endOf(document: TextDocument, line: number): number {
  const text = document.getText({ start: { line, character: 0 }, end: { line: line + 1, character: 0 } });
  return document.offsetAt({ line, character: 0 }) + text.trimEnd().length;
}

/** Why a cost may stand at the wrong line. */
const DOUBTS: Record<SourceState | 'edited', string | null> = {
  built: null,
  edited: 'The file has changes that are not saved',
  other: 'The file does not match the build: its content is not what was compiled',
  later: 'The file was changed after it was profiled',
};
