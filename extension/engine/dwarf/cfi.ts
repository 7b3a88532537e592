/** Call frame information of a file, found by address. Built once from the entries' heads; a function's rows are worked out when first asked for. */
import { AddressSpace } from '../elf/addresses.ts';
import { EM_X86_64 } from '../elf/constants.ts';
import type { ElfFile } from '../elf/elfFile.ts';
import { FileError } from '../elf/errors.ts';
import { sortedOrder, countUpTo } from '../elf/sortedOrder.ts';
import { CfiEntries, type CfiSection } from './cfiEntries.ts';
import { runCfi } from './cfiProgram.ts';
import { type CfiFunction, type CfiRow, rowAt } from './cfiRow.ts';

const MAX_FAULTS = 20;

class CfiIndex {
  private readonly entries: CfiEntries;
  private readonly starts: Float64Array;
  private readonly ends: Float64Array;
  private readonly offsets: Float64Array;
  private readonly functions = new Map<number, CfiFunction | null>();
  private readonly fault: (error: FileError) => void;

  constructor(section: CfiSection, fault: (error: FileError) => void) {
    this.entries = new CfiEntries(section);
    this.fault = fault;
    const starts: number[] = [];
    const ends: number[] = [];
    const offsets: number[] = [];
    try {
      this.entries.scan((offset, { start, bytes }) => {
        // removed functions are left at address 0 or with nothing in them; what no double can hold is no address of x86-64
        if (start === 0 || bytes === 0 || !Number.isSafeInteger(start * 2) || !Number.isSafeInteger(bytes * 2)) return;
        starts.push(start);
        ends.push(start + bytes);
        offsets.push(offset);
      }, fault);
    } catch (error) {
      if (!(error instanceof FileError)) throw error;
      fault(error);
    }
    const order = sortedOrder(Float64Array.from(starts));
    this.starts = Float64Array.from(order, (row) => starts[row]!);
    this.ends = Float64Array.from(order, (row) => ends[row]!);
    this.offsets = Float64Array.from(order, (row) => offsets[row]!);
  }

  get count(): number {
    return this.starts.length;
  }

  find(address: number): CfiFunction | undefined {
    let row = countUpTo(this.starts, address) - 1;
    // of several entries at one address the first of the file counts, if it reaches as far
    while (row > 0 && this.starts[row - 1] === this.starts[row] && address < this.ends[row - 1]!) row--;
    if (row < 0 || address >= this.ends[row]!) return undefined;
    let fn = this.functions.get(row);
    if (fn === undefined) {
      fn = this.read(row);
      this.functions.set(row, fn);
    }
    return fn ?? undefined;
  }

  /** Every function, by address. */
  *all(): IterableIterator<CfiFunction> {
    for (let row = 0; row < this.count; row++) {
      const fn = this.read(row);
      if (fn !== null) yield fn;
    }
  }

  private read(row: number): CfiFunction | null {
    try {
      const { section } = this.entries;
      return runCfi(section, this.entries.fdeAt(this.offsets[row]!));
    } catch (error) {
      if (!(error instanceof FileError)) throw error;
      this.fault(error);
      return null;
    }
  }
}

export class CfiTable {
  /** What was wrong with entries that had to be left out; the first twenty. */
  readonly faults: FileError[] = [];
  private readonly indexes: readonly CfiIndex[];

  /** Where two sections describe an address, the first one given answers. */
  constructor(sections: readonly CfiSection[]) {
    this.indexes = sections.map(
      (section) =>
        new CfiIndex(section, (error) => {
          if (this.faults.length < MAX_FAULTS) this.faults.push(error);
        }),
    );
  }

  /** `.eh_frame` and `.debug_frame` of an x86-64 file; a table without entries for any other file. Sections that cannot be read are faults. */
  static of(file: ElfFile): CfiTable {
    const sections: CfiSection[] = [];
    const unreadable: FileError[] = [];
    if (file.header.machine === EM_X86_64 && file.header.littleEndian) {
      for (const name of ['.eh_frame', '.debug_frame']) {
        try {
          const section = sectionOf(file, name);
          if (section) sections.push(section);
        } catch (error) {
          if (!(error instanceof FileError)) throw error;
          unreadable.push(error);
        }
      }
    }
    const table = new CfiTable(sections);
    table.faults.push(...unreadable);
    return table;
  }

  /** Functions described, those described twice counted twice. */
  get count(): number {
    return this.indexes.reduce((sum, index) => sum + index.count, 0);
  }

  /** What describes the function at an address: a link-time address as a signed number, exact. */
  functionAt(address: number): CfiFunction | undefined {
    for (const index of this.indexes) {
      const fn = index.find(address);
      if (fn !== undefined) return fn;
    }
    return undefined;
  }

  /** The row that holds at an address, as `functionAt` takes it. */
  rowAt(address: number): { readonly fn: CfiFunction; readonly row: CfiRow } | undefined {
    for (const index of this.indexes) {
      const fn = index.find(address);
      if (fn === undefined) continue;
      const row = rowAt(fn, address);
      if (row !== undefined) return { fn, row };
    }
    return undefined;
  }

  /** Every function of every section, by address. */
  *functions(): IterableIterator<CfiFunction> {
    for (const index of this.indexes) yield* index.all();
  }
}

function sectionOf(file: ElfFile, name: string): CfiSection | undefined {
  const section = file.section(name);
  if (!section || section.size === 0) return undefined;
  // x86-64 addresses are exact as signed numbers, whatever the file's own space is
  const addresses = new AddressSpace(0);
  const addressOf = (other: string): number => {
    const found = file.section(other);
    return found ? addresses.toNumber(found.address) : NaN;
  };
  return {
    name,
    bytes: file.data(section),
    order: { littleEndian: true, addresses },
    isEh: name === '.eh_frame',
    bases: { section: addresses.toNumber(section.address), text: addressOf('.text'), data: addressOf('.got') },
    addressSize: file.header.bits === 64 ? 8 : 4,
  };
}
