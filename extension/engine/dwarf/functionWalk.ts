/** Walks the entries of one unit and collects its functions and inlined bodies. Everything else is stepped over as fast as can be. */
import { Scratch } from '../elf/byteSource.ts';
import * as table from './abbreviations.ts';
import type { FileError } from '../elf/errors.ts';
import { countUpTo } from '../elf/sortedOrder.ts';
import { ByteReader } from './byteReader.ts';
import * as dw from './constants.ts';
import { type EntryReference, type FunctionTable, FunctionTableBuilder } from './functionTable.ts';
import { indirect, readForm, skipForm } from './forms.ts';
import { readRanges } from './rangeList.ts';
import type { Unit } from './unit.ts';
import { tooDeep } from './unitIndex.ts';

/** Deeper nesting than any compiler's. */
const MAX_DEPTH = 2048;
/** Ranges that any unit may have. More are counted against the bytes there are for them: in a damaged file many entries share one long list. */
const SOME_RANGES = 65_536;

const unitScratch = new Scratch();
const builder = new FunctionTableBuilder();
/** Row of the function around the entries of each depth. */
const rows = new Int32Array(MAX_DEPTH + 1);

/** Inside a function that nobody asked for. */
const PASSED_OVER = -2;

/**
 * Every function of a unit.
 * @throws FileError
 */
export function functionsOf(unit: Unit): FunctionTable {
  return new Walk(unit, undefined, false).run().finish(true);
}

/**
 * The functions over some addresses, and what is inlined there. The table and `unit.whole` are valid until the next call, and cost no memory.
 * @param wanted ascending
 * @param hasty steps over functions and types whole where the compiler says how; functions nested in those are missed
 * @throws FileError
 */
export function functionsAt(unit: Unit, wanted: Float64Array, hasty: boolean): FunctionTable {
  return new Walk(unit, wanted, hasty).run().finish(false);
}

class Walk {
  private readonly unit: Unit;
  private readonly wanted: Float64Array | undefined;
  private readonly hasty: boolean;
  private readonly reader: ByteReader;
  private readonly view: DataView;
  private readonly abbreviations: table.AbbreviationTable;
  /** Where the entry that `add` has read ends, or its children, if they are to be passed over; NaN: its children come next. */
  private at = 0;
  private sibling = NaN;
  private rangesSeen = 0;
  private readonly mostRanges: number;

  constructor(unit: Unit, wanted: Float64Array | undefined, hasty: boolean) {
    const { header, sections } = unit;
    const bytes = sections.info.slice(header.offset, header.end - header.offset, unitScratch);
    this.unit = unit;
    this.wanted = wanted;
    this.hasty = hasty;
    this.reader = new ByteReader(bytes, sections.order, sections.info.name, header.offset);
    this.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.abbreviations = unit.abbreviations();
    const lists = header.version >= 5 ? sections.get('.debug_rnglists') : (unit.skeleton ?? unit).sections.get('.debug_ranges');
    this.mostRanges = SOME_RANGES + bytes.length + lists.size;
  }

