/** A profile of what a filter lets through, in the shape it asks for: what is exported when a view is. Addresses and lines are kept. */
import type { ViewFilter } from '../../protocol.ts';
import { Profile } from './profile.ts';
import { shapeKey } from './filter.ts';
import type { LocatedFrame } from './locations.ts';
import { copySamples } from './samples.ts';
import { hiddenFunctions } from './shape.ts';
import type { WeightCache } from './weights.ts';

/** `callersOf` and `inverted` do not apply: a stack leads from its root to its leaf. */
export function filteredProfile(profile: Profile, weights: WeightCache, filter: ViewFilter): Profile {
  const filtered = new Profile({ ...profile.facts }, profile.table);
  const stackNodes = restacked(profile, filtered, filter);
  const passes = weights.passes(filter);
  const [fromNs, toNs] = filter.timeMs ? [filter.timeMs[0] * 1e6, filter.timeMs[1] * 1e6] : [-Infinity, Infinity];
  copySamples(
    profile.samples,
    filtered.samples,
    (leaf) => stackNodes[leaf]!,
    (kind, timeNs) => passes[kind] === 1 && timeNs >= fromNs && timeNs < toNs,
  );
  return filtered;
}

/** By stack node: its place in the filtered profile; below 0 for what is left out. */
function restacked(profile: Profile, into: Profile, filter: ViewFilter): Int32Array {
  const { stacks, table } = profile;
  const nodes = new Int32Array(stacks.size);
  if (shapeKey(filter) === '') {
    for (let node = 1; node < nodes.length; node++) nodes[node] = into.stackNode(nodes[stacks.parent(node)]!, stacks.key(node));
    return nodes;
  }
  const focus = filter.focus ?? null;
  const hidden = hiddenFunctions(table.functions, filter);
  if (focus !== null) nodes[0] = -1;
  for (let node = 1; node < nodes.length; node++) {
    let at = nodes[stacks.parent(node)]!;
    const { frames } = table.locations[stacks.key(node)]!;
    let kept: LocatedFrame[] = [];
    // Outermost first; what was inlined together stays one location.
    for (const frame of [...frames].reverse()) {
      if (at < 0 && frame.fn !== focus) continue;
      if (at < 0) at = 0;
      if (hidden[frame.fn] === 1 && frame.fn !== focus) continue;
      const again = filter.collapseRecursion === true ? above(into, at, kept, frame.fn) : null;
      if (again === null) kept = [frame, ...kept];
      else if (again.within >= 0) kept = kept.slice(again.within);
      else [at, kept] = [again.node, []];
    }
    if (at >= 0 && kept.length > 0) at = into.stackNode(at, kept.length === frames.length ? stacks.key(node) : table.named(kept));
    nodes[node] = at;
  }
  return nodes;
}

/** Where a function is on the stack already: among the frames of this location, or in a node further out; null where it is not. */
function above(into: Profile, node: number, kept: readonly LocatedFrame[], fn: number): { within: number; node: number } | null {
  const within = kept.findIndex((frame) => frame.fn === fn);
  if (within >= 0) return { within, node };
  for (let at = node; at > 0; at = into.stacks.parent(at)) {
    const { frames } = into.table.locations[into.stacks.key(at)]!;
    // The frames further in of that location are cut off with it: its caller stands for them where it is not the innermost.
    if (frames[0]!.fn === fn) return { within: -1, node: at };
    const index = frames.findIndex((frame) => frame.fn === fn);
    if (index > 0) return { within: -1, node: into.stackNode(into.stacks.parent(at), into.table.named(frames.slice(index))) };
  }
  return null;
}
