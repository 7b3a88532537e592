/** Finds frames of one shape of a tree again in another. */
import type { CallersTree } from './callers.ts';
import type { Shape } from './shape.ts';
import type { Weighted } from './weighted.ts';

/** A tree in one shape: reshaped, weighted, and turned round or not. */
export interface Grown {
  readonly weighted: Weighted;
  readonly shape: Shape;
  readonly callers: CallersTree | null;
}

/**
 * For each node the one that stands for the same frames: that which the heaviest of them went into. Where a tree is turned round, the heaviest frame of
 * the same function stands for it. null where there is none; the root is the root.
 */
export function carryNodes(from: Grown, to: Grown, nodes: readonly number[]): (number | null)[] {
  if (sameNodes(from, to)) return [...nodes];
  return nodes.map((node) => {
    if (node === 0) return 0;
    if (!Number.isInteger(node) || node < 0 || node >= (from.callers?.ids ?? from.weighted.tree).size) return null;
    if (!from.callers && !to.callers) return across(from, to, node) ?? heaviestOf(to, from.weighted.tree.functionOf(node));
    return heaviestOf(to, (from.callers ?? from.weighted.tree).functionOf(node));
  });
}

function sameNodes(from: Grown, to: Grown): boolean {
  return from.shape === to.shape && from.callers === to.callers;
}

/** By way of the nodes as sampled. */
function across(from: Grown, to: Grown, node: number): number | null {
  const [fromMap, toMap] = [from.shape.map(), to.shape.map()];
  const fn = from.weighted.tree.functionOf(node);
  const { total } = to.weighted;
  let best: number | null = null;
  const consider = (source: number): void => {
    const at = toMap === null ? source : toMap[source]!;
    if (at <= 0 || to.weighted.tree.functionOf(at) !== fn || total[at] === 0) return;
    if (best === null || total[at]! > total[best]!) best = at;
  };
  if (fromMap === null) consider(node);
  else
    for (let source = 1; source < fromMap.length; source++)
      if (fromMap[source] === node && from.shape.sourceFunction(source) === fn) consider(source);
  return best;
}

/** The heaviest node of a function; where the tree is turned round, that below its root. */
function heaviestOf({ weighted, callers }: Grown, fn: number): number | null {
  const { tree, total, self } = weighted;
  const { keys } = tree;
  const values = callers ? self : total;
  let [best, most] = [0, 0];
  for (let node = 1; node < total.length; node++) if (keys[node]! >> 1 === fn && values[node]! > most) [best, most] = [node, values[node]!];
  if (best === 0) return null;
  if (!callers) return best;
  const key = callers.from === 'all' ? tree.key(best) : callers.from * 2;
  return callers.from === 'all' || callers.from === fn ? callers.ids.child(0, key) : null;
}
