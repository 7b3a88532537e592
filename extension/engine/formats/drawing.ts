/** A profile's flame graph as it is drawn into a file. */
import type { DiffFlameReply, FlameTable, ProfileHeader } from '../../protocol.ts';
import { categoryLegend, type Drawing } from './svg.ts';

/** A file can be zoomed and not asked again: it holds what is far narrower than a pixel of the whole. */
export const DRAWN_WIDTH_PX = 5000;

export function drawingOf({ title, unit }: ProfileHeader, table: FlameTable): Drawing {
  const { parent, total, frame, frames, grandTotal } = table;
  const words = (weight: number): string =>
    `${Math.round(weight)} ${unit}, ${((100 * weight) / Math.max(Number.MIN_VALUE, grandTotal)).toFixed(1)} % of all`;
  return {
    title: `${title}: ${words(grandTotal)}`,
    parent,
    total,
    frame,
    frames,
    told: (row) => words(total[row]!),
    paint: (row) => `c-${frames[frame[row]!]!.category}`,
    legend: categoryLegend,
  };
}

/** Shares change by so much between one colour and the next. */
const LEVELS = [0.001, 0.01, 0.03, 0.1];

/** Widths are the mean of both, so that what vanished and what is new are there, too. */
export function diffDrawingOf({ base, other, table }: DiffFlameReply): Drawing {
  const { parent, baseTotal, otherTotal, baseSelf, otherSelf, frame, frames } = table;
  const percent = (share: number): string => `${(100 * share).toFixed(1)} %`;
  const signed = (change: number): string => `${change < 0 ? '−' : '+'}${(100 * Math.abs(change)).toFixed(1)} points`;
  return {
    title: `${base.title} → ${other.title}`,
    parent,
    total: baseTotal.map((before, row) => (before + otherTotal[row]!) / 2),
    frame,
    frames,
    told: (row) =>
      [
        `${percent(baseTotal[row]!)} → ${percent(otherTotal[row]!)} of all (${signed(otherTotal[row]! - baseTotal[row]!)})`,
        `self ${percent(baseSelf[row]!)} → ${percent(otherSelf[row]!)} (${signed(otherSelf[row]! - baseSelf[row]!)})`,
        ...(otherTotal[row] === 0 ? ['vanished'] : baseTotal[row] === 0 ? ['new'] : []),
      ].join('\n'),
    paint: (row) => `d-${levelOf(otherTotal[row]! - baseTotal[row]!)}`,
    legend: [
      { paint: 'd--4', text: '− less' },
      { paint: 'd-0', text: 'the same' },
      { paint: 'd-4', text: '+ more' },
    ],
  };
}

/** -4 (much less) to 4 (much more). */
function levelOf(change: number): number {
  const level = LEVELS.filter((least) => Math.abs(change) >= least).length;
  return change < 0 ? 0 - level : level;
}
