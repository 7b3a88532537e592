/** The open comparisons. One is made anew when a profile of its two is replaced: read again with other symbols, or opened again. */
import { Comparison } from './profile/comparison.ts';
import type { ProfileViews } from './profile/views.ts';

interface Opened {
  readonly baseId: string;
  readonly otherId: string;
  comparison: Comparison;
}

export class Comparisons {
  private readonly opened = new Map<string, Opened>();
  private readonly viewsOf: (profileId: string) => ProfileViews;

  /** @param viewsOf throws where a profile is not open */
  constructor(viewsOf: (profileId: string) => ProfileViews) {
    this.viewsOf = viewsOf;
  }

  open(id: string, baseId: string, otherId: string): Comparison {
    const comparison = new Comparison(this.viewsOf(baseId), this.viewsOf(otherId));
    this.opened.set(id, { baseId, otherId, comparison });
    return comparison;
  }

  has(id: string): boolean {
    return this.opened.has(id);
  }

  get(id: string): Comparison {
    const entry = this.opened.get(id);
    if (!entry) throw new Error('This comparison is no longer open: compare the two captures again');
    const [base, other] = [this.viewsOf(entry.baseId), this.viewsOf(entry.otherId)];
    if (entry.comparison.base !== base || entry.comparison.other !== other) entry.comparison = new Comparison(base, other);
    return entry.comparison;
  }

  /** Closes a comparison, or those that a profile is one of. */
  close(id: string): void {
    this.opened.delete(id);
    for (const [comparison, { baseId, otherId }] of this.opened) if (baseId === id || otherId === id) this.opened.delete(comparison);
  }
}
