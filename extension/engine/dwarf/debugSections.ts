/** The debug sections of one file, each read where it is needed and no more. */
import { type ElfFile, storedBytes } from '../elf/elfFile.ts';
import { Scratch } from '../elf/byteSource.ts';
import { FileError } from '../elf/errors.ts';
import type { Section } from '../elf/headers.ts';
import { AbbreviationTable } from './abbreviations.ts';
import { type ByteOrder, ByteReader } from './byteReader.ts';
import type { FormSizes } from './forms.ts';

const abbreviationScratch = new Scratch();

/** One section, or the part of it that belongs to one unit of a .dwp file. */
export class SectionBytes {
  readonly name: string;
  readonly size: number;
  private readonly file: ElfFile;
  private readonly section: Section | undefined;
  private readonly start: number;
  private readonly order: ByteOrder;
  /** The section's bytes where they had to be unpacked. */
  private unpacked: Uint8Array | undefined;
  /** The piece that was read last, for what is read here and there. */
  private window: ByteReader | undefined;
  private moves = 0;
  /** Moves back to what had been read before: a section that is only gone through is never kept. */
  private returns = 0;
  /** Memory of the windows, one after another; undefined where an entry is read on while its strings are looked up in the same section. */
  private readonly windows: Scratch | undefined;
  /** Strings by their offset: a name is referred to from every unit that has it. */
  private readonly strings = new Map<number, string>();
  private stringChars = 0;

  constructor(file: ElfFile, name: string, order: ByteOrder, part?: { offset: number; size: number }) {
    this.file = file;
    this.name = name;
    this.order = order;
    this.section = file.section(name);
    this.windows = /^\.debug_(info|types)/.test(name) ? undefined : new Scratch();
    this.unpacked = this.section && file.isStored(this.section) ? undefined : this.section && file.data(this.section);
    const whole = this.unpacked?.length ?? (this.section ? storedBytes(this.section) : 0);
    this.start = part?.offset ?? 0;
    this.size = part?.size ?? whole;
    if (this.start + this.size > whole)
      throw new FileError('truncated', 'a part of it ends beyond it', { section: name, offset: this.start });
  }

  /**
   * Exactly `length` bytes.
   * @param scratch where they may be put; they are valid until it is used again
   */
  slice(offset: number, length: number, scratch?: Scratch): Uint8Array {
    if (!(offset >= 0 && length >= 0 && offset + length <= this.size)) {
      throw new FileError('truncated', `has ${this.size} bytes, ${length} were expected`, { section: this.name, offset });
    }
    if (this.unpacked !== undefined) return this.unpacked.subarray(this.start + offset, this.start + offset + length);
    if (this.section === undefined) return new Uint8Array(0);
    return this.file.raw(this.section, this.start + offset, length, scratch);
  }

  /** A reader over at most `length` bytes from `offset`. */
  reader(offset: number, length = this.size - offset, scratch?: Scratch): ByteReader {
    if (!(offset >= 0 && offset <= this.size)) throw new FileError('truncated', `has ${this.size} bytes`, { section: this.name, offset });
    return new ByteReader(this.slice(offset, Math.min(length, this.size - offset), scratch), this.order, this.name, offset);
  }

  /**
   * Reads something of unknown length: with `first` bytes at hand, and with more while those do not suffice.
   * @param available most bytes there can be
   */
  readGrowing<T>(offset: number, first: number, available: number, read: (reader: ByteReader) => T, scratch?: Scratch): T {
    for (let length = first; ; length *= 16) {
      try {
        return read(this.reader(offset, Math.min(length, available), scratch));
      } catch (error) {
        if (length >= available || !(error instanceof FileError && error.fault === 'truncated')) throw error;
      }
    }
  }

  /**
   * A reader that stands at an offset, with `least` bytes before it unless the section ends sooner. For what is read here and there in small pieces:
   * the next call may move it. A section that is read in many places is kept whole if it is not large.
   */
  at(offset: number, least: number): ByteReader {
    const { window } = this;
    if (window !== undefined && offset >= window.base && offset + least <= window.base + window.bytes.length) {
      window.at = offset - window.base;
      return window;
    }
    return this.moved(offset, least);
  }

