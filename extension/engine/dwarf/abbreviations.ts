/** Abbreviation tables (DWARF 5, section 7.5.3), with what is needed to walk quickly over entries nobody asked for. */
import type { ByteReader } from './byteReader.ts';
import * as dw from './constants.ts';
import { fixedSize, type FormSizes, isUleb } from './forms.ts';

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
/** Codes up to this are indexes; compilers count from 1. */
const MAX_DENSE_CODE = 1 << 16;

/** What rows hold for codes that the table has: no such code, and `steps` tell how to go over the attributes. */
export const NO_ENTRY = -2;
export const BY_STEPS = -1;

// where in a row of a table's data each thing is
export const TAG = 0;
export const CHILDREN = 1;
export const FIXED_BYTES = 2;
const ATTRIBUTES = 3;
const ATTRIBUTES_END = 4;
const STEPS = 5;
const STEPS_END = 6;
export const ROW = 7;
// an attribute
const ATTRIBUTE = 3;

/** Where tables are collected before they are cut to size. */
class Words {
  values = new Int32Array(16 * 1024);
  count = 0;

  push(value: number): void {
    if (this.count === this.values.length) {
      const grown = new Int32Array(this.count * 2);
      grown.set(this.values);
      this.values = grown;
    }
    this.values[this.count++] = value;
  }
}
const rows = new Words();
const attributes = new Words();
const steps = new Words();

/**
 * A table decoded as a whole, for units with forms of the given sizes. Everything is in one array of numbers, because a file has thousands of tables
 * with hundreds of rows.
 */
export class AbbreviationTable {
  /** Rows of codes from 0, then attributes, then steps. */
  readonly data: Int32Array;
  /** Codes below this have rows. */
  readonly codes: number;
  private readonly implicit: readonly number[];
  /** Rows of codes too large to be indexes. */
  private readonly sparse: ReadonlyMap<number, number>;
  private readonly attributesAt: number;
  private readonly stepsAt: number;

  constructor(reader: ByteReader, sizes: FormSizes) {
    rows.count = attributes.count = steps.count = 0;
    const implicit: number[] = [];
    const sparse = new Map<number, number>();
    const order: number[] = [];
    for (;;) {
      const code = reader.uleb();
      if (code === 0) break;
      const at = rows.count;
      readDeclaration(reader, sizes, implicit);
      order.push(code, at);
    }
    let codes = 1;
    for (let i = 0; i < order.length; i += 2) if (order[i]! <= MAX_DENSE_CODE && order[i]! >= codes) codes = order[i]! + 1;
    this.codes = codes;
    let sparseRows = codes;
    for (let i = 0; i < order.length; i += 2) if (order[i]! > MAX_DENSE_CODE && !sparse.has(order[i]!)) sparse.set(order[i]!, sparseRows++);
    this.attributesAt = sparseRows * ROW;
    this.stepsAt = this.attributesAt + attributes.count;
    this.data = new Int32Array(this.stepsAt + steps.count);
    for (let code = 0; code < sparseRows; code++) this.data[code * ROW + FIXED_BYTES] = NO_ENTRY;
    for (let i = 0; i < order.length; i += 2) {
      const to = (sparse.get(order[i]!) ?? order[i]!) * ROW;
      // of a code declared twice the first counts
      if (this.data[to + FIXED_BYTES] === NO_ENTRY) this.data.set(rows.values.subarray(order[i + 1], order[i + 1]! + ROW), to);
    }
    this.data.set(attributes.values.subarray(0, attributes.count), this.attributesAt);
    this.data.set(steps.values.subarray(0, steps.count), this.stepsAt);
    this.implicit = implicit;
    this.sparse = sparse;
  }

  /** The row of a code, for the methods below; -1 where there is none. */
  row(code: number): number {
    const at = (code < this.codes ? code : (this.sparse.get(code) ?? -1)) * ROW;
    return at >= 0 && this.data[at + FIXED_BYTES] !== NO_ENTRY ? at : -1;
  }

  tag(row: number): number {
    return this.data[row + TAG]!;
  }

  hasChildren(row: number): boolean {
    return this.data[row + CHILDREN] === 1;
  }

  /** Bytes of all attributes together where that is fixed; else BY_STEPS. */
  fixedBytes(row: number): number {
    return this.data[row + FIXED_BYTES]!;
  }

  /** Index in `data` of the first step, and of the end of the last. */
  steps(row: number): number {
    return this.stepsAt + this.data[row + STEPS]!;
  }

  stepsEnd(row: number): number {
    return this.stepsAt + this.data[row + STEPS_END]!;
  }

  /** Number of attributes, as `name`, `form` and `implicitValue` know them. */
  attributes(row: number): number {
    return (this.data[row + ATTRIBUTES_END]! - this.data[row + ATTRIBUTES]!) / ATTRIBUTE;
  }

