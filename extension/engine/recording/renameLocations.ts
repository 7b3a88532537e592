/** A capture's addresses looked up again in another ELF file. Its stacks stay as they were unwound; the guest's text is not in it, so nothing is proved. */
import type { SymbolSource } from '../../protocol.ts';
import { LocationTable } from '../profile/locations.ts';
import { Profile } from '../profile/profile.ts';
import { copySamples } from '../profile/samples.ts';
import type { SymbolOptions } from '../symbols/symbolizer.ts';
import { openGuestImage } from './guestImage.ts';
import { slideOf, withSlide } from './proofWords.ts';

export async function renameLocations(profile: Profile, symbols: SymbolSource, places?: SymbolOptions): Promise<Profile> {
  const slide = slideOf(profile.facts.proof);
  const image = openGuestImage(symbols, profile.facts.info?.guest ?? profile.facts.title, { slide, places });
  const proof = image.proof && withSlide({ verdict: 'unchecked', detail: "a capture does not hold the guest's text" }, slide);
  try {
    await image.prepare(profile.table.locations.flatMap(({ address }) => address ?? []));
    const table = new LocationTable();
    const ids = profile.table.locations.map(({ address, frames }, id) => {
      if (address === null) return table.named(frames.map(({ fn, line }) => ({ fn: takeFunction(profile.table, fn, table), line })));
      const renamed = table.atAddress(address, (at) => image.framesAt(at, table));
      const way = profile.table.evidence.of(id);
      if (way !== undefined) table.vouch(renamed, way);
      return renamed;
    });
    const renamed = new Profile(
      { ...profile.facts, symbols: image.description, symbolFile: image.file, proof, warnings: [...image.warnings] },
      table,
    );
    const nodes = new Int32Array(profile.stacks.size);
    for (let node = 1; node < nodes.length; node++)
      nodes[node] = renamed.stackNode(nodes[profile.stacks.parent(node)]!, ids[profile.stacks.key(node)]!);
    copySamples(profile.samples, renamed.samples, (leaf) => nodes[leaf]!);
    return renamed;
  } finally {
    image.close();
  }
}

/** A function as it was, with what is known of its file. */
function takeFunction(from: LocationTable, fn: number, to: LocationTable): number {
  const info = from.functions[fn]!;
  for (const md5 of from.checksums.of(info.file)) to.checksums.add(info.file, md5);
  return to.internFunction(info);
}
