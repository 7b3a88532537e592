/** The code a guest runs, as the unwinder needs it. */
import { CfiTable } from '../dwarf/cfi.ts';
import type { CfiFunction, CfiRow } from '../dwarf/cfiRow.ts';
import { PF_X, PT_LOAD, SHF_ALLOC, SHF_EXECINSTR, STT_FUNC, STT_GNU_IFUNC, STT_NOTYPE } from '../elf/constants.ts';
import type { ElfFile } from '../elf/elfFile.ts';
import { readNotes } from '../elf/notes.ts';
import type { SymbolTable } from '../elf/symbolTable.ts';
import {
  HYPERCALL_PAGE_BYTES,
  HYPERCALL_PAGE_SYMBOLS,
  type HypercallStub,
  stubAt,
  XEN_ELFNOTE_HYPERCALL_PAGE,
} from '../guest/hypercallPage.ts';
import { addressOf, toUnsigned } from './address.ts';

/** A function or an assembly label of the symbol table. Addresses as signed numbers. */
export interface CodeFunction {
  readonly start: number;
  readonly end: number;
  /** Entered by calls: neither a bare label nor the cold part that a compiler split off. */
  readonly called: boolean;
  /** Where a cold part was split off from; NaN for everything else. */
  readonly parent: number;
}

/** All addresses are the guest's, as signed numbers (see address.ts). */
export interface CodeImage {
  /** Whether instructions can be there. */
  isText(address: number): boolean;
  /** Exactly `length` bytes of code; undefined where the image has them not. */
  code(address: number, length: number): Uint8Array | undefined;
  /** The row of call frame information for an address; its addresses are link-time ones. */
  cfi(address: number): { readonly fn: CfiFunction; readonly row: CfiRow } | undefined;
  functionAt(address: number): CodeFunction | undefined;
  /** Where labels without a size stand in front of an address, the nearest first: any of them may be where its function begins, or none. */
  labelsBefore(address: number): number[];
  /** First address of the hypercall page; NaN where there is none. */
  readonly hypercallPage: number;
  /** Where the guest starts: the function there has no caller. NaN where unknown. */
  readonly entry: number;
  /** Run-time address less link-time address. */
  readonly slide: number;
  /** False where there is no code to prove a return address with: every frame is then unconfirmed. */
  readonly proves: boolean;
}

/** Addresses of code, the first and the one after the last. */
export interface CodeRange {
  readonly start: number;
  readonly end: number;
}

const MAX_TEXT_RANGES = 10_000;
const LABELS_IN_FUNCTION = 64;

export class ElfCodeImage implements CodeImage {
  readonly proves = true;
  readonly hypercallPage: number;
  readonly entry: number;
  readonly slide: number;
  readonly cfiTable: CfiTable;
  private readonly file: ElfFile;
  private readonly symbols: SymbolTable | null;
  private readonly text: readonly CodeRange[];

  /**
   * @param file stays the caller's to close, after the image's last use
   * @param options.slide run-time address less link-time address, for a guest that was moved
   * @throws FileError where the symbol table cannot be read
   */
  constructor(file: ElfFile, options: { readonly slide?: bigint } = {}) {
    this.file = file;
    this.slide = Number(options.slide ?? 0n);
    this.cfiTable = CfiTable.of(file);
    // x86-64 code lies where signed numbers are exact; a file that claims otherwise has no symbols we could use
    this.symbols = file.symbols.addresses.biasHigh === 0 ? file.symbols : null;
    this.text = textRanges(file);
    this.entry = addressOf(file.header.entry) + this.slide;
    this.hypercallPage = hypercallPageOf(file, this.symbols, this.text, this.slide);
  }

  isText(address: number): boolean {
    const linked = address - this.slide;
    for (const { start, end } of this.text) if (linked >= start && linked < end) return true;
    return false;
  }

  code(address: number, length: number): Uint8Array | undefined {
    const linked = address - this.slide;
    return Number.isSafeInteger(linked) ? this.file.read(toUnsigned(linked), length) : undefined;
  }

  cfi(address: number): { readonly fn: CfiFunction; readonly row: CfiRow } | undefined {
    return this.cfiTable.rowAt(address - this.slide);
  }

