/** When samples were taken, in FlameScope's manner (https://github.com/Netflix/flamescope): a column a second, a row a slice of it. */
import type { HeatMap } from '../../protocol.ts';
import type { Samples } from './samples.ts';

/** Lengths of a column: such that there are no more than a screen can show, and no fewer than ten where the recording is short. */
const COLUMN_MS = [1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000, 10_000, 30_000, 60_000, 300_000, 600_000, 3_600_000, 86_400_000];
const A_SECOND = COLUMN_MS.indexOf(1000);
const MAX_CELLS = 1_000_000;

/** @param passes by kind of sample: 1 where it counts */
export function heatMap(samples: Samples, passes: Uint8Array, durationMs: number, maxColumns: number, rows: number): HeatMap {
  const times = samples.timesNs.view();
  let lastNs = durationMs * 1e6;
  if (samples.isSorted) lastNs = Math.max(lastNs, times.at(-1) ?? 0);
  else for (const time of times) if (time > lastNs) lastNs = time;
  const endMs = lastNs / 1e6;
  const height = Math.min(1000, Math.max(1, Math.floor(rows)));
  const columnMs = columnLength(endMs, Math.min(Math.max(1, maxColumns), MAX_CELLS / height));
  const columns = Math.max(1, Math.floor(endMs / columnMs) + 1);
  const weights = new Float64Array(columns * height);
  const kinds = samples.kinds.view();
  const each = samples.weights;
  const cellNs = (columnMs * 1e6) / height;
  for (let sample = 0; sample < kinds.length; sample++) {
    if (passes[kinds[sample]!] === 0) continue;
    const cell = Math.floor(times[sample]! / cellNs);
    if (cell >= 0 && cell < weights.length) weights[cell]! += each === null ? 1 : each[sample]!;
  }
  let max = 0;
  for (const weight of weights) if (weight > max) max = weight;
  return { columnMs, columns, rows: height, weights: Array.from(weights), max, endMs };
}

function columnLength(endMs: number, maxColumns: number): number {
  const fitting = COLUMN_MS.filter((length) => endMs / length < maxColumns);
  const preferred = endMs >= 10_000 ? COLUMN_MS[A_SECOND]! : (COLUMN_MS.findLast((length) => endMs / length >= 10) ?? 1);
  return fitting.find((length) => length >= preferred) ?? Math.max(1, Math.ceil(endMs / Math.max(1, maxColumns - 1)));
}
