/** Where a linked file has code. */
import type { AddressSpace } from './addresses.ts';
import { ET_REL, PF_X, PT_LOAD, SHF_EXECINSTR } from './constants.ts';
import type { ElfFile } from './elfFile.ts';
import { countUpTo, sortedOrder } from './sortedOrder.ts';

export class CodeRanges {
  /** Beginnings in ascending order, and the highest end so far; undefined for files that are not linked, whose sections all begin at 0. */
  private readonly starts: Float64Array | undefined;
  private readonly ends: Float64Array | undefined;

  constructor(elf: ElfFile, space: AddressSpace) {
    const sections = elf.sections.filter(({ flags, size }) => (flags & SHF_EXECINSTR) !== 0 && size > 0);
    const segments = elf.segments.filter(({ type, flags }) => type === PT_LOAD && (flags & PF_X) !== 0);
    const pieces: { start: number; size: number }[] =
      sections.length > 0
        ? sections.map(({ address, size }) => ({ start: space.toNumber(address), size }))
        : segments.map(({ address, memorySize }) => ({ start: space.toNumber(address), size: Number(memorySize) }));
    if (elf.header.type === ET_REL || pieces.length === 0) return;
    const order = sortedOrder(Float64Array.from(pieces, ({ start }) => start));
    this.starts = Float64Array.from(order, (i) => pieces[i]!.start);
    let end = -Infinity;
    this.ends = Float64Array.from(order, (i) => (end = Math.max(end, pieces[i]!.start + pieces[i]!.size)));
  }

  /** Whether an address is in one of them; true where the file does not say. */
  holds(address: number): boolean {
    const { starts, ends } = this;
    if (!starts || !ends) return true;
    const place = countUpTo(starts, address) - 1;
    return place >= 0 && address < ends[place]!;
  }
}