  functionAt(address: number): CodeFunction | undefined {
    const { symbols, slide } = this;
    if (symbols === null) return undefined;
    const row = enclosingFunction(symbols, symbols.rowOf(address - slide), address - slide);
    if (row < 0 || !symbols.isFunction(row)) return undefined;
    const { name, type } = symbols.at(row);
    const cold = name.lastIndexOf('.cold');
    const parent = cold > 0 ? symbols.named(name.slice(0, cold)) : undefined;
    return {
      start: symbols.startOf(row) + slide,
      end: symbols.endOf(row) + slide,
      called: (type === STT_FUNC || type === STT_GNU_IFUNC) && cold <= 0,
      parent: parent === undefined ? NaN : addressOf(parent.address) + slide,
    };
  }

  labelsBefore(address: number): number[] {
    const { symbols, slide } = this;
    const labels: number[] = [];
    const nearest = symbols?.rowOf(address - slide) ?? -1;
    for (let row = nearest; row >= 0 && row > nearest - LABELS_IN_FUNCTION && symbols!.at(row).size === 0; row--)
      labels.push(symbols!.startOf(row) + slide);
    return labels;
  }

  /** The stub of the hypercall page an address lies in, for naming it. */
  hypercallAt(address: bigint): HypercallStub | undefined {
    const offset = addressOf(address) - this.hypercallPage;
    return offset >= 0 && offset < HYPERCALL_PAGE_BYTES ? stubAt(offset) : undefined;
  }
}

/** What remains without any symbols: the photograph alone. Any canonical address may be code, and none can be proved to be. */
export const noImage: CodeImage = {
  isText: (address) => address !== 0 && Number.isSafeInteger(address),
  code: () => undefined,
  cfi: () => undefined,
  functionAt: () => undefined,
  labelsBefore: () => [],
  hypercallPage: NaN,
  entry: NaN,
  slide: 0,
  proves: false,
};

/** Where a file has code, by link-time address: its executable sections, or segments where it has no sections. */
export function textRanges(file: ElfFile): CodeRange[] {
  const sections = file.sections
    .filter(({ flags }) => (flags & SHF_EXECINSTR) !== 0 && (flags & SHF_ALLOC) !== 0)
    .map(({ address, size }) => ({ start: addressOf(address), end: addressOf(address) + size }));
  const found =
    sections.length > 0
      ? sections
      : file.segments
          .filter(({ type, flags }) => type === PT_LOAD && (flags & PF_X) !== 0)
          .map(({ address, memorySize }) => ({ start: addressOf(address), end: addressOf(address) + Number(memorySize) }));
  const ranges: CodeRange[] = [];
  for (const { start, end } of found.filter((range) => range.end > range.start).sort((a, b) => a.start - b.start)) {
    const last = ranges.at(-1);
    // sections a few bytes apart are one stretch to a test that is made for every frame
    if (last && start - last.end < 64) ranges[ranges.length - 1] = { start: last.start, end: Math.max(last.end, end) };
    else if (ranges.length < MAX_TEXT_RANGES) ranges.push({ start, end });
  }
  return ranges;
}

/** A label may stand inside of a function: then it is the function's row that counts. */
function enclosingFunction(symbols: SymbolTable, row: number, address: number): number {
  if (row < 0 || symbols.at(row).type !== STT_NOTYPE) return row;
  for (let before = row - 1; before >= 0 && before > row - LABELS_IN_FUNCTION; before--) {
    const { type, size } = symbols.at(before);
    if ((type === STT_FUNC || type === STT_GNU_IFUNC) && size > 0) return address < symbols.endOf(before) ? before : row;
  }
  return row;
}

/** Where the guest has its hypercall page. The symbol moves with the code; the note says where it is at run time, unless nothing was to move. */
function hypercallPageOf(file: ElfFile, symbols: SymbolTable | null, text: readonly CodeRange[], slide: number): number {
  for (const name of HYPERCALL_PAGE_SYMBOLS) {
    const symbol = symbols?.named(name);
    if (symbol) return addressOf(symbol.address) + slide;
  }
  const note = readNotes(file).find(({ owner, type, body }) => owner === 'Xen' && type === XEN_ELFNOTE_HYPERCALL_PAGE && body.length >= 8);
  if (!note) return NaN;
  const address = addressOf(Buffer.from(note.body).readBigUInt64LE(0));
  return text.some(({ start, end }) => address >= start && address < end) ? address + slide : address;
}