  run(): FunctionTableBuilder {
    const { abbreviations, reader, view, hasty } = this;
    const { header, sections } = this.unit;
    const { bytes } = reader;
    const { littleEndian } = sections.order;
    const { data, codes } = abbreviations;
    const end = bytes.length;
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
      if (data[entry + table.HAS_CODE] === 1 && (row !== PASSED_OVER || tag === dw.DW_TAG_subprogram)) {
        row = this.add(entry, tag, start, at, row);
        at = this.at;
        if (children && !Number.isNaN(this.sibling)) {
          at = this.sibling;
          children = false;
        }
      } else {
        if (tag === dw.DW_TAG_subprogram) row = -1;
        if (fixed >= 0) {
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
              case table.STEP_SIBLING4_IF_HASTY:
              case table.STEP_SIBLING4: {
                if (!hasty && data[i] !== table.STEP_SIBLING4) {
                  at += 4;
                  break;
                }
                const sibling = at + 4 <= end ? view.getUint32(at, littleEndian) : end + 1;
                if (sibling <= at || sibling > end) throw reader.fault('corrupt', 'an entry whose sibling is not after it', at);
                at = sibling;
                children = false;
                i = stepsEnd;
                break;
              }
              default:
                // the rare forms, from the first attribute
                reader.at = start;
                reader.uleb();
                this.skip(entry);
                at = reader.at;
                i = stepsEnd;
            }
          }
          if (Number.isNaN(at)) at = end + 1;
        }
      }
      if (at > end) throw reader.fault('truncated', 'the unit ends inside an entry', start);
      if (children) {
        if (++depth > MAX_DEPTH) throw tooDeep(header.offset + start);
        rows[depth] = row;
      } else if (depth === 0) break;
    }
    if (this.wanted !== undefined) this.unit.whole = reader;
    return builder;
  }

  private skip(entry: number): void {
    const { reader, unit, abbreviations } = this;
    const count = abbreviations.attributes(entry);
    for (let i = 0; i < count; i++) skipForm(reader, abbreviations.form(entry, i), unit.header);
  }

  /**
   * Reads a function or an inlined body at `start`, whose attributes begin at `at`.
   * @returns the row for what is inside it: its own; PASSED_OVER where none of the addresses is in it; or, where it has no code, -1 for functions and
   * `parent` for inlined bodies
   */
  private add(entry: number, tag: number, start: number, from: number, parent: number): number {
    const { unit, reader, abbreviations, view, wanted } = this;
    const { header, sections } = unit;
    const { littleEndian } = sections.order;
    const { data } = abbreviations;
    const { bytes } = reader;
    let at = from;
    let low = NaN;
    let highForm = 0;
    let high = 0;
    let rangesForm = 0;
    let ranges = 0;
    let origin: EntryReference = NaN;
    let sibling = NaN;
    let callFile = 0;
    let callLine = 0;
    let callColumn = 0;
    let callDiscriminator = 0;
    const attributesEnd = abbreviations.attributesEnd(entry);
    for (let i = abbreviations.attributesFrom(entry); i < attributesEnd; i += table.ATTRIBUTE) {
      const size = data[i + table.BYTES]!;
      const slot = data[i + table.SLOT]!;
      if (slot === table.SLOT_NONE && size >= 0) {
        at += size;
        continue;
      }
      let form = data[i + table.FORM]!;
      let value: number;
      if (size === 1 && at < bytes.length) value = bytes[at++]!;
      else if (size === 2 && at + 2 <= bytes.length) {
        value = view.getUint16(at, littleEndian);
        at += 2;
      } else if (size === 4 && at + 4 <= bytes.length) {
        value = view.getUint32(at, littleEndian);
        at += 4;
      } else if (form === dw.DW_FORM_implicit_const) {
        value = abbreviations.implicitAt(i);
      } else {
        reader.at = at;
        if (form === dw.DW_FORM_indirect) form = indirect(reader);
        if (slot === table.SLOT_NONE) {
          skipForm(reader, form, header);
          value = 0;
        } else {
          value = readForm(reader, form, 0, header);
        }
        at = reader.at;
      }
      switch (slot) {
        case table.SLOT_LOW_PC:
          low = unit.addressOf(form, value);
          break;
        case table.SLOT_HIGH_PC:
          highForm = form;
          high = value;
          break;
        case table.SLOT_RANGES:
          rangesForm = form;
          ranges = value;
          break;
        case table.SLOT_ORIGIN:
          origin = referenceOf(unit, form, value);
          break;
        case table.SLOT_CALL_FILE:
          callFile = value;
          break;
        case table.SLOT_CALL_LINE:
          callLine = value;
          break;
        case table.SLOT_CALL_COLUMN:
          callColumn = value;
          break;
        case table.SLOT_CALL_DISCRIMINATOR:
          callDiscriminator = value;
          break;
        case table.SLOT_SIBLING:
          sibling = form === dw.DW_FORM_ref4 ? value : NaN;
          break;
        default:
      }
    }
    this.at = at;
    this.sibling = NaN;
    const isInlined = tag === dw.DW_TAG_inlined_subroutine;
    const end = Number.isNaN(low) || highForm === 0 ? NaN : unit.highPc(low, highForm, high);
    if (!(end > low) && rangesForm === 0) return isInlined ? parent : -1;
    if (wanted !== undefined && !(end > low ? holdsAny(wanted, low, end) : this.rangesHoldAny(wanted, rangesForm, ranges))) {
      // what is inlined never reaches beyond what it is inlined into
      if ((this.hasty || isInlined) && !Number.isNaN(sibling)) {
        if (sibling < at || sibling > bytes.length) throw reader.fault('corrupt', 'an entry whose sibling is not after it', at);
        this.sibling = sibling;
      }
      return PASSED_OVER;
    }
    const named = isInlined && !Number.isNaN(origin) ? origin : header.offset + start;
    const row = builder.add(isInlined ? parent : -1, named, low, callFile, callLine, callColumn, callDiscriminator);
    if (end > low) builder.addRange(row, low, end);
    else readRanges(unit, rangesForm, ranges, (lowest, highest) => builder.addRange(row, lowest, highest));
    if (builder.ranges > this.mostRanges) throw this.tooMany();
    return row;
  }

  private rangesHoldAny(wanted: Float64Array, form: number, value: number): boolean {
    let holds = false;
    readRanges(this.unit, form, value, (low, high) => {
      holds ||= holdsAny(wanted, low, high);
      this.rangesSeen++;
    });
    if (this.rangesSeen > this.mostRanges) throw this.tooMany();
    return holds;
  }

  private tooMany(): FileError {
    return this.reader.fault('too-large', `a unit of more than ${this.mostRanges} ranges`);
  }
}

function holdsAny(ascending: Float64Array, low: number, high: number): boolean {
  const next = countUpTo(ascending, low);
  return (next > 0 && ascending[next - 1] === low) || (next < ascending.length && ascending[next]! < high);
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
