/** What is known of the registers and the stack before an instruction, in terms of the function's entry. */
import { SP } from './writes.ts';

/**
 * A value: UNKNOWN, or what a register held at the function's entry, or an address: an offset from the CFA, or from a place the stack was realigned to.
 * Packed into a number so that equal values are the same.
 */
export type Value = number;

export const UNKNOWN: Value = 0;
/** Zero: of interest in rbp, where it marks the outermost frame (System V psABI, 3.4.1). */
export const ZERO: Value = 20;
const FIRST_ADDRESS = 2 ** 31;
const SPAN = 2 ** 32;
const MAX_OFFSET = 2 ** 30;

/** What a register held when the function was entered. */
export const entryValue = (register: number): Value => register + 1;
export const isAddress = (value: Value): boolean => value >= FIRST_ADDRESS;
/** 0: counted from the CFA. Others: from where the instruction at that offset + 1 in the function realigned the stack. */
export const baseOf = (value: Value): number => Math.floor(value / SPAN) - 1;
export const offsetOf = (value: Value): number => value - (baseOf(value) + 1) * SPAN - SPAN / 2;

export function addressValue(base: number, offset: number): Value {
  return Math.abs(offset) < MAX_OFFSET && base < 2 ** 20 ? (base + 1) * SPAN + SPAN / 2 + offset : UNKNOWN;
}

/** An address moved by some bytes; what is not an address becomes unknown. */
export function moved(value: Value, bytes: number): Value {
  return isAddress(value) ? addressValue(baseOf(value), offsetOf(value) + bytes) : UNKNOWN;
}

/** More places on one stack than any compiler saves registers in. */
const MAX_SLOTS = 64;

/** Immutable: a state that an instruction does not change is shared with the next one. */
export class StackState {
  readonly registers: readonly Value[];
  /** Known values in memory, by the address they are at. */
  readonly slots: ReadonlyMap<Value, Value>;

  private constructor(registers: readonly Value[], slots: ReadonlyMap<Value, Value>) {
    this.registers = registers;
    this.slots = slots;
  }

  /** As a call leaves it: the return address just below the CFA. */
  static readonly atEntry = new StackState(
    Array.from({ length: 16 }, (_, register) => (register === SP ? addressValue(0, -8) : entryValue(register))),
    new Map(),
  );

  get stackPointer(): Value {
    return this.registers[SP]!;
  }

  with(register: number, value: Value): StackState {
    if (this.registers[register] === value) return this;
    const registers = this.registers.slice();
    registers[register] = value;
    if (register !== SP) return new StackState(registers, this.slots);
    return new StackState(registers, above(this.slots, value));
  }

  /** The registers of a bit mask become unknown. */
  without(mask: number): StackState {
    let lost = 0;
    for (let register = 0; register < 16; register++) {
      if ((mask & (1 << register)) !== 0 && this.registers[register] !== UNKNOWN) lost |= 1 << register;
    }
    if (lost === 0) return this;
    return new StackState(
      this.registers.map((value, register) => ((lost & (1 << register)) === 0 ? value : UNKNOWN)),
      this.slots,
    );
  }

  /** A value of some bytes is written to memory. Through an unknown pointer no register is overwritten that anybody means to restore. */
  stored(address: Value, value: Value, bytes: number): StackState {
    if (!isAddress(address)) return this;
    const kept = bytes === 8 && value !== UNKNOWN && this.slots.size < MAX_SLOTS;
    let changed = kept;
    for (const slot of this.slots.keys()) if (slot > address - 8 && slot < address + bytes) changed = true;
    if (!changed) return this;
    const slots = new Map([...this.slots].filter(([slot]) => slot <= address - 8 || slot >= address + bytes));
    if (kept) slots.set(address, value);
    return new StackState(this.registers, slots);
  }

  loaded(address: Value): Value {
    return isAddress(address) ? (this.slots.get(address) ?? UNKNOWN) : UNKNOWN;
  }

  /** Whether what a register held at the entry is still somewhere: a function that has destroyed it cannot return to a caller who counts on it. */
  keeps(register: number): boolean {
    const wanted = entryValue(register);
    if (this.registers.includes(wanted)) return true;
    for (const value of this.slots.values()) if (value === wanted) return true;
    return false;
  }

  /** What is true of both; the same object where that is all this one says. */
  meet(other: StackState): StackState {
    if (other === this) return this;
    const registers = this.registers.map((value, register) => (value === other.registers[register] ? value : UNKNOWN));
    const slots = new Map([...this.slots].filter(([slot, value]) => other.slots.get(slot) === value));
    const same = slots.size === this.slots.size && registers.every((value, register) => value === this.registers[register]);
    return same ? this : new StackState(registers, slots);
  }
}

/** Memory below the stack pointer is anybody's: interrupts write there. */
function above(slots: ReadonlyMap<Value, Value>, stackPointer: Value): ReadonlyMap<Value, Value> {
  if (!isAddress(stackPointer)) return slots;
  const base = baseOf(stackPointer);
  let below = false;
  for (const slot of slots.keys()) if (slot < stackPointer && baseOf(slot) === base) below = true;
  return below ? new Map([...slots].filter(([slot]) => slot >= stackPointer || baseOf(slot) !== base)) : slots;
}
