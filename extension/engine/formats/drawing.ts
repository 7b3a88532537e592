/** A profile's flame graph as it is drawn into a file. */
import type { FlameTable, ProfileHeader } from '../../protocol.ts';
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
