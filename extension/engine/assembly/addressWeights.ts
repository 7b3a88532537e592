/** What each sampled address costs, under a filter: the samples that end there, and those that have it on their stack. */
import type { Placed } from '../profile/placed.ts';

export interface AddressWeights {
  /** By location of the profile's table. */
  readonly self: Float64Array;
  readonly total: Float64Array;
}

export function addressWeights({ profile, weights, shape }: Placed): AddressWeights {
  const { stacks, table } = profile;
  const [self, total] = [new Float64Array(table.locations.length), new Float64Array(table.locations.length)];
  const { keys, parents } = stacks;
  const map = shape.map();
  const { stackSelf, stackTotal } = weights;
  const nodes = profile.functionNodes;
  for (let node = 1; node < stackTotal.length; node++) {
    // outside of what the view is focused on
    if (stackTotal[node] === 0 || (map && map[nodes[node]!]! < 0)) continue;
    const location = keys[node]!;
    self[location]! += stackSelf[node]!;
    if (!isAbove(parents[node]!, location)) total[location]! += stackTotal[node]!;
  }
  return { self, total };

  /** A call that is on the stack twice, by recursion, counts a sample once. */
  function isAbove(from: number, location: number): boolean {
    for (let at = from; at > 0; at = parents[at]!) if (keys[at] === location) return true;
    return false;
  }
}
