/** Profiles of real code that never ran: a sample at each of some addresses of a file, named by the engine's own symbolizer. */
import { EVERYTHING } from '../../extension/engine/profile/filter.ts';
import { Profile } from '../../extension/engine/profile/profile.ts';
import { ProfileViews } from '../../extension/engine/profile/views.ts';
import { openGuestImage } from '../../extension/engine/recording/guestImage.ts';
import type { Placed } from '../../extension/engine/profile/placed.ts';

export interface Sampled {
  readonly views: ProfileViews;
  readonly placed: Placed;
  /** Index of a function that a sample is in (not inlined there). */
  readonly functionOf: (address: bigint) => number;
}

/** @param addresses as linked, one sample each @param slide where the guest has the file's code, less where the file has it */
export function sampled(file: string, addresses: readonly bigint[], slide = 0n): Sampled {
  const { profile, at } = take(
    file,
    addresses.map((address) => [address]),
    slide,
  );
  const views = new ProfileViews(profile);
  return { views, placed: views.placed(EVERYTHING), functionOf: (address) => profile.table.locations[at(address)]!.frames.at(-1)!.fn };
}

/** @param stacks addresses as linked, of the instructions that call, root first */
export const sampledStacks = (file: string, stacks: readonly (readonly bigint[])[]): Profile => take(file, stacks, 0n).profile;

function take(file: string, stacks: readonly (readonly bigint[])[], slide: bigint): { profile: Profile; at: (address: bigint) => number } {
  const image = openGuestImage({ kind: 'elf', path: file, origin: 'chosen' }, 'sample', { slide });
  try {
    const profile = new Profile({ title: 'sample', proof: image.proof, symbolFile: image.file });
    const { table } = profile;
    const at = (address: bigint): number => table.atAddress(address + slide, (where) => image.framesAt(where, table));
    for (const stack of stacks) profile.add({ timeNs: 0, vcpu: 0, state: 0, weight: 1, stack: stack.map(at) });
    return { profile, at };
  } finally {
    image.close();
  }
}
