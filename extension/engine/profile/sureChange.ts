/** Changes of shares, and what chance makes of so many samples. */

/** Standard deviations that are chance. Of the many functions of a table one in twenty would stand out of two. */
const CHANCE = 3;

export interface SureChange {
  /** What of a change stands out of chance: of its sign, or 0. */
  readonly sure: number;
  /** The change in standard deviations. */
  readonly deviations: number;
}

/**
 * Compares two counts as those of a Poisson process, with the share of both together for the variance. A function that has become slower stands out more
 * than what calls it, whose share has grown by the same but was greater before.
 * @param shares before and after, 0 to 1
 * @param samples of which they are shares
 */
export function sureChange([before, after]: readonly [number, number], [some, others]: readonly [number, number]): SureChange {
  // a share of another number of samples has its error of rounding
  const change = Math.round((after - before) * 1e12) / 1e12;
  if (!(some > 0 && others > 0) || change === 0) return { sure: 0, deviations: 0 };
  const pooled = (before * some + after * others) / (some + others);
  const deviation = Math.sqrt(pooled * (1 / some + 1 / others));
  const beyond = Math.abs(change) - CHANCE * deviation;
  return { sure: beyond > 0 ? Math.sign(change) * beyond : 0, deviations: change / deviation };
}
