/** The symbol table (gabi, "Symbol Table"), reduced to one name for each address that can be looked up. */
import { Scratch } from './byteSource.ts';
import { AddressSpace } from './addresses.ts';
import {
  EM_AARCH64,
  EM_ARM,
  EM_RISCV,
  ET_REL,
  SHF_ALLOC,
  SHF_EXECINSTR,
  SHN_XINDEX,
  SHT_DYNSYM,
  SHT_SYMTAB,
  SHT_SYMTAB_SHNDX,
  STB_LOCAL,
  STT_FILE,
  STT_FUNC,
  STT_GNU_IFUNC,
  STT_NOTYPE,
  STT_OBJECT,
} from './constants.ts';
import { type ElfFile, storedBytes } from './elfFile.ts';
import { FileError } from './errors.ts';
import type { Section } from './headers.ts';
import { countUpTo, sortedOrder } from './sortedOrder.ts';

export interface ElfSymbol {
  readonly name: string;
  readonly address: bigint;
  /** In bytes, as the table says; 0 where it does not say. */
  readonly size: number;
  /** First address that is no longer the symbol's: by its size, else by the next symbol or the end of its section. */
  readonly end: bigint;
  /** STT_* */
  readonly type: number;
  /** Source file of a local symbol, as the STT_FILE symbol before it has it. */
  readonly file: string | undefined;
}

const MAX_NAME_BYTES = 64 * 1024;

export class SymbolTable {
  /** Symbols that remain: in memory at run time, one an address (the largest), neither sections nor files nor mapping marks. */
  readonly count: number;
  readonly addresses: AddressSpace;
  private readonly file: ElfFile;
  private readonly strings: Section | undefined;
  private readonly start: Float64Array;
  private readonly size: Float64Array;
  private readonly nameOffset: Uint32Array;
  private readonly section: Uint32Array;
  private readonly type: Uint8Array;
  /** Index in the table for local symbols, 0 for others. */
  private readonly localIndex: Uint32Array;
  private readonly fileIndexes: Float64Array;
  private readonly fileNames: readonly number[];
  /** Symbols of another file of the same program; their rows come after this table's own. */
  private more: SymbolTable | undefined;

  private constructor(file: ElfFile, strings: Section | undefined, rows: Rows) {
    this.file = file;
    this.addresses = rows.addresses;
    this.strings = strings;
    this.fileIndexes = Float64Array.from(rows.fileIndexes);
    this.fileNames = rows.fileNames;
    const order = sortedOrder(rows.start, rows.count);
    // of the symbols at one address the largest names it, the last of the table among equals
    let count = 0;
    for (const row of order) {
      const last = count === 0 ? -1 : order[count - 1]!;
      if (last === -1 || rows.start[last] !== rows.start[row]) order[count++] = row;
      else if (rows.size[row]! >= rows.size[last]!) order[count - 1] = row;
    }
    this.count = count;
    this.start = new Float64Array(count);
    this.size = new Float64Array(count);
    this.nameOffset = new Uint32Array(count);
    this.section = new Uint32Array(count);
    this.type = new Uint8Array(count);
    this.localIndex = new Uint32Array(count);
    for (let i = 0; i < count; i++) {
      const row = order[i]!;
      this.start[i] = rows.start[row]!;
      this.size[i] = rows.size[row]!;
      this.nameOffset[i] = rows.nameOffset[row]!;
      this.section[i] = rows.section[row]!;
      this.type[i] = rows.type[row]!;
      this.localIndex[i] = rows.localIndex[row]!;
    }
  }

  /** @throws FileError */
  static of(file: ElfFile): SymbolTable {
    const table =
      file.sections.find(({ type, size }) => type === SHT_SYMTAB && size > 0) ?? file.sections.find(({ type }) => type === SHT_DYNSYM);
    return new SymbolTable(file, table && file.sections[table.link], readRows(file, table));
  }

  /** A table without symbols, for files whose own cannot be read. */
  static empty(file: ElfFile): SymbolTable {
    return new SymbolTable(file, undefined, readRows(file, undefined));
  }

  /** Adds the symbols of another file of the same program, for addresses that have none here. */
  add(more: SymbolTable): void {
    this.more = more;
  }

