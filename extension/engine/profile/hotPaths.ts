/** The heaviest chains from root to leaf. */
import type { HotPath } from '../../protocol.ts';
import { frameInfo } from './frameInfo.ts';
import { heaviestLines } from './nodeLines.ts';
import type { Profile } from './profile.ts';
import type { Weights } from './weights.ts';

/** Chains are ranked by the self weight of their last node: each sample belongs to exactly one chain, so shares add up to the whole. */
export function hotPaths(profile: Profile, weights: Weights, limit: number): HotPath[] {
  const leaves: number[] = [];
  for (let node = 1; node < weights.self.length; node++) if (weights.self[node]! > 0) leaves.push(node);
  leaves.sort((a, b) => weights.self[b]! - weights.self[a]! || a - b);
  const lines = heaviestLines(profile, weights);
  return leaves.slice(0, Math.max(0, limit)).map((leaf) => ({
    weight: weights.self[leaf]!,
    steps: profile.functions.path(leaf).map((node) => ({
      node,
      frame: frameInfo(profile, node, lines[node]),
      self: weights.self[node]!,
      total: weights.total[node]!,
    })),
  }));
}
