/** The file header, section headers and program headers (gabi, "ELF Header", "Sections", "Program Header"). */
import type { ByteSource } from './byteSource.ts';
import { SHN_XINDEX, SHT_NOBITS } from './constants.ts';
import { FileError } from './errors.ts';

export interface ElfHeader {
  readonly bits: 32 | 64;
  readonly littleEndian: boolean;
  /** ET_* */
  readonly type: number;
  /** EM_* */
  readonly machine: number;
  readonly entry: bigint;
  readonly sectionsOffset: number;
  readonly segmentsOffset: number;
  readonly sectionEntryBytes: number;
  readonly segmentEntryBytes: number;
  readonly sectionCount: number;
  readonly segmentCount: number;
  readonly nameSection: number;
}

export interface Section {
  readonly index: number;
  readonly name: string;
  /** SHT_* */
  readonly type: number;
  /** SHF_* */
  readonly flags: number;
  readonly address: bigint;
  /** In the file, in bytes. A value no double can hold is beyond every file, and is refused when the section is read. */
  readonly offset: number;
  readonly size: number;
  readonly link: number;
  readonly info: number;
  readonly entryBytes: number;
}

export interface Segment {
  /** PT_* */
  readonly type: number;
  /** PF_* */
  readonly flags: number;
  readonly address: bigint;
  readonly offset: number;
  readonly fileSize: number;
  readonly memorySize: bigint;
}

/** Magic numbers of files that hold an ELF file one layer down, and what each is called. */
const wrappings: readonly [name: string, magic: readonly number[]][] = [
  ['gzip', [0x1f, 0x8b]],
  ['xz', [0xfd, 0x37, 0x7a, 0x58, 0x5a]],
  ['bzip2', [0x42, 0x5a, 0x68]],
  ['zstd', [0x28, 0xb5, 0x2f, 0xfd]],
  ['lz4', [0x04, 0x22, 0x4d, 0x18]],
  ['lz4 (legacy)', [0x02, 0x21, 0x4c, 0x18]],
  ['lzop', [0x89, 0x4c, 0x5a, 0x4f]],
  ['lzma', [0x5d, 0x00, 0x00]],
];

/** What a file is packed with, by its first bytes; undefined where it is none that is known. */
export function wrappingOf(source: ByteSource): string | undefined {
  const head = source.read(0, Math.min(8, source.size));
  return wrappings.find(([, magic]) => magic.every((byte, i) => head[i] === byte))?.[0];
}

const viewOf = (bytes: Uint8Array): DataView => new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);

export function readHeader(source: ByteSource): ElfHeader {
  const ident = source.read(0, Math.min(16, source.size));
  if (ident.length < 16 || ident[0] !== 0x7f || ident[1] !== 0x45 || ident[2] !== 0x4c || ident[3] !== 0x46) {
    const wrapping = wrappingOf(source);
    if (wrapping !== undefined) throw new FileError('compressed', `${source.name} is compressed with ${wrapping}; unpack it first`);
    throw new FileError('not-elf', `${source.name} is not an ELF file`);
  }
  const bits = ident[4] === 1 ? 32 : ident[4] === 2 ? 64 : undefined;
  if (bits === undefined || (ident[5] !== 1 && ident[5] !== 2)) {
    throw new FileError('corrupt', `${source.name} has an ELF header of neither class nor byte order`, { offset: 4 });
  }
  const littleEndian = ident[5] === 1;
  const view = viewOf(source.read(0, bits === 64 ? 64 : 52));
  const word = (offset: number): bigint =>
    bits === 64 ? view.getBigUint64(offset, littleEndian) : BigInt(view.getUint32(offset, littleEndian));
  const half = (offset: number): number => view.getUint16(offset, littleEndian);
  const wide = bits === 64;
  const header = {
    bits,
    littleEndian,
    type: half(16),
    machine: half(18),
    entry: word(24),
    segmentsOffset: Number(word(wide ? 32 : 28)),
    sectionsOffset: Number(word(wide ? 40 : 32)),
    segmentEntryBytes: half(wide ? 54 : 42),
    segmentCount: half(wide ? 56 : 44),
    sectionEntryBytes: half(wide ? 58 : 46),
    sectionCount: half(wide ? 60 : 48),
    nameSection: half(wide ? 62 : 50),
  } as const;
  return header.sectionsOffset === 0 ? { ...header, sectionCount: 0 } : withExtendedCounts(source, header);
}

