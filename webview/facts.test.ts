import { expect, it } from 'vitest';
import type { FrameInfo } from '../extension/protocol.ts';
import { factsOf, stackOf, stackText } from './facts.ts';
import { indexTable } from './flame/flameIndex.ts';
import { FRESH } from './viewState.ts';

const frame = (name: string, more: Partial<FrameInfo> = {}): FrameInfo => ({
  fn: 0,
  name,
  module: 'kernel',
  category: 'application',
  ...more,
});
const index = indexTable({
  rootNode: 0,
  grandTotal: 10,
  node: [0, 4],
  parent: [-1, 0],
  self: [0, 10],
  total: [10, 10],
  frame: [0, 1],
  frames: [frame('all', { category: 'root' }), frame('main', { file: 'main.c', line: 3 })],
  pruned: 0,
});
const steps = [
  { node: 4, frame: frame('main', { file: 'main.c', line: 3 }), self: 0, total: 10 },
  { node: 5, frame: frame('inner', { inlined: true }), self: 1, total: 1 },
];
const model = { index, hotPaths: { grandTotal: 10, paths: [{ weight: 1, steps }] }, view: FRESH };

it('finds a node in the table, else in the hot paths, else nowhere', () => {
  expect(factsOf(model, 4)).toMatchObject({ self: 10, frame: { name: 'main' } });
  expect(factsOf(model, 5)).toMatchObject({ self: 1, frame: { name: 'inner' } });
  expect(factsOf(model, 6)).toBeNull();
  expect(factsOf({ index: null, hotPaths: null }, 4)).toBeNull();
});

it('writes stacks innermost first, without the root', () => {
  expect(stackText(stackOf(model, 4))).toBe('#0  main (main.c:3)');
  expect(stackText(stackOf(model, 5))).toBe('#0  inner [inlined] (kernel)\n#1  main (main.c:3)');
  expect(stackText(stackOf(model, 6))).toBe('');
});

it('writes the stacks of an inverted graph innermost first, too', () => {
  const inverted = { ...FRESH, filter: { ...FRESH.filter, inverted: true } };
  const table = { ...index.table, node: [0, 1, 2], parent: [-1, 0, 1], self: [0, 0, 10], total: [10, 10, 10], frame: [0, 1, 2] };
  const upside = indexTable({ ...table, frames: [...index.table.frames, frame('caller')] });
  expect(stackText(stackOf({ index: upside, hotPaths: null, view: inverted }, 2))).toBe('#0  main (main.c:3)\n#1  caller (kernel)');
});
