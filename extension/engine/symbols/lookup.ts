/** Many addresses at once: from the index on disk what it has, and the rest from the file, with helper threads where they pay. */
import type { Answers } from './answers.ts';
import { lookupTogether } from './crew.ts';
import type { Symbolizer } from './symbolizer.ts';

/**
 * As `symbols.lookupAll`.
 * @param threads that work together; undefined: as many as pay
 */
export async function lookupMany(symbols: Symbolizer, addresses: readonly bigint[], threads?: number): Promise<Answers> {
  await symbols.prepare();
  const { index } = symbols;
  if (index === undefined) return lookupTogether(symbols, addresses, threads);
  const places = Float64Array.from(addresses, (address) => symbols.dwarf.addresses.toNumber(address));
  const missing = new Map<number, bigint>();
  places.forEach((place, i) => {
    if (!index.has(place)) missing.set(place, addresses[i]!);
  });
  if (!index.takes(missing.size)) return lookupTogether(symbols, addresses, threads);
  if (missing.size > 0) index.add([...missing.keys()], await lookupTogether(symbols, [...missing.values()], threads));
  return index.select(places);
}
