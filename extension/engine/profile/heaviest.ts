/** Picks the few heaviest of very many, without sorting them all. */

/** Indexes from `from` on with the highest values above 0, highest first; of equals the lower index first. */
export function heaviest(values: Float64Array, limit: number, from = 0, keep: (index: number) => boolean = () => true): number[] {
  if (limit <= 0) return [];
  let found: number[] = [];
  let least = 0;
  const settle = (): void => {
    found = found.sort((a, b) => values[b]! - values[a]! || a - b).slice(0, limit);
    if (found.length === limit) least = values[found[limit - 1]!]!;
  };
  for (let index = from; index < values.length; index++) {
    if (values[index]! <= least || !keep(index)) continue;
    found.push(index);
    if (found.length >= limit * 4) settle();
  }
  settle();
  return found;
}
