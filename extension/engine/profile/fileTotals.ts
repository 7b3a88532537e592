/** What each source file costs: a sample counts once for a file, however many of its lines are on the stack. */
import type { LineTotal } from './lineTotals.ts';
import type { Placed } from './placed.ts';
import type { Weighted } from './weighted.ts';

/** By file as the debug information names it. */
export type FileTotals = ReadonlyMap<string, LineTotal>;

const cache = new WeakMap<Weighted, FileTotals>();

export function fileTotals(placed: Placed): FileTotals {
  let totals = cache.get(placed.weighted);
  if (!totals) cache.set(placed.weighted, (totals = countFiles(placed)));
  return totals;
}

function countFiles({ weighted: { tree, self, total, functions } }: Placed): FileTotals {
  const files: string[] = [];
  const ids = new Map<string, number>();
  const fileOf = Int32Array.from(functions, ({ file }) => {
    if (file === '') return -1;
    let id = ids.get(file);
    if (id === undefined) ids.set(file, (id = files.push(file) - 1));
    return id;
  });
  const { keys, parents } = tree;
  const sums = files.map(() => ({ self: 0, total: 0 }));
  for (let node = 1; node < total.length; node++) {
    const file = fileOf[keys[node]! >> 1]!;
    if (file < 0 || total[node] === 0) continue;
    sums[file]!.self += self[node]!;
    if (!isAbove(parents[node]!, file)) sums[file]!.total += total[node]!;
  }
  return new Map(files.flatMap((file, id) => (sums[id]!.total > 0 ? [[file, sums[id]!] as const] : [])));

  function isAbove(from: number, file: number): boolean {
    for (let at = from; at > 0; at = parents[at]!) if (fileOf[keys[at]! >> 1] === file) return true;
    return false;
  }
}
