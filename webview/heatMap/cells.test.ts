import { expect, it } from 'vitest';
import { cellAt, cellsOf, heatLevel, timesOf } from './cells.ts';

const grid = { columnMs: 1000, columns: 10, rows: 25, endMs: 9870 };

it.each([
  [0, 0, 0],
  [0.999, 0.999, 249],
  [0.15, 0.5, 37],
  [-3, 7, 24],
  [1, 1, 249],
])('at %d, %d lies cell %d', (x, y, cell) => expect(cellAt(grid, x, y)).toBe(cell));

it('a range of cells is a range of time and back, whichever end came first', () => {
  expect(timesOf(grid, [30, 55])).toEqual([1200, 2240]);
  expect(timesOf(grid, [55, 30])).toEqual([1200, 2240]);
  expect(cellsOf(grid, [1200, 2240])).toEqual([30, 55]);
  expect(cellsOf(grid, [20_000, 21_000])).toBeNull();
});

it.each([
  [0, 0],
  [1, 1],
  [10_000, 15],
])('a weight of %d has level %d', (weight, level) => expect(heatLevel(weight, 10_000, 16)).toBe(level));
