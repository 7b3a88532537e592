/** The registers of a frame: each still as photographed, or saved at a place of the photographed stack, or worked out, or lost. */
import { evaluate, type ExpressionContext } from '../dwarf/cfiExpression.ts';
import { AT_CFA, AT_EXPRESSION, COLUMNS, IN_REGISTER, IS_CFA, IS_EXPRESSION, SAME, UNDEFINED, UNSPECIFIED } from '../dwarf/cfiRow.ts';
import { addressOf, addressOfHalves, toUnsigned } from './address.ts';
import { type Photograph, RAX, RBP, RBX, RCX, RDI, RDX, RSI, RSP } from './photograph.ts';
import type { Step } from './step.ts';

/** Registers are found, and their values read, only when a rule asks: most are never looked at. */
const PHOTOGRAPHED = 0;
const ON_STACK = 1;
const WORKED_OUT = 2;
const LOST = 3;

/** What a call may change (System V psABI, 3.2.1): nothing is known of these in a caller. */
const CLOBBERED = [RAX, RDX, RCX, RSI, RDI, 8, 9, 10, 11];

export class FrameState implements ExpressionContext {
  /** Of the photograph's stack, as `addressOf` gives it; NaN where it is no address. */
  private readonly stackLow: number;
  private readonly stackBytes: number;
  private readonly view: DataView;
  private readonly registers: BigUint64Array;
  private readonly halves: Int32Array;
  private kind = new Uint8Array(COLUMNS);
  /** Offset in the stack, or the value. */
  private place = new Float64Array(COLUMNS);

  constructor({ registers, stackBase, stack }: Photograph) {
    this.stackLow = addressOf(stackBase);
    this.stackBytes = stack.length;
    this.view = new DataView(stack.buffer, stack.byteOffset, stack.byteLength);
    this.registers = registers;
    this.halves = new Int32Array(registers.buffer, registers.byteOffset, registers.length * 2);
  }

  /** A register's value as `addressOf` has it; NaN where it is lost or no address. */
  value(column: number): number {
    switch (this.kind[column]) {
      case PHOTOGRAPHED:
        return addressOfHalves(this.halves[column * 2 + 1]!, this.halves[column * 2]! >>> 0);
      case ON_STACK:
        return this.wordAt(this.place[column]!);
      case WORKED_OUT:
        return this.place[column]!;
      default:
        return NaN;
    }
  }

  /** The word at an address; NaN where it was not photographed or is no address. */
  word(address: number): number {
    return this.wordAt(address - this.stackLow);
  }

  /** Whether the eight bytes at an address are in the photograph. */
  holds(address: number): boolean {
    const offset = address - this.stackLow;
    return offset >= 0 && offset + 8 <= this.stackBytes;
  }

  /** First address that is no longer in the photograph. */
  get stackEnd(): number {
    return this.stackLow + this.stackBytes;
  }

  private wordAt(offset: number): number {
    if (!(offset >= 0 && offset + 8 <= this.stackBytes)) return NaN;
    return addressOfHalves(this.view.getInt32(offset + 4, true), this.view.getUint32(offset, true));
  }

  register(column: number): bigint | undefined {
    if (column >= COLUMNS) return undefined;
    switch (this.kind[column]) {
      case PHOTOGRAPHED:
        return this.registers[column];
      case ON_STACK:
        return this.view.getBigUint64(this.place[column]!, true);
      case WORKED_OUT:
        return toUnsigned(this.place[column]!);
      default:
        return undefined;
    }
  }

  memory(address: bigint, bytes: number): bigint | undefined {
    const offset = addressOf(address) - this.stackLow;
    if (!(offset >= 0 && offset + bytes <= this.stackBytes)) return undefined;
    let value = 0n;
    for (let i = bytes - 1; i >= 0; i--) value = (value << 8n) | BigInt(this.view.getUint8(offset + i));
    return value;
  }

  /** An address that an expression works out; NaN where it cannot be known. */
  address(expression: Uint8Array): number {
    const value = evaluate(expression, this);
    return value === undefined ? NaN : addressOf(value);
  }

