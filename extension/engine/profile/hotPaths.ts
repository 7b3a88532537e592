/** The heaviest chains from root to leaf. */
import type { HotPath } from '../../protocol.ts';
import { frameInfo } from './frameInfo.ts';
import { heaviest } from './heaviest.ts';
import type { Weighted } from './weighted.ts';

/**
 * Chains are ranked by the self weight of their last node: each sample belongs to exactly one chain, so shares add up to the whole.
 * @param linesOf where the time of nodes is spent; 0 where that is not known
 */
export function hotPaths(weighted: Weighted, limit: number, linesOf: (nodes: Set<number>) => ReadonlyMap<number, number>): HotPath[] {
  const { tree, self, total, functions } = weighted;
  const paths = heaviest(self, Math.min(limit, 1000), 1).map((leaf) => tree.path(leaf));
  const lines = linesOf(new Set(paths.flat()));
  return paths.map((path) => ({
    weight: self[path.at(-1)!]!,
    steps: path.map((node) => ({
      node,
      frame: frameInfo(functions, tree.functionOf(node), { isInlined: tree.isInlined(node), line: lines.get(node) ?? 0 }),
      self: self[node]!,
      total: total[node]!,
    })),
  }));
}
