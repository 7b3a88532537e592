/** The functions that call a function, and those that it calls. */
import { functionTotals } from './functionTotals.ts';
import type { Weighted } from './weighted.ts';

export interface Neighbour {
  readonly fn: number;
  readonly self: number;
  readonly total: number;
}

export interface Neighbours {
  readonly self: number;
  readonly total: number;
  /** Heaviest first. */
  readonly callers: readonly Neighbour[];
  readonly callees: readonly Neighbour[];
}

/** A sample counts once for a pair of functions, however often the one calls the other on its stack. */
export function neighbours(weighted: Weighted, fn: number): Neighbours {
  const { tree, self, total } = weighted;
  const { keys, parents, recursive } = tree;
  const [callers, callees] = [new Tally(), new Tally()];
  for (let node = 1; node < total.length; node++) {
    if (total[node] === 0) continue;
    const parent = parents[node]!;
    const [callee, caller] = [keys[node]! >> 1, keys[parent]! >> 1];
    if (callee !== fn && caller !== fn) continue;
    const isAgain = recursive[node] === 1 && hasPairAbove(weighted, parent, caller, callee);
    if (callee === fn && parent > 0) callers.add(caller, self[node]!, isAgain ? 0 : total[node]!);
    if (caller === fn) callees.add(callee, self[node]!, isAgain ? 0 : total[node]!);
  }
  const totals = functionTotals(weighted);
  return { self: totals.self[fn] ?? 0, total: totals.total[fn] ?? 0, callers: callers.sorted(), callees: callees.sorted() };
}

/** Whether `caller` calls `callee` somewhere on the path down to `node`. */
function hasPairAbove({ tree }: Weighted, node: number, caller: number, callee: number): boolean {
  for (let at = node; at > 0; at = tree.parent(at))
    if (tree.functionOf(at) === callee && tree.parent(at) > 0 && tree.functionOf(tree.parent(at)) === caller) return true;
  return false;
}

class Tally {
  private readonly rows = new Map<number, { fn: number; self: number; total: number }>();

  add(fn: number, self: number, total: number): void {
    const row = this.rows.get(fn);
    if (row) {
      row.self += self;
      row.total += total;
    } else this.rows.set(fn, { fn, self, total });
  }

  sorted(): Neighbour[] {
    return [...this.rows.values()].sort((a, b) => b.total - a.total || b.self - a.self || a.fn - b.fn);
  }
}
