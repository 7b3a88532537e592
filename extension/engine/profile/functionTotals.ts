/** Self and total of each function over all of its call sites; a recursive function counts a sample once. */
import type { Profile } from './profile.ts';
import type { Weights } from './weights.ts';

export interface FunctionTotal {
  /** Index into the profile's functions. */
  readonly fn: number;
  readonly self: number;
  readonly total: number;
}

/** Heaviest self first. */
export function functionTotals(profile: Profile, weights: Weights): FunctionTotal[] {
  const self = new Float64Array(profile.table.functions.length);
  const total = new Float64Array(profile.table.functions.length);
  for (let node = 1; node < weights.self.length; node++) {
    const fn = profile.functionOf(node);
    self[fn]! += weights.self[node]!;
    if (!profile.isRecursive(node)) total[fn]! += weights.total[node]!;
  }
  return Array.from(self, (value, fn) => ({ fn, self: value, total: total[fn]! }))
    .filter((row) => row.total > 0)
    .sort((a, b) => b.self - a.self || b.total - a.total || a.fn - b.fn);
}
