/** Walks the entries of one unit and collects its functions and inlined bodies. Everything else is stepped over as fast as can be. */
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

const builder = new FunctionTableBuilder();
/** Row of the function around the entries of each depth. */
const rows = new Int32Array(MAX_DEPTH + 1);

/** @throws FileError */
export function functionsOf(unit: Unit, abbreviations: table.AbbreviationTable): FunctionTable {
  const { header, sections } = unit;
  const bytes = sections.info.slice(header.offset, header.end - header.offset);
  const reader = new ByteReader(bytes, sections.order, sections.info.name, header.offset);
  const { littleEndian } = sections.order;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const { fixedBytes, hasChildren, entryKind } = abbreviations;
  const known = fixedBytes.length;
  const end = bytes.length;
  const { addEntry } = new EntryReader(unit, reader);
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
    let children: boolean;
    let row = rows[depth]!;
    if (code < known && entryKind[code] === table.ENTRY_SKIP && fixedBytes[code]! !== -2) {
      children = hasChildren[code] === 1;
      const fixed = fixedBytes[code]!;
      if (fixed >= 0) {
        at += fixed;
      } else {
        const steps = abbreviations.steps[code]!;
        for (let i = 0; i < steps.length; i += 2) {
          switch (steps[i]) {
            case table.STEP_BYTES:
              at += steps[i + 1]!;
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
            case table.STEP_SIBLING4:
              if (at + 4 <= end) {
                const sibling = view.getUint32(at, littleEndian);
                if (sibling <= at || sibling > end) throw reader.fault('corrupt', 'an entry whose sibling is not after it', at);
                at = sibling;
              } else {
                at = end + 1;
              }
              children = false;
              break;
            default:
              // the rare forms, from the beginning of the entry
              reader.at = start;
              skipEntry(reader, abbreviations.get(reader.uleb())!, unit);
              at = reader.at;
              i = steps.length;
          }
        }
      }
      if (at > end || Number.isNaN(at)) throw reader.fault('truncated', 'the unit ends inside an entry', start);
    } else {
      const abbreviation = abbreviations.get(code);
      if (abbreviation === undefined)
        throw reader.fault('corrupt', `an entry of abbreviation ${code}, which is not in the unit's table`, start);
      reader.at = at;
      if (abbreviation.tag === dw.DW_TAG_subprogram || abbreviation.tag === dw.DW_TAG_inlined_subroutine) {
        row = addEntry(abbreviation, header.offset + start, row);
      } else {
        skipEntry(reader, abbreviation, unit);
      }
      at = reader.at;
      children = abbreviation.hasChildren;
    }
    if (children) {
      if (++depth > MAX_DEPTH) throw tooDeep(header.offset + start);
      rows[depth] = row;
    } else if (depth === 0) break;
  }
  return builder.finish();
}

function skipEntry(reader: ByteReader, { forms }: table.Abbreviation, unit: Unit): void {
  for (const form of forms) skipForm(reader, form, unit.header);
}

/** Reads functions and inlined bodies; those with code become rows. */
class EntryReader {
  private readonly unit: Unit;
  private readonly reader: ByteReader;

  constructor(unit: Unit, reader: ByteReader) {
    this.unit = unit;
    this.reader = reader;
  }

  /** @returns the row for what is inside the entry: its own, or `parent` where it has no code */
  addEntry = ({ tag, names, forms, implicit }: table.Abbreviation, offset: number, parent: number): number => {
    const { unit, reader } = this;
    const { header } = unit;
    let low = NaN;
    let highForm = 0;
    let high = 0;
    let rangesForm = 0;
    let ranges = 0;
    let origin: EntryReference = NaN;
    const call = { file: 0, line: 0, column: 0, discriminator: 0 };
    for (let i = 0; i < names.length; i++) {
      const form = forms[i] === dw.DW_FORM_indirect ? indirect(reader) : forms[i]!;
      switch (names[i]) {
        case dw.DW_AT_low_pc:
          low = unit.addressOf(form, readForm(reader, form, implicit[i]!, header));
          break;
        case dw.DW_AT_high_pc:
          highForm = form;
          high = readForm(reader, form, implicit[i]!, header);
          break;
        case dw.DW_AT_ranges:
          rangesForm = form;
          ranges = readForm(reader, form, implicit[i]!, header);
          break;
        case dw.DW_AT_abstract_origin:
          origin = referenceOf(unit, form, readForm(reader, form, implicit[i]!, header));
          break;
        case dw.DW_AT_call_file:
          call.file = readForm(reader, form, implicit[i]!, header);
          break;
        case dw.DW_AT_call_line:
          call.line = readForm(reader, form, implicit[i]!, header);
          break;
        case dw.DW_AT_call_column:
          call.column = readForm(reader, form, implicit[i]!, header);
          break;
        case dw.DW_AT_GNU_discriminator:
          call.discriminator = readForm(reader, form, implicit[i]!, header);
          break;
        default:
          skipForm(reader, form, header);
      }
    }
    const end = Number.isNaN(low) || highForm === 0 ? NaN : unit.highPc(low, highForm, high);
    if (!(end > low) && rangesForm === 0) return tag === dw.DW_TAG_subprogram ? -1 : parent;
    const isInlined = tag === dw.DW_TAG_inlined_subroutine;
    const row = builder.add(isInlined ? parent : -1, isInlined && !Number.isNaN(origin) ? origin : offset, low, call);
    if (end > low) builder.addRange(row, low, end);
    else readRanges(unit, rangesForm, ranges, (from, to) => builder.addRange(row, from, to));
    if (builder.ranges > MAX_RANGES) throw reader.fault('too-large', `a unit of more than ${MAX_RANGES} ranges`);
    return row;
  };
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
