/** Self and total by source line: the numbers behind hovers. */
import type { LineIndex } from './lineIndex.ts';
import type { Weights } from './weights.ts';

export interface LineTotal {
  readonly self: number;
  readonly total: number;
}

/** By file as the debug information names it, then by 1-based line. A sample counts once for a line, however often the line is on its stack. */
export type LineTotals = ReadonlyMap<string, ReadonlyMap<number, LineTotal>>;

const cache = new WeakMap<Weights, LineTotals>();

export function lineTotals(index: LineIndex, weights: Weights): LineTotals {
  let totals = cache.get(weights);
  if (!totals) cache.set(weights, (totals = countLines(index, weights)));
  return totals;
}

function countLines(index: LineIndex, { stackSelf, stackTotal }: Weights): LineTotals {
  const { stackNodes, lines, repeats, starts } = index.columns();
  const [self, total] = [new Float64Array(index.lineOf.length), new Float64Array(index.lineOf.length)];
  for (let at = 0; at < lines.length; at++)
    if (lines[at]! >= 0 && repeats[at] === 0) total[lines[at]!]! += stackTotal[stackNodes[at]!] ?? 0;
  for (let node = 1; node < starts.length; node++) {
    const innermost = lines[(starts[node + 1] ?? lines.length) - 1]!;
    if (innermost >= 0) self[innermost]! += stackSelf[node] ?? 0;
  }
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