  /** The symbol an address belongs to: the one that begins last at or before it, unless it has ended by then. */
  find(address: bigint): ElfSymbol | undefined {
    const row = this.rowOf(this.addresses.toNumber(address));
    return row === -1 ? undefined : this.at(row);
  }

  /** Row of the symbol an address belongs to, or -1. */
  rowOf(address: number): number {
    const row = countUpTo(this.start, address) - 1;
    if (row >= 0 && address < this.endOf(row)) return row;
    const found = this.more?.rowOf(address) ?? -1;
    return found === -1 ? -1 : this.count + found;
  }

  at(row: number): ElfSymbol {
    if (this.more && row >= this.count) return this.more.at(row - this.count);
    return {
      name: this.nameOf(row),
      address: this.addresses.toBigInt(this.start[row]!),
      size: this.size[row]!,
      end: this.addresses.toBigInt(this.endOf(row)),
      type: this.type[row]!,
      file: this.fileOf(row),
    };
  }

  /** The file symbol that stands last before a local symbol. */
  fileOf(row: number): string | undefined {
    if (this.more && row >= this.count) return this.more.fileOf(row - this.count);
    const { fileIndexes, fileNames } = this;
    const localIndex = this.localIndex[row]!;
    const before = localIndex === 0 ? 0 : countUpTo(fileIndexes, localIndex);
    const name = before === 0 ? '' : this.string(fileNames[before - 1]!);
    return name === '' ? undefined : name;
  }

  nameOf(row: number): string {
    if (this.more && row >= this.count) return this.more.nameOf(row - this.count);
    return this.string(this.nameOffset[row]!);
  }

  startOf(row: number): number {
    if (this.more && row >= this.count) return this.more.startOf(row - this.count);
    return this.start[row]!;
  }

  isFunction(row: number): boolean {
    const type = this.type[row]!;
    if (type === STT_FUNC || type === STT_GNU_IFUNC) return true;
    return type === STT_NOTYPE && ((this.file.sections[this.section[row]!]?.flags ?? 0) & SHF_EXECINSTR) !== 0;
  }

  /** Functions and the labels of assembly, by address; those that were added come last. */
  *functions(): IterableIterator<ElfSymbol> {
    for (let row = 0; row < this.count; row++) if (this.isFunction(row)) yield this.at(row);
    if (this.more) yield* this.more.functions();
  }

  get functionCount(): number {
    let count = 0;
    for (let row = 0; row < this.count; row++) if (this.isFunction(row)) count++;
    return count + (this.more?.functionCount ?? 0);
  }

  /** The first symbol of that name, by address. */
  named(name: string): ElfSymbol | undefined {
    for (let row = 0; row < this.count; row++) if (this.nameOf(row) === name) return this.at(row);
    return this.more?.named(name);
  }

  endOf(row: number): number {
    const size = this.size[row]!;
    const start = this.start[row]!;
    if (size > 0) return start + size;
    const section = this.file.sections[this.section[row]!];
    const sectionEnd = section ? this.addresses.toNumber(section.address) + section.size : Infinity;
    return row + 1 < this.count ? Math.min(this.start[row + 1]!, sectionEnd) : sectionEnd;
  }

  private string(offset: number): string {
    const { strings } = this;
    if (strings === undefined || offset >= storedBytes(strings)) return '';
    for (let length = 256; ; length *= 16) {
      const bytes = this.file.raw(strings, offset, Math.min(length, strings.size - offset), scratch);
      const end = bytes.indexOf(0);
      if (end !== -1 || bytes.length < length || length > MAX_NAME_BYTES) {
        return Buffer.from(bytes.buffer, bytes.byteOffset, end === -1 ? bytes.length : end).toString('utf8');
      }
    }
  }
}

const scratch = new Scratch();

interface Rows {
  readonly addresses: AddressSpace;
  count: number;
  readonly start: Float64Array;
  readonly size: Float64Array;
  readonly nameOffset: Uint32Array;
  readonly section: Uint32Array;
  readonly type: Uint8Array;
  readonly localIndex: Uint32Array;
  /** Indexes of the file symbols, and offsets of their names. */
  readonly fileIndexes: number[];
  readonly fileNames: number[];
}