  name(row: number, attribute: number): number {
    return this.data[this.attributesAt + this.data[row + ATTRIBUTES]! + attribute * ATTRIBUTE]!;
  }

  form(row: number, attribute: number): number {
    return this.data[this.attributesAt + this.data[row + ATTRIBUTES]! + attribute * ATTRIBUTE + 1]!;
  }

  /** Value of a DW_FORM_implicit_const. */
  implicitValue(row: number, attribute: number): number {
    return this.implicit[this.data[this.attributesAt + this.data[row + ATTRIBUTES]! + attribute * ATTRIBUTE + 2]!] ?? 0;
  }
}

/** Reads a declaration after its code: a row, its attributes and its steps. */
function readDeclaration(reader: ByteReader, sizes: FormSizes, implicit: number[]): void {
  const tag = reader.uleb();
  const hasChildren = reader.u8() !== 0;
  const firstAttribute = attributes.count;
  const firstStep = steps.count;
  const skipsToSibling = hasChildren && childrenHoldNoCode(tag);
  let complete = false;
  for (;;) {
    const name = reader.uleb();
    const form = reader.uleb();
    if (name === 0 && form === 0) break;
    if (attributes.count - firstAttribute >= MAX_ATTRIBUTES * ATTRIBUTE) {
      throw reader.fault('corrupt', `an abbreviation of more than ${MAX_ATTRIBUTES} attributes`);
    }
    attributes.push(name);
    attributes.push(form);
    attributes.push(implicit.length);
    if (form === dw.DW_FORM_implicit_const) implicit.push(reader.sleb());
    if (complete) continue;
    if (skipsToSibling && name === dw.DW_AT_sibling && form === dw.DW_FORM_ref4) {
      steps.push(STEP_SIBLING4);
      steps.push(0);
      complete = true;
    } else {
      addStep(form, sizes, firstStep);
    }
  }
  const stepCount = steps.count - firstStep;
  const isFixed = stepCount === 2 && steps.values[firstStep] === STEP_BYTES;
  rows.push(tag);
  rows.push(hasChildren ? 1 : 0);
  rows.push(stepCount === 0 ? 0 : isFixed ? steps.values[firstStep + 1]! : BY_STEPS);
  rows.push(firstAttribute);
  rows.push(attributes.count);
  rows.push(firstStep);
  rows.push(steps.count);
}

function addStep(form: number, sizes: FormSizes, first: number): void {
  const size = fixedSize(form, sizes);
  if (size === 0) return;
  const last = steps.count - 2;
  if (size > 0 && last >= first && steps.values[last] === STEP_BYTES) {
    steps.values[last + 1]! += size;
    return;
  }
  steps.push(size > 0 ? STEP_BYTES : variableStep(form));
  steps.push(Math.max(0, size));
}

/**
 * Entries whose children never hold code, in any language. Classes are not among them: rustc puts functions into the types they belong to.
 */
function childrenHoldNoCode(tag: number): boolean {
  switch (tag) {
    case dw.DW_TAG_enumeration_type:
    case dw.DW_TAG_array_type:
    case dw.DW_TAG_subroutine_type:
    case dw.DW_TAG_call_site:
    case dw.DW_TAG_GNU_call_site:
      return true;
    default:
      return false;
  }
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
      return isUleb(form) ? STEP_ULEB : STEP_SLOW;
  }
}

/** Names, forms and implicit values of one declaration. */
export interface Declaration {
  readonly tag: number;
  readonly names: readonly number[];
  readonly forms: readonly number[];
  readonly implicit: readonly number[];
}

/** Finds one declaration without decoding the table; undefined where the table ends before it. */
export function findDeclaration(reader: ByteReader, wanted: number): Declaration | undefined {
  for (;;) {
    const code = reader.uleb();
    if (code === 0) return undefined;
    const tag = reader.uleb();
    reader.u8();
    if (code === wanted) return { tag, ...readAttributes(reader) };
    skipAttributes(reader);
  }
}

function skipAttributes(reader: ByteReader): void {
  for (let name = -1, form = -1; name !== 0 || form !== 0;) {
    name = reader.uleb();
    form = reader.uleb();
    if (form === dw.DW_FORM_implicit_const) reader.sleb();
  }
}

function readAttributes(reader: ByteReader): Omit<Declaration, 'tag'> {
  const names: number[] = [];
  const forms: number[] = [];
  const implicit: number[] = [];
  for (;;) {
    const name = reader.uleb();
    const form = reader.uleb();
    if (name === 0 && form === 0) return { names, forms, implicit };
    if (names.length >= MAX_ATTRIBUTES) throw reader.fault('corrupt', `an abbreviation of more than ${MAX_ATTRIBUTES} attributes`);
    names.push(name);
    forms.push(form);
    implicit.push(form === dw.DW_FORM_implicit_const ? reader.sleb() : 0);
  }
}
