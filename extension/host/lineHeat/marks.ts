/** How lines that cost something look: colours by weight, marks in the overview ruler, and grey where the file may not be what was profiled. */
import type { LineHeat, LineHeatMode, SourceState } from '../../protocol.ts';
import { BANDS, bandOf } from './bands.ts';

export interface Look {
  readonly background: string;
  readonly backgroundInLight: string;
  /** The mark in the overview ruler. */
  readonly ruler: string;
}

const orange = (opacity: number): string => `rgba(230, 126, 34, ${opacity.toFixed(2)})`;
const grey = (opacity: number): string => `rgba(128, 128, 128, ${opacity.toFixed(2)})`;

/** One hue, in steps. */
export const BAND_LOOKS: readonly Look[] = BANDS.map((_, at) => ({
  background: orange(0.06 + 0.06 * at),
  // light themes write the figures at the lines' ends in a grey that hardly stands out from more
  backgroundInLight: orange(0.05 + 0.03 * at),
  ruler: orange(0.3 + 0.15 * at),
}));

export const GREY_LOOK: Look = { background: grey(0.12), backgroundInLight: grey(0.12), ruler: grey(0.4) };

/** Why costs may stand at the wrong lines. */
export type Doubt = Exclude<SourceState, 'built'> | 'edited';

/** @param isDirty whether the editor holds changes that are not saved */
export function doubtOf({ source }: LineHeat, isDirty: boolean): Doubt | null {
  if (isDirty) return 'edited';
  return source === 'built' ? null : source;
}

/** Lines by how they look. 1-based. */
export interface Marks {
  /** One list a band. */
  readonly bands: readonly (readonly number[])[];
  readonly grey: readonly number[];
}

export function marksOf(heat: LineHeat, mode: LineHeatMode, isDirty: boolean): Marks {
  const bands = BANDS.map((): number[] => []);
  for (const { line, band } of hotLines(heat, mode)) bands[band]!.push(line);
  return doubtOf(heat, isDirty) === null ? { bands, grey: [] } : { bands: BANDS.map(() => []), grey: bands.flat().sort((a, b) => a - b) };
}

export function hotLines({ grandTotal, line, self, total }: LineHeat, mode: LineHeatMode): { line: number; band: number }[] {
  if (mode === 'off') return [];
  const costs = mode === 'self' ? self : total;
  return line.flatMap((number, at) => {
    const band = bandOf(costs[at]! / Math.max(1, grandTotal));
    return band === null ? [] : [{ line: number, band }];
  });
}
