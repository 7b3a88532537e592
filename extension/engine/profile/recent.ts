/** Remembers the answers that were asked for last, a bounded number of them; fewer where they are large. */
export class Recent<K, V> {
  private readonly entries = new Map<K, V>();
  private readonly limit: () => number;

  /** @param limit where it depends on what is kept, asked each time */
  constructor(limit: number | (() => number)) {
    this.limit = typeof limit === 'number' ? () => limit : limit;
  }

  get(key: K): V | undefined {
    const value = this.entries.get(key);
    if (value === undefined) return undefined;
    this.entries.delete(key);
    this.entries.set(key, value);
    return value;
  }

  set(key: K, value: V): V {
    this.entries.delete(key);
    this.entries.set(key, value);
    for (const oldest of this.entries.keys()) {
      if (this.entries.size <= this.limit()) break;
      this.entries.delete(oldest);
    }
    return value;
  }
}

/** How many answers of this size are kept: as many as fit, two at least (the one shown, and the one before it), `most` at most. */
export function keptWithin(budgetBytes: number, bytesEach: number, most: number): number {
  return Math.max(2, Math.min(most, Math.floor(budgetBytes / Math.max(1, bytesEach))));
}
