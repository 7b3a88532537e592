/** Folded stacks in the editor. */
import { DiagnosticSeverity, MarkupKind, SymbolKind, type DocumentSymbol, type FoldingRange } from 'vscode-languageserver/node';
import type { TextDocument } from 'vscode-languageserver-textdocument';
import { SOURCE, type LanguageFeatures } from '../languageFeatures.ts';
import { FoldedText, frameAt } from './foldedText.ts';
import { runsOf, type Run } from './runs.ts';

/** The text as last looked at: the editor asks for outline, folds and hovers of one version in turn. */
const looked = new WeakMap<TextDocument, { version: number; text: FoldedText }>();

function textOf(document: TextDocument): FoldedText {
  const kept = looked.get(document);
  if (kept?.version === document.version) return kept.text;
  const text = new FoldedText(document.getText());
  looked.set(document, { version: document.version, text });
  return text;
}

const lineRange = (first: number, last: number): DocumentSymbol['range'] => ({
  start: { line: first, character: 0 },
  end: { line: last + 1, character: 0 },
});

const percent = (part: number, whole: number): string => `${((100 * part) / whole).toFixed(1)} %`;

export const foldedFeatures: LanguageFeatures = {
  diagnostics: (document) =>
    textOf(document).faults.map(({ line, length, message }) => ({
      range: { start: { line, character: 0 }, end: { line, character: length } },
      severity: DiagnosticSeverity.Error,
      source: SOURCE,
      message,
    })),
  symbols: (document) => {
    const { lines, total } = textOf(document);
    const symbol = ({ frame, first, last, weight, inner }: Run): DocumentSymbol => ({
      name: frame === '' ? '(no name)' : frame,
      detail: `${weight} · ${percent(weight, total)}`,
      kind: SymbolKind.Function,
      range: lineRange(first, last),
      selectionRange: lineRange(first, first),
      children: inner.map(symbol),
    });
    return runsOf(lines).map(symbol);
  },
  folding: (document) => {
    const folds: FoldingRange[] = [];
    const collect = (runs: readonly Run[]): void => {
      for (const { first, last, inner } of runs) {
        // the editor keeps one fold a line: the widest
        if (last > first && folds.at(-1)?.startLine !== first) folds.push({ startLine: first, endLine: last });
        collect(inner);
      }
    };
    collect(runsOf(textOf(document).lines));
    return folds;
  },
  hover: (document, position) => {
    const row = document.getText({ start: { line: position.line, character: 0 }, end: { line: position.line + 1, character: 0 } });
    const found = frameAt(row, position.character);
    const { total } = textOf(document);
    const share = found && textOf(document).shareOf(found.frame);
    if (!found || !share || total === 0) return null;
    const cell = (weight: number): string => `&emsp;${percent(weight, total)} (${weight})`;
    const name = found.frame.replaceAll(/[`|]/g, ' ');
    return {
      contents: {
        kind: MarkupKind.Markdown,
        value: `| \`${name}\` | self | total |\n|:--|--:|--:|\n| of ${total} | ${cell(share.self)} | ${cell(share.total)} |`,
      },
      range: {
        start: { line: position.line, character: found.start },
        end: { line: position.line, character: found.end },
      },
    };
  },
  completion: () => [],
  lenses: () => [],
};