/** More than 65,279 sections or 65,534 segments, or a name section with a high number, are told in section 0. */
function withExtendedCounts(source: ByteSource, header: ElfHeader): ElfHeader {
  if (header.sectionCount !== 0 && header.segmentCount !== 0xffff && header.nameSection !== SHN_XINDEX) return header;
  const [first] = readSections(source, { ...header, sectionCount: 1 }, false);
  return {
    ...header,
    sectionCount: header.sectionCount === 0 ? first!.size : header.sectionCount,
    segmentCount: header.segmentCount === 0xffff ? first!.info : header.segmentCount,
    nameSection: header.nameSection === SHN_XINDEX ? first!.link : header.nameSection,
  };
}

/** Reads a table of fixed-size entries after checking that it lies inside the file. */
function table(source: ByteSource, what: string, offset: number, count: number, entryBytes: number, leastBytes: number): DataView {
  if (count > 0 && entryBytes < leastBytes) {
    throw new FileError('corrupt', `${source.name} gives ${entryBytes} bytes to an entry of its ${what} table`, { offset });
  }
  if (!(offset + count * entryBytes <= source.size)) {
    throw new FileError('truncated', `${source.name} ends inside its ${what} table of ${count} entries`, { offset });
  }
  return viewOf(source.read(offset, count * entryBytes));
}

export function readSections(source: ByteSource, header: ElfHeader, withNames = true): Section[] {
  const { littleEndian, sectionEntryBytes: entryBytes } = header;
  const wide = header.bits === 64;
  const view = table(source, 'section header', header.sectionsOffset, header.sectionCount, entryBytes, wide ? 64 : 40);
  const nameOffsets: number[] = [];
  const sections: (Section & { name: string })[] = [];
  for (let index = 0; index < header.sectionCount; index++) {
    const at = index * entryBytes;
    const u32 = (offset: number): number => view.getUint32(at + offset, littleEndian);
    const word = (offset64: number, offset32: number): bigint =>
      wide ? view.getBigUint64(at + offset64, littleEndian) : BigInt(u32(offset32));
    nameOffsets.push(u32(0));
    sections.push({
      index,
      name: '',
      type: u32(4),
      flags: Number(word(8, 8) & 0xffffffffn),
      address: word(16, 12),
      offset: Number(word(24, 16)),
      size: Number(word(32, 20)),
      link: u32(wide ? 40 : 24),
      info: u32(wide ? 44 : 28),
      entryBytes: Number(word(56, 36)),
    });
  }
  const names = withNames ? sections[header.nameSection] : undefined;
  if (names === undefined || names.type === SHT_NOBITS || !(names.offset + names.size <= source.size)) return sections;
  const text = source.read(names.offset, names.size);
  const longest = 4096;
  return sections.map((section, index) => {
    const start = Math.min(nameOffsets[index]!, text.length);
    const end = text.indexOf(0, start);
    const stop = Math.min(end === -1 ? text.length : end, start + longest);
    return { ...section, name: Buffer.from(text.buffer, text.byteOffset + start, stop - start).toString('latin1') };
  });
}

export function readSegments(source: ByteSource, header: ElfHeader): Segment[] {
  if (header.segmentsOffset === 0 || header.segmentCount === 0) return [];
  const { littleEndian, segmentEntryBytes: entryBytes } = header;
  const wide = header.bits === 64;
  const view = table(source, 'program header', header.segmentsOffset, header.segmentCount, entryBytes, wide ? 56 : 32);
  return Array.from({ length: header.segmentCount }, (_, index) => {
    const at = index * entryBytes;
    const u32 = (offset: number): number => view.getUint32(at + offset, littleEndian);
    const word = (offset64: number, offset32: number): bigint =>
      wide ? view.getBigUint64(at + offset64, littleEndian) : BigInt(u32(offset32));
    return {
      type: u32(0),
      flags: u32(wide ? 4 : 24),
      offset: Number(word(8, 4)),
      address: word(16, 8),
      fileSize: Number(word(32, 16)),
      memorySize: word(40, 20),
    };
  });
}
