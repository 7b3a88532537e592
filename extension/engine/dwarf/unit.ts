/** Units (DWARF 5, section 7.5.1): their headers, and what their first entry says of addresses, lines and strings. */
import { Scratch } from '../elf/byteSource.ts';
import { FileError } from '../elf/errors.ts';
import { type AbbreviationTable, type Declaration, findDeclaration } from './abbreviations.ts';
import type { ByteReader } from './byteReader.ts';
import * as dw from './constants.ts';
import type { DebugSections, SectionBytes } from './debugSections.ts';
import { indirect, isAddress, isAddressIndex, readForm } from './forms.ts';

export interface UnitHeader {
  /** Offset of the unit in its section, of its first entry, and of the byte after it. */
  readonly offset: number;
  readonly firstEntry: number;
  readonly end: number;
  readonly version: number;
  readonly dwarf64: boolean;
  readonly addressSize: number;
  readonly abbreviations: number;
  /** DW_UT_*; compile units for versions that do not say. */
  readonly type: number;
  /** Joins a skeleton with its split unit (DWARF 5). Rounded to a double, as all 64-bit values are. */
  readonly dwoId: number | undefined;
}

/** A value with the form that tells what it means. */
export interface FormValue {
  readonly form: number;
  readonly value: number;
}

/** Attributes of a unit's first entry, as they stand. */
export interface RootEntry {
  readonly tag: number;
  readonly values: ReadonlyMap<number, FormValue>;
}

const rootScratch = new Scratch();
/** More bytes than a unit's header and first entry take; longer ones are read again as a whole. */
const ROOT_BYTES = 384;
/** Entries of functions are some tens of bytes; those with inline strings may be longer. */
const ENTRY_BYTES = 256;

export function readUnitHeader(reader: ByteReader, sectionSize: number): UnitHeader {
  const { offset } = reader;
  let length = reader.u32();
  const dwarf64 = length === 0xffffffff;
  if (dwarf64) length = reader.u64();
  else if (length >= 0xfffffff0) throw reader.fault('corrupt', 'a unit of a reserved length', reader.at - 4);
  const end = reader.offset + length;
  if (!(end <= sectionSize)) throw reader.fault('truncated', `a unit of ${length} bytes ends beyond its section`, reader.at - 4);
  const version = reader.u16();
  if (version < 2 || version > 5) throw reader.fault('unsupported', `a unit of DWARF version ${version}; 2 to 5 are known`, reader.at - 2);
  let type = dw.DW_UT_compile;
  let addressSize: number;
  let abbreviations: number;
  if (version >= 5) {
    type = reader.u8();
    addressSize = reader.u8();
    abbreviations = reader.sectionOffset(dwarf64);
  } else {
    abbreviations = reader.sectionOffset(dwarf64);
    addressSize = reader.u8();
  }
  if (addressSize !== 4 && addressSize !== 8 && addressSize !== 2)
    throw reader.fault('unsupported', `a unit with addresses of ${addressSize} bytes`);
  const isSkeleton = type === dw.DW_UT_skeleton || type === dw.DW_UT_split_compile;
  const dwoId = isSkeleton ? reader.u64() : undefined;
  if (type === dw.DW_UT_type || type === dw.DW_UT_split_type) reader.skip(8 + (dwarf64 ? 8 : 4));
  return { offset, firstEntry: reader.offset, end, version, dwarf64, addressSize, abbreviations, type, dwoId };
}

export class Unit {
  readonly sections: DebugSections;
  readonly header: UnitHeader;
  readonly root: RootEntry;
  /** The skeleton in the linked file, for a split unit: its addresses, ranges (DWARF 4) and lines are there. */
  readonly skeleton: Unit | undefined;
  private readonly stringOffsetsBase: number;
  private addressBase: number | undefined;
  private addressSection: SectionBytes | undefined;
  /** All of the unit, while it is at hand; else its entries are read one by one. */
  whole: ByteReader | undefined;
  /** What is added to offsets of entries so that they are of this unit and no other; 0 for units of the file itself. */
  entryBase = 0;

  constructor(sections: DebugSections, header: UnitHeader, root: RootEntry, skeleton?: Unit) {
    this.sections = sections;
    this.header = header;
    this.root = root;
    this.skeleton = skeleton;
    const base = root.values.get(dw.DW_AT_str_offsets_base)?.value;
    this.stringOffsetsBase = base ?? (sections.isSplit && header.version >= 5 ? (header.dwarf64 ? 16 : 8) : 0);
  }

  /** The unit at an offset of a section of units. */
  static at(sections: DebugSections, offset: number, section = sections.info, skeleton?: Unit): Unit {
    // the first entry may hold long strings
    return section.readGrowing(
      offset,
      ROOT_BYTES,
      section.size - offset,
      (reader) => {
        const header = readUnitHeader(reader, section.size);
        return new Unit(sections, header, readRoot(reader, header, sections), skeleton);
      },
      rootScratch,
    );
  }

