/** Walks the entries of one unit and collects its functions and inlined bodies. Everything else is stepped over as fast as can be. */
import { Scratch } from '../elf/byteSource.ts';
import * as table from './abbreviations.ts';
import { ByteReader } from './byteReader.ts';
import * as dw from './constants.ts';
import { type EntryReference, type FunctionTable, FunctionTableBuilder } from './functionTable.ts';
import { indirect, readForm, skipForm } from './forms.ts';
import { readRanges } from './rangeList.ts';
import type { Unit } from './unit.ts';
import { tooDeep } from './unitIndex.ts';

/** Deeper nesting than any compiler's. */
const MAX_DEPTH = 2048;
/** More ranges than the code of any unit has; many entries may share one long list. */
const MAX_RANGES = 8_000_000;

const unitScratch = new Scratch();
const builder = new FunctionTableBuilder();
/** Row of the function around the entries of each depth. */
const rows = new Int32Array(MAX_DEPTH + 1);

/**
 * @param keep false: the table is valid until the next call, and costs no memory
 * @throws FileError
 */
export function functionsOf(unit: Unit, keep = true): FunctionTable {
  const abbreviations = unit.abbreviations();
  const { header, sections } = unit;
  const bytes = sections.info.slice(header.offset, header.end - header.offset, unitScratch);
  const reader = new ByteReader(bytes, sections.order, sections.info.name, header.offset);
  const { littleEndian } = sections.order;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const { data, codes } = abbreviations;
  const end = bytes.length;
  const entries = new EntryReader(unit, reader, abbreviations);
  let at = header.firstEntry - header.offset;
  let depth = 0;
  rows[0] = -1;
  builder.reset();
  while (at < end) {
    const start = at;
    let code = bytes[at++]!;
    if (code >= 0x80) {
      reader.at = start;
      code = reader.uleb();
      at = reader.at;
    }
    if (code === 0) {
      if (--depth <= 0) break;
      continue;
    }
    const entry = code < codes ? code * table.ROW : abbreviations.row(code);
    const fixed = entry < 0 ? table.NO_ENTRY : data[entry + table.FIXED_BYTES]!;
    if (fixed === table.NO_ENTRY)
      throw reader.fault('corrupt', `an entry of abbreviation ${code}, which is not in the unit's table`, start);
    const tag = data[entry + table.TAG]!;
    let children = data[entry + table.CHILDREN] === 1;
    let row = rows[depth]!;
    if (tag === dw.DW_TAG_subprogram || tag === dw.DW_TAG_inlined_subroutine) {
      reader.at = at;
      row = entries.add(entry, tag, header.offset + start, row);
      at = reader.at;
    } else if (fixed >= 0) {
      at += fixed;
    } else {
      const stepsEnd = abbreviations.stepsEnd(entry);
      for (let i = abbreviations.steps(entry); i < stepsEnd; i += 2) {
        switch (data[i]) {
          case table.STEP_BYTES:
            at += data[i + 1]!;
            break;
          case table.STEP_ULEB:
            while (bytes[at++]! >= 0x80);
            break;
          case table.STEP_STRING:
            while (bytes[at++]! > 0);
            break;
          case table.STEP_BLOCK1:
            at += 1 + bytes[at]!;
            break;
          case table.STEP_BLOCK: {
            const length = bytes[at++]!;
            if (length < 0x80) {
              at += length;
            } else {
              reader.at = at - 1;
              reader.skip(reader.uleb());
              at = reader.at;
            }
            break;
          }
          case table.STEP_SIBLING4: {
            const sibling = at + 4 <= end ? view.getUint32(at, littleEndian) : end + 1;
            if (sibling <= at || sibling > end) throw reader.fault('corrupt', 'an entry whose sibling is not after it', at);
            at = sibling;
            children = false;
            break;
          }
          default:
            // the rare forms, from the first attribute
            reader.at = start;
            reader.uleb();
            entries.skip(entry);
            at = reader.at;
            i = stepsEnd;
        }
      }
      if (Number.isNaN(at)) at = end + 1;
    }
    if (at > end) throw reader.fault('truncated', 'the unit ends inside an entry', start);
    if (children) {
      if (++depth > MAX_DEPTH) throw tooDeep(header.offset + start);
      rows[depth] = row;
    } else if (depth === 0) break;
  }
  return builder.finish(keep);
}

