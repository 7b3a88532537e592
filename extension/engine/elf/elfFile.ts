/** An ELF file: its headers at once, everything else when asked for. */
import { type ByteSource, FileSource, type Scratch } from './byteSource.ts';
import { unpackSection } from './compression.ts';
import { ET_REL, machineNames, PT_LOAD, SHF_ALLOC, SHF_COMPRESSED, SHT_NOBITS, SHT_REL, SHT_RELA } from './constants.ts';
import { FileError } from './errors.ts';
import { type ElfHeader, readHeader, readSections, readSegments, type Section, type Segment } from './headers.ts';
import { readNotes } from './notes.ts';
import { relocate } from './relocation.ts';
import { SymbolTable } from './symbolTable.ts';

export class ElfFile {
  readonly source: ByteSource;
  readonly header: ElfHeader;
  readonly sections: readonly Section[];
  readonly segments: readonly Segment[];
  private readonly byName = new Map<string, Section>();
  private readonly unpacked = new Map<number, Uint8Array>();
  private table: SymbolTable | undefined;

  /** Takes the source over: `close` closes it. */
  constructor(source: ByteSource) {
    this.source = source;
    this.header = readHeader(source);
    this.sections = readSections(source, this.header);
    this.segments = readSegments(source, this.header);
    for (const section of this.sections) if (!this.byName.has(section.name)) this.byName.set(section.name, section);
  }

  /** @throws FileError */
  static open(path: string): ElfFile {
    const source = FileSource.open(path);
    try {
      return new ElfFile(source);
    } catch (error) {
      source.close();
      throw error;
    }
  }

  get machineName(): string {
    return machineNames[this.header.machine] ?? `machine ${this.header.machine}`;
  }

  /** The first section of that name; `.debug_x` also finds an older `.zdebug_x`. */
  section(name: string): Section | undefined {
    return this.byName.get(name) ?? (name.startsWith('.debug_') ? this.byName.get(`.z${name.slice(1)}`) : undefined);
  }

  /** Whether the section's bytes can be read straight from the file, without unpacking or relocating them. */
  isStored(section: Section): boolean {
    return (section.flags & SHF_COMPRESSED) === 0 && !section.name.startsWith('.zdebug_') && this.relocations(section).length === 0;
  }

  /** The whole section, unpacked and relocated; kept in memory only where that was needed. NOBITS sections are empty. */
  data(section: Section): Uint8Array {
    if (this.isStored(section)) return this.raw(section, 0, storedBytes(section));
    let bytes = this.unpacked.get(section.index);
    if (bytes === undefined) {
      bytes = this.raw(section, 0, storedBytes(section));
      if ((section.flags & SHF_COMPRESSED) !== 0 || section.name.startsWith('.zdebug_')) bytes = unpackSection(section, bytes, this.header);
      for (const relocation of this.relocations(section)) bytes = relocate(this, section, bytes, relocation);
      this.unpacked.set(section.index, bytes);
    }
    return bytes;
  }

  /** Sections that relocate a debug section of a file that was not linked yet. */
  private relocations(section: Section): Section[] {
    if (this.header.type !== ET_REL || (section.flags & SHF_ALLOC) !== 0) return [];
    return this.sections.filter(({ type, info }) => (type === SHT_RELA || type === SHT_REL) && info === section.index);
  }

  /**
   * Part of a section as it is stored, straight from the file.
   * @param scratch see ByteSource.readInto
   */
  raw(section: Section, offset: number, length: number, scratch?: Scratch): Uint8Array {
    if (!(offset + length <= storedBytes(section))) {
      throw new FileError('truncated', `has ${storedBytes(section)} bytes in the file, ${length} were expected`, {
        section: section.name,
        offset,
      });
    }
    if (!(section.offset + offset + length <= this.source.size)) {
      throw new FileError('truncated', `${this.source.name} ends inside this section`, { section: section.name, offset });
    }
    const at = section.offset + offset;
    return scratch ? this.source.readInto(scratch, at, length) : this.source.read(at, length);
  }

  /**
   * The bytes a loader would put at an address; zeros where the file has none (.bss).
   * @returns undefined where the file maps nothing, or less than `length` bytes in one piece
   */
  read(address: bigint, length: number): Uint8Array | undefined {
    for (const segment of this.segments) {
      if (segment.type !== PT_LOAD || address < segment.address) continue;
      const skip = address - segment.address;
      if (skip + BigInt(length) > segment.memorySize) continue;
      return this.padded(segment.offset + Number(skip), length, segment.fileSize - Number(skip));
    }
    if (this.segments.some(({ type }) => type === PT_LOAD)) return undefined;
    for (const section of this.sections) {
      if ((section.flags & SHF_ALLOC) === 0 || address < section.address) continue;
      const skip = Number(address - section.address);
      if (skip + length > section.size) continue;
      return this.padded(section.offset + skip, length, section.type === SHT_NOBITS ? 0 : section.size - skip);
    }
    return undefined;
  }

  private padded(offset: number, length: number, available: number): Uint8Array | undefined {
    const count = Math.max(0, Math.min(length, available));
    if (length > 0x4000_0000 || !(offset + count <= this.source.size)) return undefined;
    if (count === length) return this.source.read(offset, length);
    const bytes = new Uint8Array(length);
    if (count > 0) bytes.set(this.source.read(offset, count));
    return bytes;
  }

  /** Functions and labels of .symtab, or of .dynsym in a file without one. Read at the first call. */
  get symbols(): SymbolTable {
    this.table ??= SymbolTable.of(this);
    return this.table;
  }

  /** The GNU build-id in lower-case hexadecimal, if there is one. */
  get buildId(): string | undefined {
    const note = readNotes(this).find(({ owner, type }) => owner === 'GNU' && type === 3);
    return note && Buffer.from(note.body).toString('hex');
  }

  close(): void {
    this.unpacked.clear();
    this.source.close();
  }
}

/** NOBITS sections take no bytes in the file, whatever their size. */
export const storedBytes = (section: Section): number => (section.type === SHT_NOBITS ? 0 : section.size);
