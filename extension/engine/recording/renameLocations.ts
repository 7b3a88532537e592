/** A capture's addresses looked up again in another ELF file. Its stacks stay as they were unwound. */
import type { SymbolSource } from '../../protocol.ts';
import { LocationTable } from '../profile/locations.ts';
import { Profile } from '../profile/profile.ts';
import { openGuestImage } from './guestImage.ts';

export function renameLocations(profile: Profile, symbols: SymbolSource): Profile {
  const image = openGuestImage(symbols, profile.facts.title);
  try {
    const table = new LocationTable();
    const ids = profile.table.locations.map(({ address, frames }) => {
      if (address !== null) return table.atAddress(address, (at) => image.framesAt(at, table));
      return table.named(frames.map(({ fn, line }) => ({ fn: table.internFunction(profile.table.functions[fn]!), line })));
    });
    const renamed = new Profile({ ...profile.facts, symbols: image.description, warnings: [...image.warnings] }, table);
    for (let i = 0; i < profile.sampleCount; i++) {
      renamed.add({
        timeNs: profile.timesNs.get(i),
        vcpu: profile.vcpus.get(i),
        state: profile.states.get(i) as 0 | 1 | 2,
        weight: profile.weights.get(i),
        stack: profile.stacks.path(profile.leaves.get(i)).map((node) => ids[profile.stacks.key(node)]!),
      });
    }
    return renamed;
  } finally {
    image.close();
  }
}
