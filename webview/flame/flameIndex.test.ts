import { expect, it } from 'vitest';
import type { FlameTable } from '../../extension/protocol.ts';
import { indexTable, isAncestorOfRoot, pathTo, walk, zoomedTo, type Step } from './flameIndex.ts';

/** all(0) > main(1) > [ a(2) > c(4) , b(3) > [d(5), e(6)] ], node ids ten times the row. */
const table: FlameTable = {
  rootNode: 0,
  grandTotal: 100,
  node: [0, 10, 20, 40, 30, 50, 60],
  parent: [-1, 0, 1, 2, 1, 4, 4],
  self: [0, 0, 10, 30, 5, 25, 30],
  total: [100, 100, 40, 30, 60, 25, 30],
  frame: [0, 0, 0, 0, 0, 0, 0],
  frames: [{ fn: 0, name: 'f', module: '', category: 'application' }],
  pruned: 0,
};

it.each<[from: number, step: Step, to: number]>([
  [0, 'in', 10],
  [10, 'in', 30],
  [30, 'in', 60],
  [60, 'in', 60],
  [60, 'out', 30],
  [0, 'out', 0],
  [40, 'after', 50],
  [50, 'before', 40],
  [40, 'before', 40],
  [60, 'after', 60],
  [60, 'root', 0],
  [0, 'hottest', 60],
])('from %d %s to %d', (from, step, to) => {
  const index = indexTable(table);
  expect(table.node[walk(index, index.rows.get(from)!, step)]).toBe(to);
});

it('knows the way from the root, and which rows are above a zoom', () => {
  const index = indexTable({ ...table, rootNode: 30 });
  const row = index.rows.get(50)!;
  expect(pathTo(index, row).map((at) => table.node[at])).toEqual([0, 10, 30, 50]);
  expect([0, 10, 30, 50].map((node) => isAncestorOfRoot(index, index.rows.get(node)!))).toEqual([true, true, false, false]);
  expect(walk(index, row, 'root')).toBe(index.rows.get(30));
});

it('foretells a zoom from what is drawn, inwards only', () => {
  const shares = table.total.map((total) => total / 100);
  const index = indexTable(table, { baseSelf: shares, baseTotal: shares, otherSelf: shares, otherTotal: shares });
  const zoomed = zoomedTo(index, 30)!;
  expect(zoomed.table).toMatchObject({ rootNode: 30, node: [0, 10, 30, 50, 60], parent: [-1, 0, 1, 2, 2], total: [100, 100, 60, 25, 30] });
  expect(zoomed.rootRow).toBe(2);
  expect(zoomed.changes!.otherTotal).toEqual([1, 1, 0.6, 0.25, 0.3]);
  expect(zoomedTo(zoomed, 60)!.table.node).toEqual([0, 10, 30, 60]);
  expect([zoomedTo(zoomed, 10), zoomedTo(zoomed, 30), zoomedTo(zoomed, 40)]).toEqual([null, null, null]);
});

it('refuses a row before its parent', () => {
  expect(() => indexTable({ ...table, parent: [-1, 2, 1, 2, 1, 4, 4] })).toThrow(/Row 1/);
  expect(() => indexTable({ ...table, parent: [-1, 0, -1, 2, 1, 4, 4] })).toThrow(/Row 2/);
});
