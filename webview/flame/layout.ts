/** Where frames lie: fractions of the width, and which one lies at a place. No DOM. */
import { isAncestorOfRoot, type FlameIndex } from './flameIndex.ts';

export const ROW_PX = 20;

export interface FlameLayout {
  /** Edges of each row of the table, 0 to 1. */
  readonly left: Float64Array;
  readonly right: Float64Array;
}

/** The zoomed frame and its callers fill the width; callees stand below the left of their caller, whose own time is what they leave free. */
export function layOut(index: FlameIndex): FlameLayout {
  const { table, rootRow } = index;
  const count = table.node.length;
  const left = new Float64Array(count);
  const right = new Float64Array(count);
  const next = new Float64Array(count); // where the next callee begins
  const whole = table.total[rootRow] ?? 0;
  for (let row = 0; row < count; row++) {
    if (row === rootRow || isAncestorOfRoot(index, row)) {
      right[row] = 1;
      continue;
    }
    const parent = table.parent[row]!;
    left[row] = next[row] = next[parent]!;
    right[row] = next[parent] = left[row]! + (whole > 0 ? table.total[row]! / whole : 0);
  }
  return { left, right };
}

/** Row of the frame at a depth and a fraction of the width; undefined where there is none. */
export function rowAt(index: FlameIndex, { left, right }: FlameLayout, depth: number, fraction: number): number | undefined {
  const level = index.levels[depth];
  if (!level) return undefined;
  let low = 0;
  let high = level.length - 1;
  while (low <= high) {
    const middle = (low + high) >> 1;
    const row = level[middle]!;
    if (fraction < left[row]!) high = middle - 1;
    else if (fraction >= right[row]!) low = middle + 1;
    else return row;
  }
  return undefined;
}