  /** The CFA of this frame by a step's rules; NaN where it cannot be known. */
  cfa({ row, expressions }: Step): number {
    if (row.cfaRegister >= COLUMNS) return NaN;
    if (row.cfaRegister >= 0) return this.value(row.cfaRegister) + row.cfaOffset;
    return this.address(expressions[row.cfaOffset]!);
  }

  /** The return address by a step's rules, given the CFA; NaN where it cannot be known. */
  returnAddress({ row, expressions, returnColumn }: Step, cfa: number): number {
    if (returnColumn >= COLUMNS) return NaN;
    const value = row.values[returnColumn]!;
    switch (row.kinds[returnColumn]) {
      case AT_CFA:
        return this.word(cfa + value);
      case IS_CFA:
        return cfa + value;
      case IN_REGISTER:
        return value < COLUMNS ? this.value(value) : NaN;
      case AT_EXPRESSION:
      case IS_EXPRESSION: {
        const result = evaluate(expressions[value]!, this, toUnsigned(cfa));
        if (result === undefined) return NaN;
        return row.kinds[returnColumn] === IS_EXPRESSION ? addressOf(result) : this.word(addressOf(result));
      }
      default:
        return NaN;
    }
  }

  /** Becomes the caller's registers. */
  apply(step: Step, cfa: number): void {
    if (step.simple) {
      const { saved } = step;
      for (let i = 0; i < saved.length; i += 2) this.save(saved[i]!, cfa + saved[i + 1]!);
      if (step.row.kinds[RSP] === UNSPECIFIED) this.put(RSP, cfa);
    } else {
      this.applyRules(step, cfa);
    }
    if (!step.signal) for (const column of CLOBBERED) this.kind[column] = LOST;
  }

  /** Becomes the registers of a frame pointer's owner's caller: only rbp and rsp are known of it. */
  applyFramePointer(framePointer: number): void {
    this.save(RBP, framePointer);
    this.put(RSP, framePointer + 16);
    for (const column of CLOBBERED) this.kind[column] = LOST;
    for (const column of [RBX, 12, 13, 14, 15]) this.kind[column] = LOST;
  }

  private applyRules({ row, expressions }: Step, cfa: number): void {
    const kinds = this.kind.slice();
    const places = this.place.slice();
    for (let column = 0; column < COLUMNS; column++) {
      const value = row.values[column]!;
      switch (row.kinds[column]) {
        case UNSPECIFIED:
          if (column !== RSP) continue;
          kinds[column] = WORKED_OUT;
          places[column] = cfa;
          continue;
        case SAME:
          continue;
        case AT_CFA:
          this.setPlace(kinds, places, column, cfa + value);
          continue;
        case IS_CFA:
          kinds[column] = WORKED_OUT;
          places[column] = cfa + value;
          continue;
        case IN_REGISTER:
          kinds[column] = value < COLUMNS ? this.kind[value]! : LOST;
          places[column] = value < COLUMNS ? this.place[value]! : 0;
          // a photographed register can only be named by its own number
          if (kinds[column] === PHOTOGRAPHED && value !== column) {
            kinds[column] = WORKED_OUT;
            places[column] = this.value(value);
          }
          continue;
        case AT_EXPRESSION:
        case IS_EXPRESSION: {
          const result = evaluate(expressions[value]!, this, toUnsigned(cfa));
          const address = result === undefined ? NaN : addressOf(result);
          if (row.kinds[column] === AT_EXPRESSION) this.setPlace(kinds, places, column, address);
          else {
            kinds[column] = Number.isNaN(address) ? LOST : WORKED_OUT;
            places[column] = address;
          }
          continue;
        }
        case UNDEFINED:
        default:
          kinds[column] = LOST;
      }
    }
    this.kind = kinds;
    this.place = places;
  }

  private save(column: number, address: number): void {
    this.setPlace(this.kind, this.place, column, address);
  }

  private setPlace(kinds: Uint8Array, places: Float64Array, column: number, address: number): void {
    const offset = address - this.stackLow;
    const inside = offset >= 0 && offset + 8 <= this.stackBytes;
    kinds[column] = inside ? ON_STACK : LOST;
    places[column] = inside ? offset : 0;
  }

  private put(column: number, value: number): void {
    this.kind[column] = WORKED_OUT;
    this.place[column] = value;
  }
}
