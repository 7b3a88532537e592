import { expect, it } from 'vitest';
import type { FlameTable } from '../extension/protocol.ts';
import { indexTable } from './flame/flameIndex.ts';
import { findMatches, matcher, stepMatch } from './search.ts';

const names = ['all', 'main', 'Sort', 'sort_inner', 'hash', 'a.b', 'C++<int>'];
/** all > main > [Sort > sort_inner, hash > a.b > C++] */
const table: FlameTable = {
  rootNode: 0,
  grandTotal: 100,
  node: [0, 1, 2, 3, 4, 5, 6],
  parent: [-1, 0, 1, 2, 1, 4, 5],
  self: [0, 0, 10, 30, 5, 25, 30],
  total: [100, 100, 40, 30, 60, 55, 30],
  frame: [0, 1, 2, 3, 4, 5, 6],
  frames: names.map((name, at) => ({ fn: at - 1, name, module: '', category: at === 0 ? 'root' : 'application' })),
  pruned: 0,
};
const query = (text: string, matchCase = false, regex = false) => ({ text, matchCase, regex });

it.each([
  [query('sort'), ['Sort', 'sort_inner'], 40],
  [query('sort', true), ['sort_inner'], 30],
  [query('.'), ['a.b'], 55],
  [query('c++'), ['C++<int>'], 30],
  [query('^s.*t$', false, true), ['Sort'], 40],
  [query('a', false), ['main', 'hash', 'a.b'], 100],
  [query('nothing'), [], 0],
])('%j', (asked, found, weight) => {
  const matches = findMatches(indexTable(table), asked, null)!;
  expect([...matches.rows].map((row) => names[row])).toEqual(found);
  expect(matches.weight).toBe(weight);
});

it('searches the zoomed part only, says what a bad expression lacks, and nothing for nothing', () => {
  const zoomed = indexTable({ ...table, rootNode: 4, node: [0, 1, 4, 5, 6], parent: [-1, 0, 1, 2, 3], frame: [0, 1, 4, 5, 6] });
  expect(findMatches(zoomed, query('a'), null)!.steps).toEqual([4, 5]);
  expect(findMatches(indexTable(table), query('(', false, true), null)).toMatchObject({
    steps: [],
    error: expect.stringContaining('(') as string,
  });
  expect(findMatches(indexTable(table), query(''), null)).toBeNull();
});

it('cuts what a regular expression is given', () => {
  const huge = `${'x'.repeat(1 << 20)}end`;
  expect(matcher(query('end$', false, true))!(huge)).toBe(false);
  expect(matcher(query('end'))!(huge)).toBe(true);
});

it('takes the count of the whole from the engine, and the share of each row with a match in it', () => {
  const found = { frames: 12, functions: 3, weight: 55, matched: [55, 55, 20, 0, 35, 0, 0], steps: [2, 99] };
  const matches = findMatches(indexTable(table), query('sort'), found)!;
  expect(matches).toMatchObject({ frames: 12, weight: 55, steps: [2, 99] });
  expect(matches.inside?.map((share) => Number(share.toFixed(2)))).toEqual([0.55, 0.55, 0.5, 0, 0.58, 0, 0]);
  expect(findMatches(indexTable(table), query('sort'), { ...found, matched: [1] })!.frames).toBe(2); // of another table
});

it.each([
  [5, 1, 9],
  [9, 1, 2],
  [2, -1, 9],
  [4, 1, 2],
  [null, 1, 2],
  [null, -1, 9],
])('from node %s, %d: %d', (from, direction, to) => expect(stepMatch([2, 5, 9], from, direction as 1 | -1)).toBe(to));

it('has nowhere to step without matches', () => expect(stepMatch([], 3, 1)).toBeUndefined());
