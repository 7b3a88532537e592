/** Lines of a function node: where its time is spent, and where it was called. */
import type { SourcePlace } from '../../protocol.ts';
import type { Profile } from './profile.ts';
import type { Weights } from './weights.ts';

/** The heaviest line of each function node, by total weight; 0 where no line is known. Index: function node. */
export function heaviestLines(profile: Profile, weights: Weights): Int32Array {
  const known = cache.get(weights);
  if (known) return known;
  const lines = new Int32Array(profile.functions.size);
  const best = new Float64Array(profile.functions.size);
  const sums = lineSums(profile, weights);
  for (const [key, weight] of sums) {
    const node = Math.floor(key / LINE_SPAN);
    if (weight > best[node]!) {
      best[node] = weight;
      lines[node] = key % LINE_SPAN;
    }
  }
  cache.set(weights, lines);
  return lines;
}

const cache = new WeakMap<Weights, Int32Array>();
const LINE_SPAN = 2 ** 24;

/** Total weight by function node and line, keyed node * 2^24 + line. */
function lineSums(profile: Profile, weights: Weights): Map<number, number> {
  const sums = new Map<number, number>();
  for (let stackNode = 1; stackNode < profile.stacks.size; stackNode++) {
    const weight = weights.stackTotal[stackNode] ?? 0;
    if (weight === 0) continue;
    for (const { node, frame } of profile.framesOf(stackNode)) {
      if (frame.line <= 0) continue;
      const key = node * LINE_SPAN + Math.min(frame.line, LINE_SPAN - 1);
      sums.set(key, (sums.get(key) ?? 0) + weight);
    }
  }
  return sums;
}

/** A node's heaviest line, or its function's declaration; and the line in its caller. null where the debug information has none. */
export function places(profile: Profile, weights: Weights, node: number): { hottest: SourcePlace | null; callSite: SourcePlace | null } {
  const lines = heaviestLines(profile, weights);
  return {
    hottest: placeOf(profile, node, lines[node] ?? 0),
    callSite: placeOf(profile, profile.functions.parent(node), callSiteLine(profile, weights, node)),
  };
}

function placeOf(profile: Profile, node: number, line: number): SourcePlace | null {
  if (node <= 0) return null;
  const fn = profile.table.functions[profile.functionOf(node)]!;
  return fn.file ? { file: fn.file, line: Math.max(1, line || fn.startLine) } : null;
}

/** The parent's line on the heaviest of the stacks that go on into this node; 0 where none is known. */
function callSiteLine(profile: Profile, weights: Weights, node: number): number {
  let best = { line: 0, weight: 0 };
  for (let stackNode = 1; stackNode < profile.stacks.size; stackNode++) {
    const weight = weights.stackTotal[stackNode] ?? 0;
    if (weight <= best.weight) continue;
    let lineAbove = outermostCallerLine(profile, stackNode);
    for (const { node: at, frame } of profile.framesOf(stackNode)) {
      if (at === node) best = { line: lineAbove, weight };
      lineAbove = frame.line;
    }
  }
  return best.line;
}

/** Line of the frame that called a location: the innermost frame of the location above it. */
function outermostCallerLine(profile: Profile, stackNode: number): number {
  const caller = profile.stacks.parent(stackNode);
  return caller > 0 ? profile.table.locations[profile.stacks.key(caller)]!.frames[0]!.line : 0;
}
