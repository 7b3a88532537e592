import { expect, it } from 'vitest';
import { DiagnosticSeverity, type DocumentSymbol } from 'vscode-languageserver/node';
import { TextDocument } from 'vscode-languageserver-textdocument';
import { foldedFeatures } from './features.ts';

const lines = [
  '# a comment',
  'main;serve;hash 30',
  'main;serve;hash;mix 10',
  'main;sleep;tick 25',
  'main;sleep;tock 15',
  'main;broken',
  'idle 20',
];
let count = 0;
const documentOf = (text: string): TextDocument => TextDocument.create(`file:///${count++}.folded`, 'folded-stacks', 1, text);
const document = documentOf(lines.join('\n'));

it('folds neighbouring stacks that begin with the same frames, the widest fold at each line', () =>
  expect(foldedFeatures.folding(document)).toEqual([
    { startLine: 1, endLine: 4 },
    { startLine: 3, endLine: 4 },
  ]));

it('lists them in the outline, each with its weight, and each within what it folds with', () => {
  const tree = (symbols: readonly DocumentSymbol[]): unknown[] =>
    symbols.map(({ name, detail, children = [] }) => (children.length > 0 ? [name, detail, tree(children)] : [name, detail]));
  expect(tree(foldedFeatures.symbols(document))).toEqual([
    [
      'main',
      '80 · 80.0 %',
      [
        ['serve', '40 · 40.0 %', [['hash', '40 · 40.0 %', [['mix', '10 · 10.0 %']]]]],
        [
          'sleep',
          '40 · 40.0 %',
          [
            ['tick', '25 · 25.0 %'],
            ['tock', '15 · 15.0 %'],
          ],
        ],
      ],
    ],
    ['idle', '20 · 20.0 %'],
  ]);
});

it('tells the weight of the frame under the pointer, of the whole text', () => {
  const hover = foldedFeatures.hover(document, { line: 2, character: 12 });
  expect(hover).toMatchObject({
    contents: { value: expect.stringContaining('| of 100 | &emsp;30.0 % (30) | &emsp;40.0 % (40) |') as string },
    range: { start: { line: 2, character: 11 }, end: { line: 2, character: 15 } },
  });
  expect(foldedFeatures.hover(document, { line: 0, character: 3 })).toBeNull();
  expect(foldedFeatures.hover(document, { line: 5, character: 6 })).toBeNull();
});

it('marks the whole of a broken line, and no other', () =>
  expect(foldedFeatures.diagnostics(document)).toEqual([
    {
      range: { start: { line: 5, character: 0 }, end: { line: 5, character: 11 } },
      severity: DiagnosticSeverity.Error,
      source: 'ringside',
      message: expect.stringContaining('has no weight') as string,
    },
  ]));

it('looks again when the text is another', () => {
  const edited = documentOf('main;broken\n');
  expect(foldedFeatures.diagnostics(edited)).toHaveLength(1);
  TextDocument.update(edited, [{ text: 'main;mended 1\nmain;more 1\n' }], 2);
  expect(foldedFeatures.diagnostics(edited)).toEqual([]);
  expect(foldedFeatures.folding(edited)).toEqual([{ startLine: 0, endLine: 1 }]);
});
