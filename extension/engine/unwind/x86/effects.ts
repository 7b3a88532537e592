/** What one instruction does to the registers and the stack, as far as a stack's layout depends on it. */
import type { Instruction } from './instruction.ts';
import { addressValue, isAddress, moved, type StackState, UNKNOWN, type Value, ZERO } from './stackState.ts';
import { AX, BP, CX, DI, DX, registersWritten, SI, SP } from './writes.ts';

/** What a call may change (System V psABI, 3.2.1). */
const CALL_CLOBBERS = [AX, CX, DX, SI, DI, 8, 9, 10, 11].reduce((mask, register) => mask | (1 << register), 0);

/** The state after an instruction that does not end its path.
 * @param place offset of the instruction in its function
 */
export function after(state: StackState, instruction: Instruction, place: number): StackState {
  if (instruction.map === 0 && !instruction.vector) {
    const known = afterKnown(state, instruction, place);
    if (known !== null) return known;
  }
  const written = registersWritten(instruction);
  const next = state.without(written);
  return instruction.mod === 3 || instruction.mod === -1 ? next : storesTo(next, instruction);
}

/** The address of a memory operand. */
function operandAddress(state: StackState, { base, hasIndex, displacement }: Instruction): Value {
  return base < 0 || hasIndex ? UNKNOWN : moved(state.registers[base]!, displacement);
}

/** An operation on memory may write it. */
function storesTo(state: StackState, instruction: Instruction): StackState {
  if (state.slots.size === 0) return state;
  const address = operandAddress(state, instruction);
  if (!isAddress(address) || readsOnly(instruction)) return state;
  return state.stored(address, UNKNOWN, bytesStored(instruction));
}

/** How much an instruction may write to its memory operand: exact for the common ones, for others the most it could be. */
function bytesStored({ map, opcode, wide, prefix, vector }: Instruction): number {
  const word = wide ? 8 : prefix === 0x66 ? 2 : 4;
  if (map === 0) {
    if (opcode >= 0xd8 && opcode <= 0xdf) return 108; // fsave
    return (opcode & 1) === 0 && opcode !== 0x8c ? 1 : word;
  }
  if (map !== 1) return vector ? 64 : 8;
  if (opcode === 0x11 && prefix === 0xf3) return 4; // movss
  if (opcode === 0x13 || opcode === 0x17 || opcode === 0xd6 || (opcode === 0x11 && prefix === 0xf2)) return 8;
  if (opcode === 0x7e) return 8;
  if (vector) return 64;
  if ((opcode >= 0x90 && opcode <= 0x9f) || opcode === 0xb0 || opcode === 0xc0) return 1;
  if ([0xa4, 0xa5, 0xab, 0xac, 0xad, 0xb1, 0xb3, 0xba, 0xbb, 0xc1].includes(opcode)) return word;
  return opcode === 0xae || opcode === 0xc7 ? 4096 : 16; // fxsave and xsave
}

/** Instructions with a memory operand that they only read; the common ones. */
function readsOnly({ map, opcode, group, vector }: Instruction): boolean {
  if (vector) return opcode !== 0x11 && opcode !== 0x29 && opcode !== 0x7f && opcode !== 0x7e && opcode !== 0xd6 && opcode !== 0xe7;
  if (map === 0) {
    if (opcode < 0x40) return (opcode & 7) >= 2 || opcode >= 0x38;
    if (opcode === 0x80 || opcode === 0x81 || opcode === 0x83) return group === 7;
    if (opcode === 0xf6 || opcode === 0xf7) return group < 2 || group > 3;
    return [0x63, 0x69, 0x6b, 0x84, 0x85, 0x8a, 0x8b, 0x8d].includes(opcode);
  }
  if (map === 1) {
    if (opcode >= 0x40 && opcode <= 0x4f) return true;
    return [
      0x10, 0x1f, 0x28, 0x2a, 0x2e, 0x2f, 0x51, 0x54, 0x57, 0x58, 0x59, 0x5c, 0x5e, 0x6e, 0x6f, 0xaf, 0xb6, 0xb7, 0xbe, 0xbf,
    ].includes(opcode);
  }
  return false;
}

function push(state: StackState, value: Value, bytes: number): StackState {
  const pointer = moved(state.stackPointer, -bytes);
  return state.with(SP, pointer).stored(pointer, value, bytes);
}

function pop(state: StackState, register: number, bytes: number): StackState {
  const value = bytes === 8 ? state.loaded(state.stackPointer) : UNKNOWN;
  const next = state.with(SP, moved(state.stackPointer, bytes));
  return register < 0 ? next : next.with(register, value);
}

/** Null where nothing about the stack is special to the instruction. */
function afterKnown(state: StackState, instruction: Instruction, place: number): StackState | null {
  const { opcode, group, reg, rm, mod, wide, prefix } = instruction;
  const word = prefix === 0x66 ? 2 : 8;
  if (opcode >= 0x50 && opcode <= 0x57) return push(state, word === 8 ? state.registers[reg]! : UNKNOWN, word);
  if (opcode >= 0x58 && opcode <= 0x5f) return pop(state, reg, word);
  switch (opcode) {
    case 0x31: // xor of a register with itself
    case 0x33:
      return mod === 3 && rm === reg && word === 8 ? state.with(rm, ZERO) : null;
    case 0x68: // push imm
    case 0x6a:
    case 0x9c: // pushf
      return push(state, UNKNOWN, word);
    case 0x9d: // popf
      return pop(state, -1, word);
    case 0x8f: // pop r/m
      return mod === 3 ? pop(state, rm, word) : pop(state, -1, word).stored(operandAddress(state, instruction), UNKNOWN, 8);
    case 0xc9: // leave
      return pop(state.with(SP, state.registers[BP]!), BP, 8);
    case 0xc8: // enter: compilers do not use it
      return state.without((1 << SP) | (1 << BP));
    case 0xe8:
      return state.without(CALL_CLOBBERS);
    case 0xff:
      if (group === 2 || group === 3) return state.without(CALL_CLOBBERS);
      if (group !== 6) return null;
      return push(state, mod === 3 ? state.registers[rm]! : state.loaded(operandAddress(state, instruction)), word);
    case 0x89: // mov r/m, r
      if (mod !== 3) return state.stored(operandAddress(state, instruction), wide ? state.registers[reg]! : UNKNOWN, wide ? 8 : 4);
      return state.with(rm, wide ? state.registers[reg]! : UNKNOWN);
    case 0x8b: // mov r, r/m
      if (!wide) return null;
      return state.with(reg, mod === 3 ? state.registers[rm]! : state.loaded(operandAddress(state, instruction)));
    case 0x8d: // lea
      return state.with(reg, wide ? operandAddress(state, instruction) : UNKNOWN);
    case 0x81: // add, or, adc, sbb, and, sub, xor, cmp with an immediate
    case 0x83:
      return mod === 3 && group !== 7 ? state.with(rm, wide ? arithmetic(state, instruction, place) : UNKNOWN) : null;
    default:
      return null;
  }
}

function arithmetic(state: StackState, { group, rm, immediate }: Instruction, place: number): Value {
  const value = state.registers[rm]!;
  if (group === 0) return moved(value, immediate);
  if (group === 5) return moved(value, -immediate);
  // rounding down to a power of two: a new place to count from, some unknown distance below
  const powerOfTwo = immediate < 0 && (-immediate & (-immediate - 1)) === 0;
  return group === 4 && isAddress(value) && powerOfTwo ? addressValue(place + 1, 0) : UNKNOWN;
}
