/** Self and total by source line: the numbers behind hovers and line heat. */
import type { LineIndex, OccurrenceColumns } from './lineIndex.ts';
import type { Shape } from './shape.ts';
import type { Weights } from './weights.ts';

export interface LineTotal {
  readonly self: number;
  readonly total: number;
}

/** By file as the debug information names it, then by 1-based line. A sample counts once for a line, however often the line is on its stack. */
export type LineTotals = ReadonlyMap<string, ReadonlyMap<number, LineTotal>>;

const cache = new WeakMap<Weights, WeakMap<Shape, LineTotals>>();

/** Lines of frames that the shape leaves out cost nothing; what is spent in them is the self of the frame that called them. */
export function lineTotals(index: LineIndex, weights: Weights, shape: Shape): LineTotals {
  let byShape = cache.get(weights);
  if (!byShape) cache.set(weights, (byShape = new WeakMap<Shape, LineTotals>()));
  let totals = byShape.get(shape);
  if (!totals) byShape.set(shape, (totals = countLines(index, weights, shape)));
  return totals;
}

function countLines(index: LineIndex, { stackSelf, stackTotal }: Weights, shape: Shape): LineTotals {
  const columns = index.columns();
  const { stackNodes, lines, repeats } = columns;
  const kept = keptNodes(shape);
  const isKept = (at: number): boolean => kept?.[columns.nodes[at]!] !== 0;
  const [self, total] = [new Float64Array(index.lineOf.length), new Float64Array(index.lineOf.length)];
  for (let at = 0; at < lines.length; at++) {
    if (lines[at]! < 0 || !isKept(at)) continue;
    // a line that stood further out only in frames that are left out counts here
    if (repeats[at] === 0 || (kept && !index.isRepeated(at, isKept))) total[lines[at]!]! += stackTotal[stackNodes[at]!] ?? 0;
  }
  const spent = kept ? innermostKept(index, columns, isKept) : null;
  const { starts } = columns;
  for (let node = 1; node < starts.length; node++) {
    const at = spent ? spent[node]! : (starts[node + 1] ?? lines.length) - 1;
    const innermost = at < 0 ? -1 : lines[at]!;
    if (innermost >= 0) self[innermost]! += stackSelf[node] ?? 0;
  }
  return byFile(index, self, total);
}

/** By function node: 0 for those that a shape leaves out or merges into others; null where it has them all. */
function keptNodes(shape: Shape): Uint8Array | null {
  const map = shape.map();
  return map && Uint8Array.from(map, (at, node) => (at > 0 && shape.tree.functionOf(at) === shape.sourceFunction(node) ? 1 : 0));
}

/** By stack node: the innermost occurrence on its stack that is kept; -1 where none is. */
function innermostKept(index: LineIndex, { starts, lines }: OccurrenceColumns, isKept: (occurrence: number) => boolean): Int32Array {
  const found = new Int32Array(starts.length).fill(-1);
  for (let node = 1; node < starts.length; node++) {
    let at = (starts[node + 1] ?? lines.length) - 1;
    while (at >= starts[node]! && !isKept(at)) at--;
    found[node] = at >= starts[node]! ? at : found[index.parentOf(node)]!;
  }
  return found;
}

function byFile(index: LineIndex, self: Float64Array, total: Float64Array): LineTotals {
  const files = new Map<string, Map<number, LineTotal>>();
  for (let line = 0; line < total.length; line++) {
    if (total[line] === 0) continue;
    const file = index.files[index.fileOf.get(line)]!;
    let byLine = files.get(file);
    if (!byLine) files.set(file, (byLine = new Map<number, LineTotal>()));
    byLine.set(index.lineOf.get(line), { self: self[line]!, total: total[line]! });
  }
  return files;
}
