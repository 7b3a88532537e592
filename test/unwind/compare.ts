/** Unwound stacks against the true ones. */
import { ElfFile } from '../../extension/engine/elf/elfFile.ts';
import { type CodeImage, ElfCodeImage } from '../../extension/engine/unwind/image.ts';
import { unwind } from '../../extension/engine/unwind/unwind.ts';
import type { TracedPhotograph } from './trace.ts';

export interface Tally {
  photographs: number;
  frames: number;
  /** Caller frames that the true stack does not have at that place. */
  phantom: number;
  /** Stacks that say they are complete and lack frames. */
  missing: number;
  /** Stacks that end early and say so, by reason and innermost function reached. */
  readonly incomplete: Map<string, number>;
  /** Frames that only one method vouches for. */
  unconfirmed: number;
  readonly how: Map<string, number>;
  /** The first few stacks that are wrong, to be read by a person. */
  readonly wrong: string[];
}

const hex = (address: bigint): string => address.toString(16);

export function compare(traced: readonly TracedPhotograph[], image: CodeImage, nameOf: (address: bigint) => string): Tally {
  const tally: Tally = {
    photographs: 0,
    frames: 0,
    phantom: 0,
    missing: 0,
    incomplete: new Map(),
    unconfirmed: 0,
    how: new Map(),
    wrong: [],
  };
  for (const { photograph, truth } of traced) {
    const { frames, complete, stopped } = unwind(photograph, image);
    const callers = frames.slice(1).map(({ address }) => address);
    const phantom = callers.filter((address, i) => address !== truth[i]).length;
    const missing = complete && callers.length < truth.length;
    tally.photographs++;
    tally.frames += frames.length;
    tally.phantom += phantom;
    if (missing) tally.missing++;
    if (!complete) count(tally.incomplete, `${stopped ?? 'no reason'} in ${nameOf(frames.at(-1)!.lookupAddress)}`);
    for (const { how, confirmed } of frames) {
      count(tally.how, how);
      if (!confirmed) tally.unconfirmed++;
    }
    if ((phantom > 0 || missing) && tally.wrong.length < 5) {
      tally.wrong.push(
        `${frames.map(({ address, how }) => `${hex(address)} ${how}`).join(', ')}; the truth is ${truth.map(hex).join(' ')}`,
      );
    }
  }
  return tally;
}

/** Unwinds a program's photographs with the program's own ELF file, or another one of it. */
export function compareWith(elfPath: string, traced: readonly TracedPhotograph[]): Tally {
  const elf = ElfFile.open(elfPath);
  try {
    return compare(traced, new ElfCodeImage(elf), (address) => elf.symbols.find(address)?.name ?? 'unnamed code');
  } finally {
    elf.close();
  }
}

function count(map: Map<string, number>, key: string): void {
  map.set(key, (map.get(key) ?? 0) + 1);
}

const list = (map: ReadonlyMap<string, number>): string => [...map].map(([key, n]) => `${n} ${key}`).join(', ');

/** One line for the log: how much was compared, and how it came out. */
export function summary(name: string, { photographs, frames, phantom, missing, incomplete, unconfirmed, how }: Tally): string {
  const early = [...incomplete.values()].reduce((sum, n) => sum + n, 0);
  return (
    `${name}: ${photographs} stacks, ${frames} frames (${list(how)}): ${phantom} phantom, ${missing} missing, ${early} marked incomplete` +
    `${early > 0 ? ` (${list(incomplete)})` : ''}, ${unconfirmed} unconfirmed`
  );
}
