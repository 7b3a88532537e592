/** DWARF expressions as call frame information uses them (DWARF 5, 2.5 and 6.4.2): a stack machine over 64-bit words. */

/** What an expression may look at. Both answer undefined for what is not known. */
export interface ExpressionContext {
  register(number: number): bigint | undefined;
  /** Little-endian, zero-extended. */
  memory(address: bigint, bytes: number): bigint | undefined;
}

const MAX_STEPS = 10_000;
const MAX_DEPTH = 128;
const MASK = (1n << 64n) - 1n;

class Halt extends Error {}

class Machine {
  readonly stack: bigint[] = [];
  private readonly bytes: Uint8Array;
  private readonly context: ExpressionContext;
  private at = 0;

  constructor(bytes: Uint8Array, context: ExpressionContext) {
    this.bytes = bytes;
    this.context = context;
  }

  run(): bigint {
    for (let steps = 0; this.at < this.bytes.length; steps++) {
      if (steps >= MAX_STEPS) throw new Halt('too many steps');
      this.step(this.byte());
    }
    return this.pop();
  }

  private step(op: number): void {
    if (op >= 0x30 && op <= 0x4f) return this.push(BigInt(op - 0x30)); // lit0 to lit31
    if (op >= 0x70 && op <= 0x8f) return this.breg(op - 0x70); // breg0 to breg31
    switch (op) {
      case 0x03: // addr
        return this.push(this.number(8, false));
      case 0x06: // deref
        return this.push(this.load(8));
      case 0x08: // const1u
      case 0x0a: // const2u
      case 0x0c: // const4u
      case 0x0e: // const8u
        return this.push(this.number(1 << ((op - 0x08) >> 1), false));
      case 0x09: // const1s
      case 0x0b: // const2s
      case 0x0d: // const4s
      case 0x0f: // const8s
        return this.push(this.number(1 << ((op - 0x09) >> 1), true));
      case 0x10: // constu
        return this.push(this.leb(false));
      case 0x11: // consts
        return this.push(this.leb(true));
      case 0x12: // dup
        return this.push(this.peek(0));
      case 0x13: // drop
        this.pop();
        return;
      case 0x14: // over
        return this.push(this.peek(1));
      case 0x15: // pick
        return this.push(this.peek(this.byte()));
      case 0x16: {
        // swap
        const [top, second] = [this.pop(), this.pop()];
        this.push(top);
        return this.push(second);
      }
      case 0x17: {
        // rot: the top becomes the third
        const [top, second, third] = [this.pop(), this.pop(), this.pop()];
        this.push(top);
        this.push(third);
        return this.push(second);
      }
      case 0x19: {
        // abs
        const value = signed(this.pop());
        return this.push(value < 0n ? -value : value);
      }
      case 0x1f: // neg
        return this.push(-this.pop());
      case 0x20: // not
        return this.push(~this.pop());
      case 0x23: // plus_uconst
        return this.push(this.pop() + this.leb(false));
      case 0x28: {
        // bra
        const distance = Number(this.number(2, true));
        if (this.pop() !== 0n) this.jump(distance);
        return;
      }
      case 0x2f: // skip
        return this.jump(Number(this.number(2, true)));
      case 0x92: // bregx
        return this.breg(Number(this.leb(false)));
      case 0x94: // deref_size
        return this.push(this.load(this.byte()));
      case 0x96: // nop
        return;
      default:
        return this.binary(op);
    }
  }

  private binary(op: number): void {
    const right = this.pop();
    const left = this.pop();
    this.push(combine(op, left, right));
  }

  private breg(register: number): void {
    const offset = this.leb(true);
    const value = this.context.register(register);
    if (value === undefined) throw new Halt(`register ${register} is not known`);
    this.push(value + offset);
  }

  private load(bytes: number): bigint {
    if (bytes < 1 || bytes > 8) throw new Halt(`reads ${bytes} bytes`);
    const value = this.context.memory(this.pop(), bytes);
    if (value === undefined) throw new Halt('reads memory that is not known');
    return value;
  }

  private jump(distance: number): void {
    const target = this.at + distance;
    if (target < 0 || target > this.bytes.length) throw new Halt('jumps out of itself');
    this.at = target;
  }

  private push(value: bigint): void {
    if (this.stack.length >= MAX_DEPTH) throw new Halt('too deep');
    this.stack.push(value & MASK);
  }

  private pop(): bigint {
    const value = this.stack.pop();
    if (value === undefined) throw new Halt('takes from an empty stack');
    return value;
  }

  private peek(depth: number): bigint {
    const value = this.stack[this.stack.length - 1 - depth];
    if (value === undefined) throw new Halt('looks below its stack');
    return value;
  }

  private byte(): number {
    const byte = this.bytes[this.at++];
    if (byte === undefined) throw new Halt('ends inside an operation');
    return byte;
  }

  private number(bytes: number, isSigned: boolean): bigint {
    let value = 0n;
    for (let i = 0; i < bytes; i++) value |= BigInt(this.byte()) << BigInt(i * 8);
    return isSigned ? BigInt.asIntN(bytes * 8, value) : value;
  }

  private leb(isSigned: boolean): bigint {
    let value = 0n;
    let shift = 0;
    for (;;) {
      const byte = this.byte();
      value |= BigInt(byte & 0x7f) << BigInt(shift);
      shift += 7;
      if (byte < 0x80) return isSigned ? BigInt.asIntN(Math.min(shift, 70), value) : value;
      if (shift > 70) throw new Halt('a number of more than 64 bits');
    }
  }
}

const signed = (value: bigint): bigint => BigInt.asIntN(64, value);

function combine(op: number, left: bigint, right: bigint): bigint {
  switch (op) {
    case 0x1a:
      return left & right;
    case 0x1b:
      if (right === 0n) throw new Halt('divides by zero');
      return signed(left) / signed(right);
    case 0x1c:
      return left - right;
    case 0x1d:
      if (right === 0n) throw new Halt('divides by zero');
      return left % right;
    case 0x1e:
      return left * right;
    case 0x21:
      return left | right;
    case 0x22:
      return left + right;
    case 0x24:
      return right > 63n ? 0n : left << right;
    case 0x25:
      return right > 63n ? 0n : left >> right;
    case 0x26:
      return signed(left) >> (right > 63n ? 63n : right);
    case 0x27:
      return left ^ right;
    case 0x29:
      return left === right ? 1n : 0n;
    case 0x2a:
      return signed(left) >= signed(right) ? 1n : 0n;
    case 0x2b:
      return signed(left) > signed(right) ? 1n : 0n;
    case 0x2c:
      return signed(left) <= signed(right) ? 1n : 0n;
    case 0x2d:
      return signed(left) < signed(right) ? 1n : 0n;
    case 0x2e:
      return left === right ? 0n : 1n;
    default:
      throw new Halt(`operation 0x${op.toString(16)} has no place in call frame information`);
  }
}

/**
 * The value of an expression, 0 to 2^64 - 1.
 * @param initial what the stack begins with: the CFA for a register's rule, nothing for the CFA's own
 * @returns undefined where it asks for what is not known, is malformed, or does not end in 10,000 steps
 */
export function evaluate(expression: Uint8Array, context: ExpressionContext, initial?: bigint): bigint | undefined {
  const machine = new Machine(expression, context);
  if (initial !== undefined) machine.stack.push(initial);
  try {
    return machine.run();
  } catch (error) {
    if (error instanceof Halt) return undefined; // not being known is an answer: the stack ends there
    throw error;
  }
}
