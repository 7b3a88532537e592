/** Self and total of each function over all of its call sites; a recursive function counts a sample once. */
import type { Weighted } from './weighted.ts';

export interface FunctionTotals {
  /** By function. */
  readonly self: Float64Array;
  readonly total: Float64Array;
}

const cache = new WeakMap<Weighted, FunctionTotals>();

export function functionTotals(weighted: Weighted): FunctionTotals {
  const known = cache.get(weighted);
  if (known) return known;
  const { tree, functions } = weighted;
  const { keys, recursive } = tree;
  const [self, total] = [new Float64Array(functions.length), new Float64Array(functions.length)];
  for (let node = 1; node < weighted.self.length; node++) {
    const fn = keys[node]! >> 1;
    self[fn]! += weighted.self[node]!;
    if (recursive[node] === 0) total[fn]! += weighted.total[node]!;
  }
  const totals = { self, total };
  cache.set(weighted, totals);
  return totals;
}

/** Functions with weight, heaviest self first. */
export function heaviestFunctions(weighted: Weighted): { fn: number; self: number; total: number }[] {
  const { self, total } = functionTotals(weighted);
  return Array.from(self, (value, fn) => ({ fn, self: value, total: total[fn]! }))
    .filter((row) => row.total > 0)
    .sort((a, b) => b.self - a.self || b.total - a.total || a.fn - b.fn);
}
