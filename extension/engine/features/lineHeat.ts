/** What each line of a source file costs, under the filter that the view shows: for the hints at the lines' ends and the colours behind them. */
import type { LineCosts, LineHeatMode } from '../../protocol.ts';
import type { Zoomed } from '../profile/filter.ts';
import type { LineTotals } from '../profile/lineTotals.ts';
import type { ProfileViews } from '../profile/views.ts';

/** Answers that were given, by the numbers they were made of: the editor asks again at every stroke and every turn of the wheel. */
const kept = new WeakMap<LineTotals, Map<string, LineCosts>>();

/**
 * Lines by number; null where none has samples. A sample counts for its own line and for every call site above it.
 * @param files spellings of one file, as the debug information names it
 */
export function lineHeat(views: ProfileViews, filter: Zoomed, files: readonly string[]): LineCosts | null {
  const byFile = views.lineTotals(filter);
  if (!files.some((file) => byFile.get(file))) return null;
  let answers = kept.get(byFile);
  if (!answers) kept.set(byFile, (answers = new Map<string, LineCosts>()));
  const key = files.join('\n');
  let heat = answers.get(key);
  if (!heat) answers.set(key, (heat = countFiles(views, filter, byFile, files)));
  return heat;
}

function countFiles(views: ProfileViews, filter: Zoomed, byFile: LineTotals, files: readonly string[]): LineCosts {
  const costs = new Map<number, { self: number; total: number }>();
  for (const file of files) {
    for (const [line, { self, total }] of byFile.get(file) ?? []) {
      const cost = costs.get(line);
      costs.set(line, { self: self + (cost?.self ?? 0), total: total + (cost?.total ?? 0) });
    }
  }
  const lines = [...costs.keys()].sort((a, b) => a - b);
  return {
    grandTotal: views.grandTotal(filter),
    line: lines,
    self: lines.map((line) => costs.get(line)!.self),
    total: lines.map((line) => costs.get(line)!.total),
  };
}

/** A line that costs less than this share says nothing at its end. */
const LEAST_SHARE = 0.0005;

/** What is written at the end of a line; null where it is not worth writing. */
export function heatLabel(heat: LineCosts, at: number, mode: LineHeatMode): string | null {
  const whole = Math.max(1, heat.grandTotal);
  const [self, total] = [heat.self[at]! / whole, heat.total[at]! / whole];
  const percent = (share: number): string => `${(100 * share).toFixed(1)} %`;
  if (mode === 'off') return null;
  if (mode === 'self') return self < LEAST_SHARE ? null : percent(self);
  if (total < LEAST_SHARE) return null;
  return self < LEAST_SHARE ? percent(total) : `${percent(total)}, self ${percent(self)}`;
}
