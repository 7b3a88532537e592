/** Attribute values by their form (DWARF 5, sections 7.5.5 and 7.5.6; DWARF 4's GNU extensions). */
import type { ByteReader } from './byteReader.ts';
import * as dw from './constants.ts';

/** What of a unit's header decides the sizes of forms. */
export interface FormSizes {
  readonly version: number;
  readonly dwarf64: boolean;
  readonly addressSize: number;
}

/** Bytes of a form whose size does not depend on the value; -1 for the others. */
export function fixedSize(form: number, { version, dwarf64, addressSize }: FormSizes): number {
  switch (form) {
    case dw.DW_FORM_flag_present:
    case dw.DW_FORM_implicit_const:
      return 0;
    case dw.DW_FORM_data1:
    case dw.DW_FORM_ref1:
    case dw.DW_FORM_flag:
    case dw.DW_FORM_strx1:
    case dw.DW_FORM_addrx1:
      return 1;
    case dw.DW_FORM_data2:
    case dw.DW_FORM_ref2:
    case dw.DW_FORM_strx2:
    case dw.DW_FORM_addrx2:
      return 2;
    case dw.DW_FORM_strx3:
    case dw.DW_FORM_addrx3:
      return 3;
    case dw.DW_FORM_data4:
    case dw.DW_FORM_ref4:
    case dw.DW_FORM_strx4:
    case dw.DW_FORM_addrx4:
    case dw.DW_FORM_ref_sup4:
      return 4;
    case dw.DW_FORM_data8:
    case dw.DW_FORM_ref8:
    case dw.DW_FORM_ref_sig8:
    case dw.DW_FORM_ref_sup8:
      return 8;
    case dw.DW_FORM_data16:
      return 16;
    case dw.DW_FORM_addr:
      return addressSize;
    case dw.DW_FORM_ref_addr:
      return version <= 2 ? addressSize : dwarf64 ? 8 : 4;
    case dw.DW_FORM_strp:
    case dw.DW_FORM_line_strp:
    case dw.DW_FORM_strp_sup:
    case dw.DW_FORM_sec_offset:
    case dw.DW_FORM_GNU_ref_alt:
    case dw.DW_FORM_GNU_strp_alt:
      return dwarf64 ? 8 : 4;
    default:
      return -1;
  }
}

export function skipForm(reader: ByteReader, form: number, sizes: FormSizes): void {
  const size = fixedSize(form, sizes);
  if (size >= 0) {
    reader.skip(size);
    return;
  }
  switch (form) {
    case dw.DW_FORM_string:
      reader.skipString();
      return;
    case dw.DW_FORM_block1:
      reader.skip(reader.u8());
      return;
    case dw.DW_FORM_block2:
      reader.skip(reader.u16());
      return;
    case dw.DW_FORM_block4:
      reader.skip(reader.u32());
      return;
    case dw.DW_FORM_block:
    case dw.DW_FORM_exprloc:
      reader.skip(reader.uleb());
      return;
    case dw.DW_FORM_indirect:
      skipForm(reader, indirect(reader), sizes);
      return;
    default:
      if (!isUleb(form)) throw reader.fault('unsupported', `an attribute of form 0x${form.toString(16)}`);
      reader.uleb();
  }
}

export function isUleb(form: number): boolean {
  switch (form) {
    case dw.DW_FORM_sdata:
    case dw.DW_FORM_udata:
    case dw.DW_FORM_ref_udata:
    case dw.DW_FORM_strx:
    case dw.DW_FORM_addrx:
    case dw.DW_FORM_loclistx:
    case dw.DW_FORM_rnglistx:
    case dw.DW_FORM_GNU_addr_index:
    case dw.DW_FORM_GNU_str_index:
      return true;
    default:
      return false;
  }
}

/** The form that stands before an indirect value. It may neither be indirect again nor have its value elsewhere. */
export function indirect(reader: ByteReader): number {
  const form = reader.uleb();
  if (form === dw.DW_FORM_indirect || form === dw.DW_FORM_implicit_const)
    throw reader.fault('corrupt', 'an indirect form inside an indirect form');
  return form;
}

/**
 * The number a form holds: constant, flag, offset, index or address as it stands; for an inline string its offset in the section; 0 for blocks.
 * Not for indirect forms: callers replace those by what `indirect` returns.
 */
export function readForm(reader: ByteReader, form: number, implicit: number, sizes: FormSizes): number {
  switch (form) {
    case dw.DW_FORM_flag_present:
      return 1;
    case dw.DW_FORM_implicit_const:
      return implicit;
    case dw.DW_FORM_sdata:
      return reader.sleb();
    case dw.DW_FORM_addr:
      return reader.address(sizes.addressSize);
    case dw.DW_FORM_string: {
      const { offset } = reader;
      reader.skipString();
      return offset;
    }
    default:
  }
  switch (fixedSize(form, sizes)) {
    case 1:
      return reader.u8();
    case 2:
      return reader.u16();
    case 3:
      return reader.u24();
    case 4:
      return reader.u32();
    case 8:
      return reader.u64();
    default:
  }
  if (isUleb(form)) return reader.uleb();
  skipForm(reader, form, sizes);
  return 0;
}

/** Whether a form holds an address, or its index in .debug_addr. */
export function isAddress(form: number): boolean {
  return form === dw.DW_FORM_addr || isAddressIndex(form);
}

export function isAddressIndex(form: number): boolean {
  return form === dw.DW_FORM_addrx || form === dw.DW_FORM_GNU_addr_index || (form >= dw.DW_FORM_addrx1 && form <= dw.DW_FORM_addrx4);
}
