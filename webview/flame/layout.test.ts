import { expect, it } from 'vitest';
import { indexTable } from './flameIndex.ts';
import { layOut, rowAt } from './layout.ts';

/** all > main (80) > [a 30, b 40], all > other (20); zoomed to main. */
const table = {
  rootNode: 1,
  grandTotal: 100,
  node: [0, 1, 2, 3],
  parent: [-1, 0, 1, 1],
  self: [0, 10, 30, 40],
  total: [100, 80, 30, 40],
  frame: [0, 1, 2, 3],
  frames: ['all', 'main', 'a', 'b'].map((name, at) => ({ fn: at - 1, name, module: '', category: 'application' as const })),
  pruned: 0,
};
const index = indexTable(table);
const layout = layOut(index);

it('fills the width with the zoomed frame and its callers, and places callees from the left', () => {
  expect([...layout.left]).toEqual([0, 0, 0, 0.375]);
  expect([...layout.right]).toEqual([1, 1, 0.375, 0.875]);
});

it.each([
  [0, 0.5, 0],
  [1, 0.99, 1],
  [2, 0, 2],
  [2, 0.374, 2],
  [2, 0.375, 3],
  [2, 0.9, undefined],
  [3, 0.1, undefined],
  [2, -0.1, undefined],
])('at depth %d and %d of the width lies row %s', (depth, fraction, row) => expect(rowAt(index, layout, depth, fraction)).toBe(row));
