/** The heat map's cells and the times they stand for. No DOM. */
import type { HeatMap } from '../../extension/protocol.ts';

/** Cells in the order of time: column after column, from the top of each. */
export type CellRange = readonly [first: number, last: number];

type Grid = Pick<HeatMap, 'columnMs' | 'columns' | 'rows' | 'endMs'>;

export function cellAt({ columns, rows }: Grid, x: number, y: number): number {
  const column = Math.max(0, Math.min(columns - 1, Math.floor(x * columns)));
  const row = Math.max(0, Math.min(rows - 1, Math.floor(y * rows)));
  return column * rows + row;
}

/** [from, to) in ms of the cells from one to another, whichever comes first. */
export function timesOf({ columnMs, rows }: Grid, [a, b]: CellRange): readonly [number, number] {
  const cellMs = columnMs / rows;
  return [Math.min(a, b) * cellMs, (Math.max(a, b) + 1) * cellMs];
}

/** The cells that a range of time covers; null where it covers none. */
export function cellsOf({ columnMs, columns, rows }: Grid, [from, to]: readonly [number, number]): CellRange | null {
  const cellMs = columnMs / rows;
  const first = Math.max(0, Math.round(from / cellMs));
  const last = Math.min(columns * rows - 1, Math.round(to / cellMs) - 1);
  return first <= last ? [first, last] : null;
}

/** 0 for nothing, then by the root of the share of the most, so that little is told from nothing. */
export function heatLevel(weight: number, max: number, levels: number): number {
  if (weight <= 0 || max <= 0) return 0;
  return Math.max(1, Math.round(Math.sqrt(weight / max) * (levels - 1)));
}