/** Reads functions and inlined bodies; those with code become rows. */
class EntryReader {
  private readonly unit: Unit;
  private readonly reader: ByteReader;
  private readonly abbreviations: table.AbbreviationTable;

  constructor(unit: Unit, reader: ByteReader, abbreviations: table.AbbreviationTable) {
    this.unit = unit;
    this.reader = reader;
    this.abbreviations = abbreviations;
  }

  skip(entry: number): void {
    const { reader, unit, abbreviations } = this;
    const count = abbreviations.attributes(entry);
    for (let i = 0; i < count; i++) skipForm(reader, abbreviations.form(entry, i), unit.header);
  }

  /** @returns the row for what is inside the entry: its own, or where it has no code -1 for functions and `parent` for inlined bodies */
  add(entry: number, tag: number, offset: number, parent: number): number {
    const { unit, reader, abbreviations } = this;
    const { header } = unit;
    let low = NaN;
    let highForm = 0;
    let high = 0;
    let rangesForm = 0;
    let ranges = 0;
    let origin: EntryReference = NaN;
    let callFile = 0;
    let callLine = 0;
    let callColumn = 0;
    let callDiscriminator = 0;
    const count = abbreviations.attributes(entry);
    for (let i = 0; i < count; i++) {
      const declared = abbreviations.form(entry, i);
      const form = declared === dw.DW_FORM_indirect ? indirect(reader) : declared;
      const name = abbreviations.name(entry, i);
      if (!isRead(name)) {
        skipForm(reader, form, header);
        continue;
      }
      const value = readForm(reader, form, form === dw.DW_FORM_implicit_const ? abbreviations.implicitValue(entry, i) : 0, header);
      switch (name) {
        case dw.DW_AT_low_pc:
          low = unit.addressOf(form, value);
          break;
        case dw.DW_AT_high_pc:
          highForm = form;
          high = value;
          break;
        case dw.DW_AT_ranges:
          rangesForm = form;
          ranges = value;
          break;
        case dw.DW_AT_abstract_origin:
          origin = referenceOf(unit, form, value);
          break;
        case dw.DW_AT_call_file:
          callFile = value;
          break;
        case dw.DW_AT_call_line:
          callLine = value;
          break;
        case dw.DW_AT_call_column:
          callColumn = value;
          break;
        default:
          callDiscriminator = value;
      }
    }
    const end = Number.isNaN(low) || highForm === 0 ? NaN : unit.highPc(low, highForm, high);
    if (!(end > low) && rangesForm === 0) return tag === dw.DW_TAG_subprogram ? -1 : parent;
    const isInlined = tag === dw.DW_TAG_inlined_subroutine;
    const named = isInlined && !Number.isNaN(origin) ? origin : offset;
    const row = builder.add(isInlined ? parent : -1, named, low, callFile, callLine, callColumn, callDiscriminator);
    if (end > low) builder.addRange(row, low, end);
    else readRanges(unit, rangesForm, ranges, (from, to) => builder.addRange(row, from, to));
    if (builder.ranges > MAX_RANGES) throw reader.fault('too-large', `a unit of more than ${MAX_RANGES} ranges`);
    return row;
  }
}

function isRead(name: number): boolean {
  switch (name) {
    case dw.DW_AT_low_pc:
    case dw.DW_AT_high_pc:
    case dw.DW_AT_ranges:
    case dw.DW_AT_abstract_origin:
    case dw.DW_AT_call_file:
    case dw.DW_AT_call_line:
    case dw.DW_AT_call_column:
    case dw.DW_AT_GNU_discriminator:
      return true;
    default:
      return false;
  }
}

/** What a reference attribute points at. Types in type units are none: no function is looked for there. */
export function referenceOf(unit: Unit, form: number, value: number): EntryReference {
  switch (form) {
    case dw.DW_FORM_ref_addr:
      return value;
    case dw.DW_FORM_GNU_ref_alt:
    case dw.DW_FORM_ref_sup4:
    case dw.DW_FORM_ref_sup8:
      return -1 - value;
    case dw.DW_FORM_ref1:
    case dw.DW_FORM_ref2:
    case dw.DW_FORM_ref4:
    case dw.DW_FORM_ref8:
    case dw.DW_FORM_ref_udata:
      return unit.header.offset + value;
    default:
      return NaN;
  }
}
