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
/** The same where a walk may assume that what it looks for is not inside. */
export const STEP_SIBLING4_IF_HASTY = 8;
/** Needs the slow reader: indirect forms, forms nobody knows. */
export const STEP_SLOW = 9;

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
/** 1 for functions and inlined bodies that say where their code is. */
export const HAS_CODE = 7;
export const ROW = 8;
// an attribute: its name, form, index of its implicit value, bytes of its form if they are fixed (else -1), and what it is to a function
export const ATTRIBUTE = 5;
export const FORM = 1;
export const BYTES = 3;
export const SLOT = 4;

/** What the walk over functions reads of them; every other attribute is stepped over. */
export const SLOT_NONE = 0;
export const SLOT_LOW_PC = 1;
export const SLOT_HIGH_PC = 2;
export const SLOT_RANGES = 3;
export const SLOT_ORIGIN = 4;
export const SLOT_CALL_FILE = 5;
export const SLOT_CALL_LINE = 6;
export const SLOT_CALL_COLUMN = 7;
export const SLOT_CALL_DISCRIMINATOR = 8;
export const SLOT_SIBLING = 9;

function slotOf(name: number): number {
  switch (name) {
    case dw.DW_AT_low_pc:
      return SLOT_LOW_PC;
    case dw.DW_AT_high_pc:
      return SLOT_HIGH_PC;
    case dw.DW_AT_ranges:
      return SLOT_RANGES;
    case dw.DW_AT_abstract_origin:
      return SLOT_ORIGIN;
    case dw.DW_AT_call_file:
      return SLOT_CALL_FILE;
    case dw.DW_AT_call_line:
      return SLOT_CALL_LINE;
    case dw.DW_AT_call_column:
      return SLOT_CALL_COLUMN;
    case dw.DW_AT_GNU_discriminator:
      return SLOT_CALL_DISCRIMINATOR;
    case dw.DW_AT_sibling:
      return SLOT_SIBLING;
    default:
      return SLOT_NONE;
  }
}

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

  /** Index in `data` of a row's first attribute, and of the end of the last. */
  attributesFrom(row: number): number {
    return this.attributesAt + this.data[row + ATTRIBUTES]!;
  }

  attributesEnd(row: number): number {
    return this.attributesAt + this.data[row + ATTRIBUTES_END]!;
  }

  /** Value of the DW_FORM_implicit_const at an index in `data`. */
  implicitAt(attribute: number): number {
    return this.implicit[this.data[attribute + 2]!] ?? 0;
  }

  name(row: number, attribute: number): number {
    return this.data[this.attributesAt + this.data[row + ATTRIBUTES]! + attribute * ATTRIBUTE]!;
  }

  form(row: number, attribute: number): number {
    return this.data[this.attributesAt + this.data[row + ATTRIBUTES]! + attribute * ATTRIBUTE + FORM]!;
  }

  /** Value of a DW_FORM_implicit_const. */
  implicitValue(row: number, attribute: number): number {
    return this.implicitAt(this.attributesFrom(row) + attribute * ATTRIBUTE);
  }
}

/** Reads a declaration after its code: a row, its attributes and its steps. */
function readDeclaration(reader: ByteReader, sizes: FormSizes, implicit: number[]): void {
  const tag = reader.uleb();
  const hasChildren = reader.u8() !== 0;
  const firstAttribute = attributes.count;
  const firstStep = steps.count;
  const skipsToSibling = hasChildren && childrenHoldNoCode(tag);
  const isFunction = tag === dw.DW_TAG_subprogram || tag === dw.DW_TAG_inlined_subroutine;
  let hasCode = false;
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
    attributes.push(fixedSize(form, sizes));
    const slot = slotOf(name);
    attributes.push(slot);
    if (slot === SLOT_LOW_PC || slot === SLOT_RANGES) hasCode = isFunction;
    if (form === dw.DW_FORM_implicit_const) implicit.push(reader.sleb());
    if (complete) continue;
    if (skipsToSibling && name === dw.DW_AT_sibling && form === dw.DW_FORM_ref4) {
      steps.push(STEP_SIBLING4);
      steps.push(0);
      complete = true;
    } else if (hasChildren && name === dw.DW_AT_sibling && form === dw.DW_FORM_ref4 && seldomHoldsCode(tag)) {
      steps.push(STEP_SIBLING4_IF_HASTY);
      steps.push(0);
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
  rows.push(hasCode ? 1 : 0);
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

/** Entries whose children hold code in some languages: member functions, nested functions. */
function seldomHoldsCode(tag: number): boolean {
  switch (tag) {
    case dw.DW_TAG_class_type:
    case dw.DW_TAG_interface_type:
    case dw.DW_TAG_structure_type:
    case dw.DW_TAG_union_type:
    case dw.DW_TAG_subprogram:
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