/** The symbols that stand for something in the running program. */
function readRows(file: ElfFile, table: Section | undefined): Rows {
  const wide = file.header.bits === 64;
  const { littleEndian } = file.header;
  const entryBytes = wide ? 24 : 16;
  const bytes = table ? file.data(table) : new Uint8Array(0);
  if (table && bytes.length % entryBytes !== 0) {
    throw new FileError('corrupt', `its size is no multiple of ${entryBytes}`, { section: table.name, offset: bytes.length });
  }
  const total = bytes.length / entryBytes;
  const rows: Rows = {
    addresses: AddressSpace.of(file),
    count: 0,
    start: new Float64Array(total),
    size: new Float64Array(total),
    nameOffset: new Uint32Array(total),
    section: new Uint32Array(total),
    type: new Uint8Array(total),
    localIndex: new Uint32Array(total),
    fileIndexes: [],
    fileNames: [],
  };
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  // before linking every section begins at 0, and only code can be looked up
  const needed = file.header.type === ET_REL ? SHF_ALLOC | SHF_EXECINSTR : SHF_ALLOC;
  const wideIndex = wideIndexes(file, table);
  const mapping = hasMappingSymbols(file.header.machine);
  const strings = mapping && table ? file.sections[table.link] : undefined;
  for (let index = 1; index < total; index++) {
    const at = index * entryBytes;
    const info = bytes[at + (wide ? 4 : 12)]!;
    const nameOffset = view.getUint32(at, littleEndian);
    const type = info & 15;
    if (type === STT_FILE) {
      rows.fileIndexes.push(index);
      rows.fileNames.push(nameOffset);
    }
    if (type !== STT_NOTYPE && type !== STT_FUNC && type !== STT_OBJECT && type !== STT_GNU_IFUNC) continue;
    let sectionIndex = view.getUint16(at + (wide ? 6 : 14), littleEndian);
    if (sectionIndex === SHN_XINDEX && wideIndex) sectionIndex = index < wideIndex.length ? wideIndex.at(index) : 0;
    // undefined, absolute and common symbols have no section; those of debug sections are not in memory
    if (((file.sections[sectionIndex]?.flags ?? 0) & needed) !== needed) continue;
    if (strings && type === STT_NOTYPE && isMappingSymbol(file, strings, nameOffset)) continue;
    const row = rows.count++;
    rows.start[row] = wide ? address(view, at + 8, littleEndian, rows.addresses) : view.getUint32(at + 4, littleEndian);
    rows.size[row] = wide ? length(view, at + 16, littleEndian) : view.getUint32(at + 8, littleEndian);
    rows.nameOffset[row] = nameOffset;
    rows.section[row] = sectionIndex;
    rows.type[row] = type;
    rows.localIndex[row] = info >> 4 === STB_LOCAL ? index : 0;
  }
  return rows;
}

function address(view: DataView, at: number, littleEndian: boolean, addresses: AddressSpace): number {
  const first = view.getUint32(at, littleEndian);
  const second = view.getUint32(at + 4, littleEndian);
  return littleEndian ? addresses.fromHalves(second, first) : addresses.fromHalves(first, second);
}

function length(view: DataView, at: number, littleEndian: boolean): number {
  const first = view.getUint32(at, littleEndian);
  const second = view.getUint32(at + 4, littleEndian);
  return littleEndian ? second * 2 ** 32 + first : first * 2 ** 32 + second;
}

/** Section numbers of 65,280 and more, in a section of their own. */
function wideIndexes(file: ElfFile, table: Section | undefined): { readonly length: number; at(index: number): number } | undefined {
  const section = table && file.sections.find(({ type, link }) => type === SHT_SYMTAB_SHNDX && link === table.index);
  if (!section) return undefined;
  const bytes = file.data(section);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return { length: bytes.length >> 2, at: (index) => view.getUint32(index * 4, file.header.littleEndian) };
}

const hasMappingSymbols = (machine: number): boolean => machine === EM_AARCH64 || machine === EM_ARM || machine === EM_RISCV;

/** `$x`, `$d.12` and the like mark code and data for disassemblers. */
function isMappingSymbol(file: ElfFile, strings: Section, nameOffset: number): boolean {
  if (nameOffset + 2 > strings.size) return false;
  const name = file.raw(strings, nameOffset, Math.min(3, strings.size - nameOffset));
  return name[0] === 0x24 && 'adtx'.includes(String.fromCharCode(name[1]!)) && (name[2] === 0 || name[2] === 0x2e || name[1] === 0x78);
}
