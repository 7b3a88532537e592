/** A state of the stack as unwinding rules: where the CFA is, and where the caller's registers are. */
import { AT_CFA, AT_EXPRESSION, type CfiRow, COLUMNS, IN_REGISTER, SAME, UNDEFINED, UNSPECIFIED } from '../../dwarf/cfiRow.ts';
import { RIP } from '../photograph.ts';
import { addressValue, baseOf, entryValue, isAddress, moved, offsetOf, type StackState, type Value, ZERO } from './stackState.ts';
import { BP, BX, SP } from './writes.ts';

/** DWARF's numbers of the registers, by their hardware numbers. */
const column: readonly number[] = [0, 2, 1, 3, 7, 6, 4, 5, 8, 9, 10, 11, 12, 13, 14, 15];
/** Registers a called function must leave as they were, the likeliest to lead to the CFA first. */
const PRESERVED: readonly number[] = [SP, BP, BX, 12, 13, 14, 15];
const EVERY: readonly number[] = [...PRESERVED, 0, 1, 2, 6, 7, 8, 9, 10, 11];

const DW_OP_breg0 = 0x70;
const DW_OP_deref = 0x06;
const DW_OP_consts = 0x11;
const DW_OP_plus = 0x22;

function sleb(value: number): number[] {
  const bytes: number[] = [];
  for (let rest = value; ; rest >>= 7) {
    const byte = rest & 0x7f;
    if (rest >> 6 === 0 || rest >> 6 === -1) return [...bytes, byte];
    bytes.push(byte | 0x80);
  }
}

export interface CodeRules {
  readonly row: CfiRow;
  readonly expressions: readonly Uint8Array[];
}

/**
 * @param inCall the frame has made a call: only what a call preserves can be counted on
 * @returns undefined where nothing leads to the CFA
 */
export function rulesOf(state: StackState, inCall: boolean): CodeRules | undefined {
  const usable = inCall ? PRESERVED : EVERY;
  const expressions: Uint8Array[] = [];
  const cfa = cfaOf(state, usable, expressions);
  if (cfa === undefined) return undefined;
  const kinds = new Uint8Array(COLUMNS).fill(UNSPECIFIED);
  const values = new Float64Array(COLUMNS);
  kinds[RIP] = AT_CFA;
  values[RIP] = -8;
  for (const register of PRESERVED) {
    if (register === SP) continue;
    const rule = savedAt(state, register, usable, expressions);
    kinds[column[register]!] = rule[0];
    values[column[register]!] = rule[1];
  }
  return { row: { start: -Infinity, end: Infinity, ...cfa, kinds, values }, expressions };
}

/**
 * Rules of a function that was entered by an exception or an event and returns by iret: its caller is what was interrupted, whose registers the processor has
 * put into five words: rip, cs, rflags, rsp, ss (AMD64 Architecture Programmer's Manual 2, "Long-Mode Interrupt Control Transfers"). The first
 * expression is their address.
 * @param frame where they are
 */
export function interruptRulesOf(state: StackState, inCall: boolean, frame: Value): CodeRules | undefined {
  const usable = inCall ? PRESERVED : EVERY;
  const path = pathTo(state, frame, usable);
  const stackPointer = pathTo(state, moved(frame, 24), usable);
  if (path === undefined || stackPointer === undefined) return undefined;
  const expressions = [Uint8Array.from(path), Uint8Array.of(...stackPointer, DW_OP_deref)];
  const kinds = new Uint8Array(COLUMNS).fill(UNSPECIFIED);
  const values = new Float64Array(COLUMNS);
  kinds[RIP] = AT_EXPRESSION;
  for (const register of EVERY) {
    if (register === SP) continue;
    const saved = [...state.slots].find(([, value]) => value === entryValue(register));
    const place = saved && pathTo(state, saved[0], usable);
    const isLive = usable.includes(register) && state.registers[register] === entryValue(register);
    kinds[column[register]!] = isLive ? SAME : place ? AT_EXPRESSION : UNDEFINED;
    if (!isLive && place) values[column[register]!] = expressions.push(Uint8Array.from(place)) - 1;
  }
  return { row: { start: -Infinity, end: Infinity, cfaRegister: -1, cfaOffset: 1, kinds, values }, expressions };
}

type Cfa = Pick<CfiRow, 'cfaRegister' | 'cfaOffset'>;

function cfaOf(state: StackState, usable: readonly number[], expressions: Uint8Array[]): Cfa | undefined {
  for (const register of usable) {
    const value = state.registers[register]!;
    if (isAddress(value) && baseOf(value) === 0) return { cfaRegister: column[register]!, cfaOffset: -offsetOf(value) };
  }
  // a realigned stack: the CFA is kept in memory, at a distance from where the stack was realigned to
  for (const [slot, value] of state.slots) {
    if (!isAddress(value) || baseOf(value) !== 0) continue;
    const path = pathTo(state, slot, usable);
    if (path === undefined) continue;
    expressions.push(Uint8Array.of(...path, DW_OP_deref, DW_OP_consts, ...sleb(-offsetOf(value)), DW_OP_plus));
    return { cfaRegister: -1, cfaOffset: expressions.length - 1 };
  }
  return undefined;
}

/** An expression for a place in memory, from a register that holds an address counted from the same base. */
function pathTo(state: StackState, slot: Value, usable: readonly number[]): number[] | undefined {
  for (const register of usable) {
    const value = state.registers[register]!;
    if (!isAddress(value) || baseOf(value) !== baseOf(slot)) continue;
    return [DW_OP_breg0 + column[register]!, ...sleb(offsetOf(slot) - offsetOf(value))];
  }
  return undefined;
}

function savedAt(state: StackState, register: number, usable: readonly number[], expressions: Uint8Array[]): [kind: number, value: number] {
  const wanted = entryValue(register);
  if (state.registers[register] === wanted) return [SAME, 0];
  for (const [slot, value] of state.slots) {
    if (value !== wanted) continue;
    if (baseOf(slot) === 0) return [AT_CFA, offsetOf(slot)];
    const path = pathTo(state, slot, usable);
    if (path === undefined) continue;
    expressions.push(Uint8Array.from(path));
    return [AT_EXPRESSION, expressions.length - 1];
  }
  const copy = usable.find((other) => state.registers[other] === wanted);
  return copy === undefined ? [UNDEFINED, 0] : [IN_REGISTER, column[copy]!];
}

/** Whether a function marks its frame as the outermost one: the frame pointer is zero, and what it was before is gone. */
export function isOutermost(state: StackState): boolean {
  return state.registers[BP] === ZERO && !state.keeps(BP);
}

/** Whether a state puts the CFA where a rule of the form register + offset says; undefined where the state does not know. */
export function agrees(state: StackState, { cfaRegister, cfaOffset }: Cfa): boolean | undefined {
  const register = column.indexOf(cfaRegister);
  const value = register < 0 ? undefined : state.registers[register];
  if (value === undefined || !isAddress(value) || baseOf(value) !== 0) return undefined;
  return value === addressValue(0, -cfaOffset);
}

/**
 * A row in which registers that the function has restored already, or not touched yet, are where they belong. Compilers leave the place they were saved at
 * in the row until the function's end: below the stack pointer by then, where nothing lasts.
 */
export function withLiveRegisters(row: CfiRow, state: StackState): CfiRow {
  const kinds = row.kinds.slice();
  for (const register of PRESERVED) {
    if (register !== SP && state.registers[register] === entryValue(register)) kinds[column[register]!] = SAME;
  }
  return { ...row, kinds };
}
