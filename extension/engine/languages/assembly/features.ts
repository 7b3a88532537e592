/** Annotated assembly in the editor, as host/assembly/listing.ts writes it: an outline of functions and lines of source, and folds of both. */
import { SymbolKind, type DocumentSymbol, type FoldingRange } from 'vscode-languageserver/node';
import type { TextDocument } from 'vscode-languageserver-textdocument';
import type { LanguageFeatures } from '../languageFeatures.ts';

interface Block {
  readonly name: string;
  readonly detail: string;
  readonly first: number;
  last: number;
  readonly inner: Block[];
}

/** Functions, and in each the runs of instructions of one line of source. */
export function blocksOf(text: string): Block[] {
  const functions: Block[] = [];
  let [inFunction, inLine]: [Block | null, Block | null] = [null, null];
  text.split('\n').forEach((row, at) => {
    const heading = /^([^\s;].*):$/.exec(row);
    const source = /^; (\S+:\d+)(?: {2}(.*))?$/.exec(row);
    if (heading) {
      functions.push((inFunction = { name: heading[1]!, detail: '', first: at, last: at, inner: [] }));
      inLine = null;
    } else if (source && inFunction) {
      inFunction.inner.push((inLine = { name: source[1]!, detail: source[2] ?? '', first: at, last: at, inner: [] }));
    }
    if (row === '') return;
    if (inFunction) inFunction.last = at;
    if (inLine) inLine.last = at;
  });
  return functions;
}

const symbol = ({ name, detail, first, last, inner }: Block, kind: SymbolKind): DocumentSymbol => ({
  name,
  detail,
  kind,
  range: { start: { line: first, character: 0 }, end: { line: last + 1, character: 0 } },
  selectionRange: { start: { line: first, character: 0 }, end: { line: first, character: name.length } },
  children: inner.map((block) => symbol(block, SymbolKind.Key)),
});

const blocksIn = (document: TextDocument): Block[] => blocksOf(document.getText());

export const assemblyFeatures: LanguageFeatures = {
  diagnostics: () => [],
  symbols: (document) => blocksIn(document).map((block) => symbol(block, SymbolKind.Function)),
  folding: (document) =>
    blocksIn(document).flatMap(({ first, last, inner }): FoldingRange[] =>
      [{ first, last }, ...inner].filter((fold) => fold.last > fold.first).map((fold) => ({ startLine: fold.first, endLine: fold.last })),
    ),
  hover: () => null,
  completion: () => [],
  lenses: () => [],
};
