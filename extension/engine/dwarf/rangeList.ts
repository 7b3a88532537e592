/** Address ranges of units and functions: .debug_ranges (DWARF 4, section 2.17.3) and .debug_rnglists (DWARF 5, section 7.25). */
import * as dw from './constants.ts';
import type { Unit } from './unit.ts';

/** No entry of a list is longer. */
const ENTRY_BYTES = 40;

/** Calls `emit` with each non-empty range of an entry's DW_AT_ranges, in the order of the file. */
export function readRanges(unit: Unit, form: number, value: number, emit: (low: number, high: number) => void): void {
  if (unit.header.version >= 5) readRnglist(unit, rnglistOffset(unit, form, value), emit);
  else readDebugRanges(unit, value, emit);
}

function rnglistOffset(unit: Unit, form: number, value: number): number {
  if (form !== dw.DW_FORM_rnglistx) return value;
  const { dwarf64 } = unit.header;
  const offsetBytes = dwarf64 ? 8 : 4;
  const headerBytes = dwarf64 ? 20 : 12;
  const base = unit.number(dw.DW_AT_rnglists_base) ?? headerBytes;
  return (
    base +
    unit.sections
      .get('.debug_rnglists')
      .at(base + value * offsetBytes, offsetBytes)
      .sectionOffset(dwarf64)
  );
}

/** Whether an address stands for code that the linker dropped: the highest there is, or one below (DWARF 4 lists). */
function isDropped(address: number, unit: Unit): boolean {
  const highest = unit.header.addressSize === 4 ? 0xffffffff : unit.sections.order.addresses.fromHalves(-1, 0xffffffff);
  return address === highest || address === highest - 1;
}

function readRnglist(unit: Unit, offset: number, emit: (low: number, high: number) => void): void {
  const { addressSize } = unit.header;
  const section = unit.sections.get('.debug_rnglists');
  let base: number | undefined;
  let baseDropped = false;
  let reader = section.at(offset, ENTRY_BYTES);
  for (;;) {
    if (reader.left < ENTRY_BYTES) reader = section.at(reader.offset, ENTRY_BYTES);
    const kind = reader.u8();
    let low: number;
    let high: number;
    switch (kind) {
      case dw.DW_RLE_end_of_list:
        return;
      case dw.DW_RLE_base_addressx:
        base = unit.indexedAddress(reader.uleb());
        baseDropped = isDropped(base, unit);
        continue;
      case dw.DW_RLE_base_address:
        base = reader.address(addressSize);
        baseDropped = isDropped(base, unit);
        continue;
      case dw.DW_RLE_startx_endx:
        low = unit.indexedAddress(reader.uleb());
        high = unit.indexedAddress(reader.uleb());
        break;
      case dw.DW_RLE_startx_length:
        low = unit.indexedAddress(reader.uleb());
        high = low + reader.uleb();
        break;
      case dw.DW_RLE_offset_pair:
        base ??= unit.lowPc ?? 0;
        low = base + reader.uleb();
        high = base + reader.uleb();
        if (baseDropped) continue;
        break;
      case dw.DW_RLE_start_end:
        low = reader.address(addressSize);
        high = reader.address(addressSize);
        break;
      case dw.DW_RLE_start_length:
        low = reader.address(addressSize);
        high = low + reader.uleb();
        break;
      default:
        throw reader.fault('corrupt', `a range list entry of kind ${kind}`, reader.at - 1);
    }
    if (high > low && !isDropped(low, unit)) emit(low, high);
  }
}

function readDebugRanges(unit: Unit, offset: number, emit: (low: number, high: number) => void): void {
  const { addressSize } = unit.header;
  // a split unit's ranges are in the linked file
  const holder = unit.skeleton ?? unit;
  const section = holder.sections.get('.debug_ranges');
  const highest = addressSize === 4 ? 0xffffffff : addressSize === 2 ? 0xffff : unit.sections.order.addresses.fromHalves(-1, 0xffffffff);
  const zero = unit.sections.order.addresses.fromHalves(0, 0);
  const absolute = addressSize === 8 ? zero : 0;
  let base = unit.lowPc ?? absolute;
  let reader = section.at(offset + (unit.skeleton?.number(dw.DW_AT_GNU_ranges_base) ?? 0), ENTRY_BYTES);
  for (;;) {
    if (reader.left < ENTRY_BYTES) reader = section.at(reader.offset, ENTRY_BYTES);
    const low = reader.address(addressSize);
    const high = reader.address(addressSize);
    if (low === absolute && high === absolute) return;
    if (low === highest) base = high;
    // in a list without a base of its own, the linker's mark for dropped code stands in the entry
    else if (high > low && !isDropped(low, unit) && !isDropped(base, unit)) emit(low + base - absolute, high + base - absolute);
  }
}