  /** A reader at one of the unit's entries. What `read` finds cut off is read once more with all of the unit before it. */
  readEntry<T>(offset: number, read: (reader: ByteReader) => T): T {
    const { whole, sections, header } = this;
    if (whole !== undefined) {
      whole.at = offset - whole.base;
      return read(whole);
    }
    const available = header.end - offset;
    try {
      return read(sections.info.at(offset, Math.min(ENTRY_BYTES, available)));
    } catch (error) {
      if (!(error instanceof FileError && error.fault === 'truncated')) throw error;
      return read(sections.info.reader(offset, available));
    }
  }

  /** The unit's abbreviations, decoded. */
  abbreviations(): AbbreviationTable {
    return this.sections.abbreviationsAt(this.header);
  }

  /** What joins a skeleton and its split unit. */
  get dwoId(): number | undefined {
    return this.header.dwoId ?? this.number(dw.DW_AT_GNU_dwo_id);
  }

  number(name: number): number | undefined {
    return this.root.values.get(name)?.value;
  }

  string(name: number): string | undefined {
    const value = this.root.values.get(name);
    return value && this.stringOf(value.form, value.value);
  }

  /** The unit's base address for range lists and the lowest address where it is one piece. */
  get lowPc(): number | undefined {
    const low = this.root.values.get(dw.DW_AT_low_pc) ?? this.skeleton?.root.values.get(dw.DW_AT_low_pc);
    return low && this.addressOf(low.form, low.value);
  }

  /** An attribute that is an address or an index of one. */
  addressOf(form: number, value: number): number {
    return isAddressIndex(form) ? this.indexedAddress(value) : value;
  }

  /** Entry of .debug_addr. */
  indexedAddress(index: number): number {
    if (this.skeleton) return this.skeleton.indexedAddress(index);
    const { addressSize, version } = this.header;
    this.addressBase ??= this.number(dw.DW_AT_addr_base) ?? this.number(dw.DW_AT_GNU_addr_base) ?? (version >= 5 ? 8 : 0);
    this.addressSection ??= this.sections.get('.debug_addr');
    return this.addressSection.at(this.addressBase + index * addressSize, addressSize).address(addressSize);
  }

  /** The end of what an entry covers, from its DW_AT_high_pc: an address, or the distance from its start. */
  highPc(low: number, form: number, value: number): number {
    return isAddress(form) ? this.addressOf(form, value) : low + value;
  }

  /** The string of an attribute; undefined for forms that hold none and for files that are not at hand. */
  stringOf(form: number, value: number): string | undefined {
    switch (form) {
      case dw.DW_FORM_string:
        return this.sections.info.string(value);
      case dw.DW_FORM_strp:
        return this.sections.get('.debug_str').string(value);
      case dw.DW_FORM_line_strp:
        return this.sections.get('.debug_line_str').string(value);
      case dw.DW_FORM_strp_sup:
      case dw.DW_FORM_GNU_strp_alt:
        return this.sections.supplementary?.get('.debug_str').string(value);
      case dw.DW_FORM_strx:
      case dw.DW_FORM_strx1:
      case dw.DW_FORM_strx2:
      case dw.DW_FORM_strx3:
      case dw.DW_FORM_strx4:
      case dw.DW_FORM_GNU_str_index: {
        const bytes = this.header.dwarf64 ? 8 : 4;
        const offsets = this.sections.get('.debug_str_offsets').at(this.stringOffsetsBase + value * bytes, bytes);
        return this.sections.get('.debug_str').string(offsets.sectionOffset(this.header.dwarf64));
      }
      default:
        return undefined;
    }
  }
}

/** A unit's first entry nearly always has the first abbreviation of its table. */
function declarationOf(code: number, header: UnitHeader, sections: DebugSections): Declaration {
  const section = sections.get('.debug_abbrev');
  const { abbreviations: offset } = header;
  return section.readGrowing(offset, 512, section.size - offset, (reader) => {
    const declaration = findDeclaration(reader, code);
    if (declaration) return declaration;
    throw reader.fault('corrupt', `no abbreviation ${code} in the table at 0x${offset.toString(16)}`);
  });
}

function readRoot(reader: ByteReader, header: UnitHeader, sections: DebugSections): RootEntry {
  const code = reader.uleb();
  const values = new Map<number, FormValue>();
  if (code === 0) return { tag: 0, values };
  const { tag, names, forms, implicit } = declarationOf(code, header, sections);
  for (let i = 0; i < names.length; i++) {
    const form = forms[i] === dw.DW_FORM_indirect ? indirect(reader) : forms[i]!;
    values.set(names[i]!, { form, value: readForm(reader, form, implicit[i]!, header) });
  }
  return { tag, values };
}
