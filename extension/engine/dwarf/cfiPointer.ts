/** Encoded pointers of `.eh_frame` (Linux Standard Base 5, "DWARF Exception Header Encoding"). */
import type { ByteReader } from './byteReader.ts';

export const DW_EH_PE_absptr = 0;
export const DW_EH_PE_omit = 0xff;
const DW_EH_PE_indirect = 0x80;
const DW_EH_PE_aligned = 0x50;

/** What encoded pointers are counted from: addresses as the file's AddressSpace counts. */
export interface PointerBases {
  /** Address of the section the pointers stand in. */
  readonly section: number;
  readonly text: number;
  readonly data: number;
}

/**
 * Reads one pointer.
 * @param functionStart base of DW_EH_PE_funcrel
 * @returns the address; NaN where the value only exists in the running program (indirect), or is counted from something unknown
 * @throws FileError truncated or unsupported
 */
export function readPointer(reader: ByteReader, encoding: number, bases: PointerBases, addressSize: number, functionStart = NaN): number {
  if (encoding === DW_EH_PE_omit) return NaN;
  if (encoding === DW_EH_PE_aligned) {
    const place = bases.section + reader.offset;
    reader.skip((addressSize - (((place % addressSize) + addressSize) % addressSize)) % addressSize);
    return reader.address(addressSize);
  }
  const place = bases.section + reader.offset;
  const value = readValue(reader, encoding & 0x0f, addressSize);
  const base = baseOf(reader, encoding & 0x70, place, bases, functionStart);
  if ((encoding & DW_EH_PE_indirect) !== 0) return NaN;
  return value + base;
}

/** Bytes a value takes up is the format's affair; a range is never relative to anything. */
export function readValue(reader: ByteReader, format: number, addressSize: number): number {
  switch (format) {
    case 0x00:
      return reader.address(addressSize);
    case 0x01:
      return reader.uleb();
    case 0x02:
      return reader.u16();
    case 0x03:
      return reader.u32();
    case 0x04:
      return reader.address(8);
    case 0x08:
      return addressSize === 8 ? reader.address(8) : reader.u32() | 0;
    case 0x09:
      return reader.sleb();
    case 0x0a:
      return (reader.u16() << 16) >> 16;
    case 0x0b:
      return reader.u32() | 0;
    case 0x0c:
      return reader.address(8);
    default:
      throw reader.fault('unsupported', `a pointer in format ${format}`);
  }
}

function baseOf(reader: ByteReader, relation: number, place: number, bases: PointerBases, functionStart: number): number {
  switch (relation) {
    case 0x00:
      return 0;
    case 0x10:
      return place;
    case 0x20:
      return bases.text;
    case 0x30:
      return bases.data;
    case 0x40:
      return functionStart;
    default:
      throw reader.fault('unsupported', `a pointer relative to ${relation}`);
  }
}
