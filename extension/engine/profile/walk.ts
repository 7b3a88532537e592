/** The hot path as a walk through the source: the heaviest chain from the root to a leaf, at each step the line that leads to the next. */
import type { Walk, WalkStep } from '../../protocol.ts';
import { frameInfo } from './frameInfo.ts';
import { declaration, groupPlaces } from './nodeLines.ts';
import type { Placed } from './placed.ts';

/**
 * From each frame to its heaviest callee, and to its end where more is spent in a frame itself than in any one callee.
 * @param through a node that the chain leads through; null: the root
 */
export function walk(placed: Placed, through: number | null): Walk {
  const { weighted, shape, lines, weights, profile } = placed;
  const { tree, self, total, functions } = weighted;
  const isNode = through !== null && Number.isInteger(through) && through > 0 && through < total.length && total[through]! > 0;
  const path = isNode ? tree.path(through) : [];
  path.push(...heaviestDescent(placed, path.at(-1) ?? 0));
  const callSites = groupPlaces(
    lines,
    shape,
    weights,
    path.slice(1).map((node) => [node]),
    'callSites',
  );
  const insides = groupPlaces(
    lines,
    shape,
    weights,
    path.map((node) => [node]),
    'lines',
  );
  const steps = path.map((node, at): WalkStep => {
    const place = callSites[at] ?? insides[at] ?? declaration(profile, shape, node);
    const frame = frameInfo(functions, tree.functionOf(node), { isInlined: tree.isInlined(node), line: place?.line ?? 0 });
    return { node, frame, self: self[node]!, total: total[node]!, place };
  });
  return { grandTotal: weighted.grandTotal, steps };
}

function heaviestDescent({ weighted: { tree, self, total } }: Placed, from: number): number[] {
  const { parents } = tree;
  const best = new Int32Array(total.length);
  for (let node = 1; node < total.length; node++) {
    const parent = parents[node]!;
    if (total[node]! > 0 && (best[parent] === 0 || total[node]! > total[best[parent]!]!)) best[parent] = node;
  }
  const path: number[] = [];
  for (let at = best[from]!; at > 0 && (at === best[0] || self[parents[at]!]! <= total[at]!); at = best[at]!) path.push(at);
  return path;
}
