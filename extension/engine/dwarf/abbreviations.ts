/** Abbreviation tables (DWARF 5, section 7.5.3), with what is needed to walk quickly over entries nobody asked for. */
import type { ByteReader } from './byteReader.ts';
import * as dw from './constants.ts';
import { fixedSize, type FormSizes, isUleb } from './forms.ts';

export interface Abbreviation {
  readonly tag: number;
  readonly hasChildren: boolean;
  /** Attribute names and forms, in order. */
  readonly names: readonly number[];
  readonly forms: readonly number[];
  /** Values of DW_FORM_implicit_const. */
  readonly implicit: readonly number[];
}

/** What a walk does with an entry. */
export const ENTRY_SKIP = 0;
export const ENTRY_SUBPROGRAM = 1;
export const ENTRY_INLINED = 2;

/** Steps over the attributes of one entry, in pairs of a step and its operand. */
export const STEP_BYTES = 0;
export const STEP_ULEB = 1;
export const STEP_STRING = 2;
export const STEP_BLOCK1 = 3;
export const STEP_BLOCK2 = 4;
export const STEP_BLOCK4 = 5;
export const STEP_BLOCK = 6;
/** A DW_AT_sibling that is a ref4: the walk goes on there, past the entry's children. */
export const STEP_SIBLING4 = 7;
/** Needs the slow reader: indirect forms, forms nobody knows. */
export const STEP_SLOW = 8;

/** More attributes than any compiler writes. */
const MAX_ATTRIBUTES = 1024;

/** Reads one declaration; undefined at the end of the table. */
export function readAbbreviation(reader: ByteReader): { code: number; abbreviation: Abbreviation } | undefined {
  const code = reader.uleb();
  if (code === 0) return undefined;
  const tag = reader.uleb();
  const hasChildren = reader.u8() !== 0;
  const names: number[] = [];
  const forms: number[] = [];
  const implicit: number[] = [];
  for (;;) {
    const name = reader.uleb();
    const form = reader.uleb();
    if (name === 0 && form === 0) return { code, abbreviation: { tag, hasChildren, names, forms, implicit } };
    if (names.length >= MAX_ATTRIBUTES) throw reader.fault('corrupt', `an abbreviation of more than ${MAX_ATTRIBUTES} attributes`);
    names.push(name);
    forms.push(form);
    implicit.push(form === dw.DW_FORM_implicit_const ? reader.sleb() : 0);
  }
}

/** A table decoded as a whole, for units with forms of the given sizes. */
export class AbbreviationTable {
  /** By code; codes that are no small numbers are in `sparse`. */
  private readonly dense: (Abbreviation | undefined)[] = [];
  private readonly sparse = new Map<number, Abbreviation>();
  /** By code, for the codes below its length: bytes of all attributes where that is fixed, -1 where `steps` tell, -2 where there is no such code. */
  readonly fixedBytes: Int32Array;
  readonly hasChildren: Uint8Array;
  readonly entryKind: Uint8Array;
  readonly steps: (Int32Array | undefined)[] = [];

  constructor(reader: ByteReader, sizes: FormSizes) {
    const most = reader.left;
    for (;;) {
      const read = readAbbreviation(reader);
      if (read === undefined) break;
      const { code, abbreviation } = read;
      if (code <= most) this.dense[code] ??= abbreviation;
      else if (!this.sparse.has(code)) this.sparse.set(code, abbreviation);
    }
    const count = this.dense.length;
    this.fixedBytes = new Int32Array(count).fill(-2);
    this.hasChildren = new Uint8Array(count);
    this.entryKind = new Uint8Array(count);
    for (let code = 1; code < count; code++) {
      const abbreviation = this.dense[code];
      if (abbreviation === undefined) continue;
      this.hasChildren[code] = abbreviation.hasChildren ? 1 : 0;
      this.entryKind[code] = kindOf(abbreviation.tag);
      const steps = stepsOver(abbreviation, sizes);
      this.fixedBytes[code] = steps.length === 0 ? 0 : steps.length === 2 && steps[0] === STEP_BYTES ? steps[1]! : -1;
      this.steps[code] = steps;
    }
  }

  get(code: number): Abbreviation | undefined {
    return code < this.dense.length ? this.dense[code] : this.sparse.get(code);
  }
}

function kindOf(tag: number): number {
  if (tag === dw.DW_TAG_subprogram) return ENTRY_SUBPROGRAM;
  return tag === dw.DW_TAG_inlined_subroutine ? ENTRY_INLINED : ENTRY_SKIP;
}

/** Entries whose children never hold code: types of C and C++ declare functions, their bodies stand elsewhere. */
function childrenHoldNoCode(tag: number): boolean {
  return tag === dw.DW_TAG_enumeration_type || tag === dw.DW_TAG_array_type || tag === dw.DW_TAG_subroutine_type || isCallSite(tag);
}

const isCallSite = (tag: number): boolean => tag === dw.DW_TAG_call_site || tag === dw.DW_TAG_GNU_call_site;

function stepsOver({ tag, hasChildren, names, forms }: Abbreviation, sizes: FormSizes): Int32Array {
  const steps: number[] = [];
  const bytes = (count: number): void => {
    if (count === 0) return;
    if (steps.at(-2) === STEP_BYTES) steps[steps.length - 1] = steps.at(-1)! + count;
    else steps.push(STEP_BYTES, count);
  };
  for (let i = 0; i < names.length; i++) {
    const form = forms[i]!;
    if (names[i] === dw.DW_AT_sibling && form === dw.DW_FORM_ref4 && hasChildren && childrenHoldNoCode(tag)) {
      steps.push(STEP_SIBLING4, 0);
      break;
    }
    const size = fixedSize(form, sizes);
    if (size >= 0) bytes(size);
    else if (isUleb(form)) steps.push(STEP_ULEB, 0);
    else steps.push(variableStep(form), 0);
  }
  return Int32Array.from(steps);
}

function variableStep(form: number): number {
  switch (form) {
    case dw.DW_FORM_string:
      return STEP_STRING;
    case dw.DW_FORM_block1:
      return STEP_BLOCK1;
    case dw.DW_FORM_block2:
      return STEP_BLOCK2;
    case dw.DW_FORM_block4:
      return STEP_BLOCK4;
    case dw.DW_FORM_block:
    case dw.DW_FORM_exprloc:
      return STEP_BLOCK;
    default:
      return STEP_SLOW;
  }
}