  private moved(offset: number, least: number): ByteReader {
    if (!(offset >= 0 && offset <= this.size)) throw new FileError('truncated', `has ${this.size} bytes`, { section: this.name, offset });
    let { window } = this;
    const isWhole = window?.base === 0 && window.bytes.length === this.size;
    if (window === undefined || !isWhole) {
      if (window !== undefined && offset < window.base) this.returns++;
      const whole =
        this.unpacked !== undefined || this.size <= WINDOW_BYTES || (this.size <= MAX_WHOLE_BYTES && this.returns > MANY_RETURNS);
      const length = Math.min(Math.max(least, this.moves++ > 2 ? WINDOW_BYTES : FIRST_WINDOW_BYTES), this.size - offset);
      window = whole
        ? new ByteReader(this.slice(0, this.size), this.order, this.name)
        : new ByteReader(this.slice(offset, length, this.windows ?? new Scratch()), this.order, this.name, offset);
      this.window = window;
    }
    window.at = offset - window.base;
    return window;
  }

  /** The zero-terminated string at an offset; the same string each time while it is kept. */
  string(offset: number): string {
    let string = this.strings.get(offset);
    if (string !== undefined) return string;
    string = this.readString(offset);
    if ((this.stringChars += string.length + 32) > MAX_KEPT_CHARS) {
      this.strings.clear();
      this.stringChars = string.length + 32;
    }
    this.strings.set(offset, string);
    return string;
  }

  private readString(offset: number): string {
    for (let least = 256; ; least *= 16) {
      const { bytes, at } = this.at(offset, least);
      const end = bytes.indexOf(0, at);
      if (end !== -1) return Buffer.from(bytes.buffer, bytes.byteOffset + at, end - at).toString('utf8');
      if (least >= this.size - offset || least > MAX_STRING_BYTES) {
        throw new FileError('truncated', 'ends inside a string', { section: this.name, offset });
      }
    }
  }
}

const FIRST_WINDOW_BYTES = 4 * 1024;
const WINDOW_BYTES = 64 * 1024;
const MAX_WHOLE_BYTES = 16 * 1024 * 1024;
const MANY_RETURNS = 8;
const MAX_KEPT_CHARS = 8 * 1024 * 1024;
const MAX_STRING_BYTES = 16 * 1024 * 1024;

/** The sections of one file; with `.dwo` at the end of each name for split units. */
export class DebugSections {
  readonly file: ElfFile;
  readonly order: ByteOrder;
  /** Where DW_FORM_GNU_ref_alt, ref_sup and their strings point: the file of .gnu_debugaltlink (dwz). */
  supplementary: DebugSections | undefined;
  private readonly suffix: string;
  private readonly parts: ReadonlyMap<string, { offset: number; size: number }> | undefined;
  private readonly read = new Map<string, SectionBytes>();
  private readonly tables = new Map<string, AbbreviationTable>();

  constructor(file: ElfFile, order: ByteOrder, suffix: '' | '.dwo' = '', parts?: ReadonlyMap<string, { offset: number; size: number }>) {
    this.file = file;
    this.order = order;
    this.suffix = suffix;
    this.parts = parts;
  }

  get isSplit(): boolean {
    return this.suffix !== '';
  }

  /** A section by its name without the suffix; one without bytes where the file has none. */
  get(name: string): SectionBytes {
    let section = this.read.get(name);
    if (section === undefined) {
      section = new SectionBytes(this.file, name + this.suffix, this.order, this.parts?.get(name));
      this.read.set(name, section);
    }
    return section;
  }

  /** The abbreviation table at an offset, for units with forms of the given sizes. */
  abbreviationsAt({ abbreviations: offset, version, dwarf64, addressSize }: FormSizes & { abbreviations: number }): AbbreviationTable {
    const key = `${offset} ${version} ${dwarf64} ${addressSize}`;
    let table = this.tables.get(key);
    if (table === undefined) {
      table = readTable(this.get('.debug_abbrev'), offset, { version, dwarf64, addressSize });
      if (this.tables.size >= MAX_TABLES) this.tables.delete(this.tables.keys().next().value!);
      this.tables.set(key, table);
    }
    return table;
  }

  get info(): SectionBytes {
    return this.get('.debug_info');
  }
}

/** Abbreviation tables kept decoded. */
const MAX_TABLES = 64;

function readTable(section: SectionBytes, offset: number, sizes: FormSizes): AbbreviationTable {
  return section.readGrowing(
    offset,
    8 * 1024,
    section.size - offset,
    (reader) => new AbbreviationTable(reader, sizes),
    abbreviationScratch,
  );
}
