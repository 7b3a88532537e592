/** How hot a line is, in steps that the eye can tell apart. */

/** Least share of all samples of each band; a line below the first is not coloured. */
export const BANDS = [0.005, 0.02, 0.05, 0.1, 0.25] as const;

/** Which band a share belongs to; null: none. */
export function bandOf(share: number): number | null {
  const reached = BANDS.filter((least) => share >= least).length;
  return reached === 0 ? null : reached - 1;
}

/** The hot line after (or before) a line, going round at the end of the file; null where no line is hot. Lines are 1-based. */
export function neighbourLine(hot: readonly number[], from: number, direction: 1 | -1): number | null {
  const sorted = [...hot].sort((a, b) => direction * (a - b));
  return sorted.find((line) => direction * (line - from) > 0) ?? sorted[0] ?? null;
}

/** A share as the two characters that a badge may have: whole percent, a dot for all of it; null: too little to tell. */
export function badgeOf(share: number): string | null {
  const percent = Math.round(share * 100);
  if (percent < 1) return null;
  return percent >= 100 ? '●' : String(percent);
}
