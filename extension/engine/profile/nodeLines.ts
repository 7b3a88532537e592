/** Lines of frames that are shown: where their time is spent, and where they were called. */
import type { SourcePlace } from '../../protocol.ts';
import type { LineIndex } from './lineIndex.ts';
import type { Profile } from './profile.ts';
import type { Shape } from './shape.ts';
import type { Weights } from './weights.ts';

/** The heaviest line of each of these nodes of a shape; 0 where none is known. */
export function heaviestLines(index: LineIndex, shape: Shape, weights: Weights, nodes: Iterable<number>): Map<number, number> {
  const lines = new Map<number, number>();
  const sources = sourceNodes(shape, nodes);
  for (const [node, from] of sources) {
    const best = heaviest(index, from, (at, sums) => index.sumLines(at, weights.stackTotal, sums));
    lines.set(node, best === null ? 0 : index.lineOf.get(best));
  }
  return lines;
}

/** A node's heaviest line, or its function's declaration; and the line in its caller. null where the debug information has none. */
export function placesOf(
  profile: Profile,
  index: LineIndex,
  shape: Shape,
  weights: Weights,
  node: number,
): { hottest: SourcePlace | null; callSite: SourcePlace | null } {
  const from = sourceNodes(shape, [node]).get(node) ?? [];
  const place = (line: number | null): SourcePlace | null => placeOf(index, line);
  const callSite = heaviest(index, from, (at, sums) => index.sumCallSites(at, weights.stackTotal, sums));
  const hottest = heaviest(index, from, (at, sums) => index.sumLines(at, weights.stackTotal, sums));
  return {
    hottest: place(hottest) ?? declaration(profile, shape, node),
    callSite: place(callSite) ?? declaration(profile, shape, node > 0 ? shape.tree.parent(node) : 0),
  };
}

/** Of each group of nodes the line that costs most: where its time is spent, or where it was called from. null where none is known. */
export function groupPlaces(
  index: LineIndex,
  shape: Shape,
  weights: Weights,
  groups: readonly (readonly number[])[],
  which: 'lines' | 'callSites',
): (SourcePlace | null)[] {
  const sources = sourceNodes(shape, groups.flat());
  const sum = which === 'lines' ? index.sumLines.bind(index) : index.sumCallSites.bind(index);
  return groups.map((nodes) => {
    const from = nodes.flatMap((node) => sources.get(node)!);
    return placeOf(
      index,
      heaviest(index, from, (at, sums) => sum(at, weights.stackTotal, sums)),
    );
  });
}

export function placeOf(index: LineIndex, line: number | null): SourcePlace | null {
  return line === null ? null : { file: index.files[index.fileOf.get(line)]!, line: index.lineOf.get(line) };
}

export function declaration(profile: Profile, shape: Shape, node: number): SourcePlace | null {
  const fn = node > 0 ? profile.table.functions[shape.tree.functionOf(node)]! : undefined;
  return fn?.file ? { file: fn.file, line: Math.max(1, fn.startLine) } : null;
}

/** The nodes as sampled that each of these nodes of a shape stands for, frames that were merged into it left out. */
function sourceNodes(shape: Shape, nodes: Iterable<number>): Map<number, readonly number[]> {
  const map = shape.map();
  if (map === null) return new Map([...nodes].map((node) => [node, [node]]));
  const sources = new Map<number, number[]>([...nodes].map((node) => [node, []]));
  const wanted = new Uint8Array(shape.tree.size);
  for (const node of sources.keys()) wanted[node] = 1;
  for (let node = 1; node < map.length; node++) {
    const at = map[node]!;
    if (at > 0 && wanted[at] === 1 && shape.sourceFunction(node) === shape.tree.functionOf(at)) sources.get(at)!.push(node);
  }
  return sources;
}

function heaviest(index: LineIndex, nodes: readonly number[], sum: (node: number, sums: Map<number, number>) => void): number | null {
  const sums = new Map<number, number>();
  for (const node of nodes) sum(node, sums);
  let [best, most]: [number | null, number] = [null, 0];
  for (const [line, weight] of sums) {
    // Of equals the first in the file, so that the answer does not depend on the order of samples.
    if (weight > most || (weight === most && best !== null && index.lineOf.get(line) < index.lineOf.get(best)))
      [best, most] = [line, weight];
  }
  return best;
}
