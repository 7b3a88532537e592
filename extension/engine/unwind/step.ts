/** One step of an unwinding: from a frame to its caller, as rules in the form of call frame information, wherever they were learnt. */
import {
  AT_CFA,
  AT_EXPRESSION,
  type CfiFunction,
  type CfiRow,
  COLUMNS,
  IN_REGISTER,
  IS_EXPRESSION,
  SAME,
  UNDEFINED,
  UNSPECIFIED,
} from '../dwarf/cfiRow.ts';
import { RIP, RSP } from './photograph.ts';

/** Where a step was learnt. */
export type Method =
  /** `.eh_frame` or `.debug_frame`. */
  | 'cfi'
  /** The instructions of the function, from its entry to the address. */
  | 'instructions'
  /** The chain of frame pointers. */
  | 'frame-pointer'
  /** The stubs that Xen writes into the hypercall page. */
  | 'hypercall-page';

/** How a frame was found: by what its callee's code says, or, where nothing does, on the stack: as what a call to the callee leaves there. */
export type Way = 'registers' | Method | 'scanned';

export interface Step {
  readonly method: Method;
  readonly row: CfiRow;
  readonly expressions: readonly Uint8Array[];
  readonly returnColumn: number;
  /** The caller was interrupted: its address is exact, and all its registers still hold. */
  readonly signal: boolean;
  /** Start of the function or stub the frame is in: what a direct call to it must name. NaN where unknown. */
  readonly entry: number;
  /** Two methods say the same of where the CFA is. */
  readonly agreed: boolean;
  /** The function may begin elsewhere, and then these are not its rules: only a call of this very beginning proves them. */
  readonly isGuess: boolean;
  /** Neither the CFA nor a register needs an expression or another register: the common case. */
  readonly simple: boolean;
  /** Columns saved in memory and their distance from the CFA, in pairs: all there is to a simple step. */
  readonly saved: readonly number[];
}

export function stepOf(
  method: Method,
  fn: Omit<CfiFunction, 'rows' | 'start' | 'end'>,
  row: CfiRow,
  entry: number,
  { agreed = false, isGuess = false } = {},
): Step {
  let simple = row.cfaRegister >= 0;
  const saved: number[] = [];
  for (let column = 0; column < COLUMNS; column++) {
    const kind = row.kinds[column]!;
    if (kind === AT_CFA) saved.push(column, row.values[column]!);
    else if (kind === AT_EXPRESSION || kind === IS_EXPRESSION || kind === IN_REGISTER) simple = false;
    else if (kind !== UNSPECIFIED && (kind !== SAME || column === RSP)) simple = false;
  }
  const { expressions, returnColumn, signal } = fn;
  return { method, row, expressions, returnColumn, signal, entry, agreed, isGuess, simple, saved };
}

/** Rules that hold everywhere: where the CFA is and what is saved at which distance from it. */
export function plainRow(cfaRegister: number, cfaOffset: number, saved: Readonly<Record<number, number>>): CfiRow {
  const kinds = new Uint8Array(COLUMNS).fill(UNSPECIFIED);
  const values = new Float64Array(COLUMNS);
  for (const [column, offset] of Object.entries(saved)) {
    kinds[Number(column)] = AT_CFA;
    values[Number(column)] = offset;
  }
  return { start: -Infinity, end: Infinity, cfaRegister, cfaOffset, kinds, values };
}

/** What belongs to rules that no call frame information gave. */
export const PLAIN = { expressions: [], returnColumn: RIP, signal: false } as const;

/** A frame that nothing has called. */
export function outermostStep(method: Method, entry: number): Step {
  const row = plainRow(RSP, 8, {});
  row.kinds[RIP] = UNDEFINED;
  return stepOf(method, PLAIN, row, entry);
}
