/** What call frame information says of one address (DWARF 5, 6.4.1): where the frame begins, and where its caller's registers are. */

/** Columns kept: the sixteen general registers of x86-64 and the return address. Vector registers and flags are read over. */
export const COLUMNS = 17;

/** How a caller's register is found. SAME is also the answer where nothing is said. */
export const UNDEFINED = 0;
export const SAME = 1;
/** In memory at CFA + value. */
export const AT_CFA = 2;
/** It is CFA + value. */
export const IS_CFA = 3;
/** In register number value. */
export const IN_REGISTER = 4;
/** In memory at the address that expression number value computes. */
export const AT_EXPRESSION = 5;
/** It is what expression number value computes. */
export const IS_EXPRESSION = 6;
/** Nothing was said: the ABI decides (rsp is the CFA, everything else is as it was). */
export const UNSPECIFIED = 7;

export type RuleKind = 0 | 1 | 2 | 3 | 4 | 5 | 6 | 7;

export interface CfiRow {
  /** First address the row holds for, as the file's AddressSpace counts. */
  readonly start: number;
  /** First address it no longer holds for. */
  readonly end: number;
  /** Register the CFA is counted from; -1: it is an expression. */
  readonly cfaRegister: number;
  /** Bytes from that register to the CFA, or the number of the expression. */
  readonly cfaOffset: number;
  /** A rule's kind for each of `COLUMNS` columns. */
  readonly kinds: Uint8Array;
  /** What the kind says it is: bytes, register or expression. */
  readonly values: Float64Array;
}

/** The rows of one function, by address, and what belongs to all of them. */
export interface CfiFunction {
  readonly start: number;
  readonly end: number;
  /** Column of the return address; 16 on x86-64. */
  readonly returnColumn: number;
  /** An interrupted frame: its caller's address is exact, not one after a call (augmentation S). */
  readonly signal: boolean;
  readonly rows: readonly CfiRow[];
  readonly expressions: readonly Uint8Array[];
}

/** The row of an address inside the function. */
export function rowAt(fn: CfiFunction, address: number): CfiRow | undefined {
  const { rows } = fn;
  let low = 0;
  let high = rows.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (rows[middle]!.start <= address) low = middle + 1;
    else high = middle;
  }
  const row = rows[low - 1];
  return row !== undefined && address < row.end ? row : undefined;
}
