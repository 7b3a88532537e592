/** What functions are called: by following abstract origins and specifications from entry to entry, across units and files. */
import type { ByteReader } from './byteReader.ts';
import * as dw from './constants.ts';
import type { EntryReference } from './functionTable.ts';
import { referenceOf } from './functionWalk.ts';
import { indirect, readForm } from './forms.ts';
import type { Unit } from './unit.ts';

export interface FunctionName {
  readonly name: string | undefined;
  readonly linkageName: string | undefined;
  /** Where it is declared: index in the file table of `unit`, or NaN; and line, 0 where unknown. */
  readonly declFile: number;
  readonly declLine: number;
  readonly unit: Unit;
}

/** Finds the unit of an entry reference. */
export type UnitFinder = (unit: Unit, reference: EntryReference) => { unit: Unit; offset: number } | undefined;

/** Longer chains are cycles. */
const MAX_HOPS = 32;

/** @throws FileError where an entry cannot be read */
export function readFunctionName(start: Unit, reference: EntryReference, find: UnitFinder): FunctionName {
  let name: string | undefined;
  let linkageName: string | undefined;
  let declFile = NaN;
  let declLine = 0;
  let declUnit = start;
  let next = find(start, reference);
  for (let hop = 0; next !== undefined && hop < MAX_HOPS; hop++) {
    const { unit, offset } = next;
    const entry = unit.readEntry(offset, (reader) => readAttributes(unit, reader));
    name ??= entry.name;
    linkageName ??= entry.linkageName;
    if (declLine === 0) declLine = entry.declLine;
    if (Number.isNaN(declFile) && !Number.isNaN(entry.declFile)) {
      declFile = entry.declFile;
      declUnit = unit;
    }
    next = Number.isNaN(entry.origin) ? undefined : find(unit, entry.origin);
  }
  return { name, linkageName, declFile, declLine, unit: declUnit };
}

interface Entry {
  readonly name: string | undefined;
  readonly linkageName: string | undefined;
  readonly declFile: number;
  readonly declLine: number;
  readonly origin: EntryReference;
}

function readAttributes(unit: Unit, reader: ByteReader): Entry {
  const { header } = unit;
  const code = reader.uleb();
  const abbreviations = unit.abbreviations();
  const row = abbreviations.row(code);
  if (row === -1) throw reader.fault('corrupt', `a reference to what is no entry (abbreviation ${code})`, 0);
  const count = abbreviations.attributes(row);
  let name: string | undefined;
  let linkageName: string | undefined;
  let declFile = NaN;
  let declLine = 0;
  let origin: EntryReference = NaN;
  for (let i = 0; i < count; i++) {
    const declared = abbreviations.form(row, i);
    const form = declared === dw.DW_FORM_indirect ? indirect(reader) : declared;
    const value = readForm(reader, form, form === dw.DW_FORM_implicit_const ? abbreviations.implicitValue(row, i) : 0, header);
    switch (abbreviations.name(row, i)) {
      case dw.DW_AT_name:
        name = unit.stringOf(form, value);
        break;
      case dw.DW_AT_linkage_name:
      case dw.DW_AT_MIPS_linkage_name:
        linkageName = unit.stringOf(form, value);
        break;
      case dw.DW_AT_decl_file:
        declFile = value;
        break;
      case dw.DW_AT_decl_line:
        declLine = value;
        break;
      case dw.DW_AT_abstract_origin:
      case dw.DW_AT_specification:
        origin = referenceOf(unit, form, value);
        break;
      default:
    }
  }
  return { name, linkageName, declFile, declLine, origin };
}
