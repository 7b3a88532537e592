/** What a search finds in a tree, whether or not a screen can show it. */
import type { SearchQuery, SearchResult } from '../../protocol.ts';
import type { CallersTree } from './callers.ts';
import { byName } from './cut.ts';
import { heaviest } from './heaviest.ts';
import { PatternError, type Matcher } from './matcher.ts';
import type { Weighted } from './weighted.ts';

const MAX_STEPS = 500;

/** Where to search, and the rows or nodes whose matched weight is wanted. */
export interface SearchPlace {
  readonly weighted: Weighted;
  readonly callers: CallersTree | null;
  readonly root: number;
  readonly widthPx: number;
  readonly nodes: readonly number[];
}

/** A pattern that cannot be used is told in the result. */
export function search(matcher: Matcher, query: SearchQuery, place: SearchPlace): SearchResult {
  const { weighted, callers, root, widthPx, nodes } = place;
  try {
    const matches = matcher.flags(query);
    if (callers) return searchCallers(callers, weighted, matches, root, widthPx, nodes);
    const isNode = Number.isInteger(root) && root >= 0 && root < weighted.total.length;
    return searchDown(weighted, matches, isNode ? root : 0, nodes);
  } catch (error) {
    if (!(error instanceof PatternError)) throw error;
    return { frames: 0, functions: 0, weight: 0, matched: nodes.map(() => 0), steps: [], error: error.message };
  }
}

interface Found {
  /** By node: weight of the samples in it that have a match between the zoomed node and their leaf. */
  readonly matched: Float64Array;
  readonly frames: number;
  readonly functions: number;
  /** By node: 1 in the zoomed part, and 2 where the node or one above it (in that part) matches. */
  readonly inside: Uint8Array;
}

/** @param matches by function: 1 where it matches */
function find({ tree, total, self }: Weighted, matches: Uint8Array, root: number): Found {
  const { keys, parents } = tree;
  const inside = new Uint8Array(total.length);
  const seen = new Uint8Array(matches.length);
  let [frames, functions] = [0, 0];
  for (let node = root; node < total.length; node++) {
    const above = node === root ? 1 : inside[parents[node]!]!;
    if (above === 0 || total[node] === 0) continue;
    const fn = keys[node]! >> 1;
    const hit = fn >= 0 && matches[fn] === 1;
    inside[node] = hit ? 2 : above;
    if (!hit) continue;
    frames++;
    if (seen[fn] === 0) functions++;
    seen[fn] = 1;
  }
  const matched = new Float64Array(total.length);
  for (let node = total.length - 1; node >= root; node--) {
    if (inside[node] === 0) continue;
    if (inside[node] === 2) matched[node]! += self[node]!;
    if (node > root) matched[parents[node]!]! += matched[node]!;
  }
  return { matched, frames, functions, inside };
}

/** @param nodes whose matched weight is wanted */
function searchDown(weighted: Weighted, matches: Uint8Array, root: number, nodes: readonly number[]): SearchResult {
  const { tree, total } = weighted;
  const { matched, frames, functions, inside } = find(weighted, matches, root);
  const { keys } = tree;
  const steps = heaviest(total, MAX_STEPS, Math.max(1, root), (node) => inside[node] === 2 && matches[keys[node]! >> 1] === 1);
  return {
    frames,
    functions,
    weight: matched[root]!,
    matched: nodes.map((node) => (inside[node] === 2 ? total[node]! : (matched[node] ?? 0))),
    steps: inDrawingOrder(weighted, steps),
  };
}

/** Parents before children, siblings by name. */
function inDrawingOrder({ tree, functions }: Weighted, nodes: readonly number[]): number[] {
  const paths = new Map(nodes.map((node) => [node, tree.path(node)]));
  return [...nodes].sort((a, b) => {
    const [left, right] = [paths.get(a)!, paths.get(b)!];
    for (let i = 0; i < Math.min(left.length, right.length); i++)
      if (left[i] !== right[i]) return byName(functions, tree.key(left[i]!), tree.key(right[i]!));
    return left.length - right.length;
  });
}

/** The same in a tree turned round: of a row's samples those match that have a match on the way down to it, or in the callers still to come. */
function searchCallers(
  callers: CallersTree,
  weighted: Weighted,
  matches: Uint8Array,
  rootNode: number,
  widthPx: number,
  nodes: readonly number[],
): SearchResult {
  const { inside, frames, functions } = find(weighted, matches, 0);
  const outer: number[] = [];
  const cut = callers.cut(weighted, rootNode, widthPx, (bundle, row) => {
    let weight = 0;
    if (bundle) for (let i = 0; i < bundle.nodes.length; i++) if (inside[bundle.nodes[i]!] === 2) weight += bundle.weights[i]!;
    outer[row] = weight;
  });
  if (cut.node[0] === 0) outer[0] = callers.weightBelowRoot(weighted, (node) => inside[node] === 2);
  const rootRow = cut.node.indexOf(cut.rootNode);
  const steps: number[] = [];
  const isBelowMatch: boolean[] = [];
  const matched = cut.node.map((node, row) => {
    const isMatch = row >= rootRow && node !== 0 && matches[callers.functionOf(node)] === 1;
    if (isMatch) steps.push(node);
    isBelowMatch[row] = isMatch || (row > rootRow && isBelowMatch[cut.parent[row]!]!);
    return isBelowMatch[row] ? cut.total[row]! : outer[row]!;
  });
  const rows = new Map(cut.node.map((node, row) => [node, row]));
  return {
    frames,
    functions,
    weight: matched[rootRow]!,
    matched: nodes.map((node) => matched[rows.get(node) ?? -1] ?? 0),
    steps: steps.slice(0, MAX_STEPS),
  };
}
