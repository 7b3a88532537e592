/** A function between those that call it and those it calls, each with the line to stand on. */
import type { Around, SourceNeighbour, SourcePlace } from '../../protocol.ts';
import { frameInfo } from './frameInfo.ts';
import { neighbours, type Neighbour } from './neighbours.ts';
import { declaration, groupPlaces } from './nodeLines.ts';
import type { Placed } from './placed.ts';

/** @param limit callers, and callees, at most. @returns null where the function has no weight under the filter */
export function around(placed: Placed, fn: number, limit: number): Around | null {
  const { profile, weighted, shape, lines, weights } = placed;
  const { functions } = weighted;
  const found = neighbours(weighted, fn);
  if (found.total === 0) return null;
  const { own, byCaller, byCallee } = nodesAround(placed, fn);
  const heaviest = own.reduce((best, node) => (weighted.total[node]! > weighted.total[best]! ? node : best));
  const [callers, callees] = [found.callers.slice(0, limit), found.callees.slice(0, limit)];
  const callSites = groupPlaces(
    lines,
    shape,
    weights,
    callers.map((row) => byCaller.get(row.fn) ?? []),
    'callSites',
  );
  const [hottest = null, ...insides] = groupPlaces(
    lines,
    shape,
    weights,
    [own, ...callees.map((row) => byCallee.get(row.fn) ?? [])],
    'lines',
  );
  const told = (rows: readonly Neighbour[], places: typeof callSites): SourceNeighbour[] =>
    rows.map((row, at) => ({ frame: frameInfo(functions, row.fn), total: row.total, place: places[at] ?? null }));
  return {
    grandTotal: weighted.grandTotal,
    frame: frameInfo(functions, fn),
    node: heaviest,
    self: found.self,
    total: found.total,
    hottest: hottest ?? declaration(profile, shape, heaviest),
    callers: told(callers, callSites),
    callees: told(callees, insides),
  };
}

interface NodesAround {
  readonly own: number[];
  /** The function's nodes, by the function that calls them. */
  readonly byCaller: ReadonlyMap<number, number[]>;
  /** What the function's nodes call, by function. */
  readonly byCallee: ReadonlyMap<number, number[]>;
}

function nodesAround({ weighted: { tree, total } }: Placed, fn: number): NodesAround {
  const { keys, parents } = tree;
  const own: number[] = [];
  const [byCaller, byCallee] = [new Map<number, number[]>(), new Map<number, number[]>()];
  for (let node = 1; node < total.length; node++) {
    if (total[node] === 0) continue;
    const parent = parents[node]!;
    const [callee, caller] = [keys[node]! >> 1, keys[parent]! >> 1];
    if (callee === fn) {
      own.push(node);
      push(byCaller, caller, node);
    }
    if (caller === fn && parent > 0) push(byCallee, callee, node);
  }
  return { own, byCaller, byCallee };
}

function push(groups: Map<number, number[]>, key: number, node: number): void {
  const group = groups.get(key);
  if (group) group.push(node);
  else groups.set(key, [node]);
}

/**
 * The functions that most of the time of lines is spent in: of a line in a template or an inlined body there may be several.
 * @param groupOf by line id: which group of lines it belongs to; -1 for none
 * @returns by group; -1 where its lines have no samples
 */
export function functionsOfLines({ profile, shape, lines, weights }: Placed, groupOf: Int32Array, groups: number): number[] {
  const columns = lines.columns();
  const map = shape.map();
  const sums = Array.from({ length: groups }, () => new Map<number, number>());
  const { keys } = profile.functions;
  for (let at = 0; at < columns.lines.length; at++) {
    const id = columns.lines[at]!;
    const group = id < 0 ? -1 : groupOf[id]!;
    const node = columns.nodes[at]!;
    if (group < 0 || (map && map[node]! <= 0)) continue;
    const weight = weights.stackTotal[columns.stackNodes[at]!] ?? 0;
    const fn = keys[node]! >> 1;
    if (weight > 0) sums[group]!.set(fn, (sums[group]!.get(fn) ?? 0) + weight);
  }
  return sums.map((byFunction) => [...byFunction].sort(([a, x], [b, y]) => y - x || a - b)[0]?.[0] ?? -1);
}

/** The function that a line of these files (one source, however it is spelt) is in; -1 where it has no samples. */
export function functionOfLine(placed: Placed, files: ReadonlySet<string>, line: number): number {
  const { lines } = placed;
  lines.columns(); // made, or brought up to date
  const groupOf = new Int32Array(lines.lineOf.length).fill(-1);
  for (let id = 0; id < groupOf.length; id++)
    if (lines.lineOf.get(id) === line && files.has(lines.files[lines.fileOf.get(id)]!)) groupOf[id] = 0;
  return functionsOfLines(placed, groupOf, 1)[0]!;
}

/** The functions of places, all in one pass. */
export function functionsOfPlaces(placed: Placed, places: readonly SourcePlace[]): number[] {
  const { lines } = placed;
  lines.columns();
  const wanted = new Map(places.map(({ file, line }, at) => [`${line} ${file}`, at]));
  const groupOf = new Int32Array(lines.lineOf.length).fill(-1);
  for (let id = 0; id < groupOf.length; id++)
    groupOf[id] = wanted.get(`${lines.lineOf.get(id)} ${lines.files[lines.fileOf.get(id)]!}`) ?? -1;
  return functionsOfLines(placed, groupOf, places.length);
}
