/** Self and total by source line: the numbers behind hovers and line heat. */
import type { LineIndex, OccurrenceColumns } from './lineIndex.ts';
import type { Shape } from './shape.ts';
import type { Weights } from './weights.ts';

export interface LineTotal {
  readonly self: number;
  readonly total: number;
}

/** By file as the debug information names it, then by 1-based line. A sample counts once for a line, however often the line is on its stack. */
export class LineTotals {
  private readonly index: LineIndex;
  /** By line id. */
  private readonly self: Float64Array;
  private readonly total: Float64Array;
  /** Few of the files are ever asked for. */
  private readonly byFile = new Map<string, ReadonlyMap<number, LineTotal>>();

  constructor(index: LineIndex, self: Float64Array, total: Float64Array) {
    this.index = index;
    this.self = self;
    this.total = total;
  }

  /** undefined where no line of the file costs anything. */
  get(file: string): ReadonlyMap<number, LineTotal> | undefined {
    let lines = this.byFile.get(file);
    if (!lines) this.byFile.set(file, (lines = this.linesOf(file)));
    return lines.size > 0 ? lines : undefined;
  }

  /** The lines that cost most, of any file, the most first. @param by lines without this are left out */
  hottest(limit: number, by: keyof LineTotal): (LineTotal & { readonly file: string; readonly line: number })[] {
    const { index, self, total } = this;
    const value = this[by];
    const ids = Array.from({ length: value.length }, (_, id) => id).filter((id) => value[id]! > 0);
    ids.sort((a, b) => value[b]! - value[a]! || self[b]! - self[a]! || index.lineOf.get(a) - index.lineOf.get(b));
    return ids.slice(0, limit).map((id) => ({
      file: index.files[index.fileOf.get(id)]!,
      line: index.lineOf.get(id),
      self: self[id]!,
      total: total[id]!,
    }));
  }

  private linesOf(file: string): Map<number, LineTotal> {
    const { index, self, total } = this;
    const lines = new Map<number, LineTotal>();
    const wanted = index.files.indexOf(file);
    if (wanted < 0) return lines;
    const [files, numbers] = [index.fileOf.view(), index.lineOf.view()];
    for (let id = 0; id < total.length; id++)
      if (files[id] === wanted && total[id]! > 0) lines.set(numbers[id]!, { self: self[id]!, total: total[id]! });
    return lines;
  }
}

const cache = new WeakMap<Weights, WeakMap<Shape, LineTotals>>();

/** Lines of frames that the shape leaves out cost nothing; what is spent in them is the self of the frame that called them. */
export function lineTotals(index: LineIndex, weights: Weights, shape: Shape): LineTotals {
  let byShape = cache.get(weights);
  if (!byShape) cache.set(weights, (byShape = new WeakMap<Shape, LineTotals>()));
  let totals = byShape.get(shape);
  if (!totals) {
    const kept = keptNodes(shape);
    totals = kept === null ? countAll(index, weights) : countKept(index, weights, kept);
    byShape.set(shape, totals);
  }
  return totals;
}

/** Of a shape that has all frames. */
function countAll(index: LineIndex, { stackSelf, stackTotal }: Weights): LineTotals {
  const { lines, repeats, starts } = index.columns();
  const [self, total] = [new Float64Array(index.lineOf.length), new Float64Array(index.lineOf.length)];
  for (let node = 1; node < starts.length; node++) {
    const weight = stackTotal[node];
    if (!weight) continue;
    const [from, to] = [starts[node]!, starts[node + 1] ?? lines.length];
    for (let at = from; at < to; at++) if (lines[at]! >= 0 && repeats[at] === 0) total[lines[at]!]! += weight;
    if (to > from && lines[to - 1]! >= 0) self[lines[to - 1]!]! += stackSelf[node]!;
  }
  return new LineTotals(index, self, total);
}

function countKept(index: LineIndex, { stackSelf, stackTotal }: Weights, kept: Uint8Array): LineTotals {
  const columns = index.columns();
  const { stackNodes, lines, repeats, starts } = columns;
  const isKept = (at: number): boolean => kept[columns.nodes[at]!] !== 0;
  const [self, total] = [new Float64Array(index.lineOf.length), new Float64Array(index.lineOf.length)];
  for (let at = 0; at < lines.length; at++) {
    const weight = stackTotal[stackNodes[at]!];
    if (!weight || lines[at]! < 0 || !isKept(at)) continue;
    // a line that stood further out only in frames that are left out counts here
    if (repeats[at] === 0 || !index.isRepeated(at, isKept)) total[lines[at]!]! += weight;
  }
  const spent = innermostKept(index, columns, isKept);
  for (let node = 1; node < starts.length; node++) {
    const innermost = spent[node]! < 0 ? -1 : lines[spent[node]!]!;
    if (innermost >= 0) self[innermost]! += stackSelf[node] ?? 0;
  }
  return new LineTotals(index, self, total);
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
