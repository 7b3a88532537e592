/**
 * Follows a function's instructions from its entry and keeps what is known of the stack before each: call frame information for code that has none.
 *
 * Paths that meet keep what both know. What follows a call is looked at last, because some calls do not return and what follows them is then somebody
 * else's; where such a path meets another with a different stack pointer, it is the one that is wrong.
 */
import { after } from './effects.ts';
import { decode, type Instruction } from './instruction.ts';
import { moved, StackState, UNKNOWN, type Value } from './stackState.ts';

const IRET = 0xcf;
const RET = 0xc3;
const RET_POP = 0xc2;
/** A function larger than this is not followed. */
export const MAX_FUNCTION_BYTES = 1024 * 1024;
/** States are looked at again where paths meet; a function that needs more than this many looks a byte is not followed further. */
const LOOKS_PER_BYTE = 16;

/** Where control goes after an instruction. */
type Next =
  | { readonly kind: 'on' }
  | { readonly kind: 'call' }
  | { readonly kind: 'jump'; readonly target: number; readonly conditional: boolean }
  | { readonly kind: 'indirect' }
  | { readonly kind: 'end' };

const ON: Next = { kind: 'on' };
const CALL: Next = { kind: 'call' };
const INDIRECT: Next = { kind: 'indirect' };
const END: Next = { kind: 'end' };

function nextOf({ map, opcode, group, vector, immediate, length }: Instruction, place: number): Next {
  if (vector) return ON;
  const jump = (conditional: boolean): Next => ({ kind: 'jump', target: place + length + immediate, conditional });
  if (map === 1) {
    if ((opcode & 0xf0) === 0x80) return jump(true);
    // ud2, ud1, ud0, sysret, sysexit
    return opcode === 0x0b || opcode === 0xb9 || opcode === 0xff || opcode === 0x07 || opcode === 0x35 ? END : ON;
  }
  if (map !== 0) return ON;
  if ((opcode >= 0x70 && opcode <= 0x7f) || (opcode >= 0xe0 && opcode <= 0xe3)) return jump(true);
  switch (opcode) {
    case 0xe8:
      return CALL;
    case 0xe9:
    case 0xeb:
      return jump(false);
    case 0xff:
      return group === 2 || group === 3 ? CALL : group === 4 || group === 5 ? INDIRECT : ON;
    case 0xc2:
    case 0xc3:
    case 0xca:
    case 0xcb:
    case 0xcc:
    case 0xcf:
      return END;
    case 0xf4: // hlt: an interrupt may go on after it, with the same stack; or it ends a function that never returns
      return CALL;
    default:
      return ON;
  }
}

const CALLED: readonly (readonly [number, StackState])[] = [[0, StackState.atEntry]];

export class FunctionFlow {
  /** By offset in the function: the state before the instruction that begins there. */
  private readonly states: (StackState | undefined)[];
  private readonly lengths: Uint8Array;
  /** States with which the function jumps to places outside of it, by offset from its start. */
  readonly exits = new Map<number, StackState>();
  private iretFrame: Value | undefined;
  private returnsToCaller = false;
  private readonly code: Uint8Array;
  private readonly iretStub: number;
  private readonly isWhole: boolean;
  private readonly certain: number[] = [];
  private readonly afterCalls: { readonly place: number; readonly state: StackState }[] = [];
  private readonly indirect = new Set<StackState>();
  private looks: number;

  /**
   * @param code the whole function, or what comes after its start where its end is not known
   * @param entries offsets at which it is entered, and with what
   * @param isWhole the code is one function's and no more: what no path reaches is still part of it
   * @param iretStub offset of the hypercall that a PV guest jumps to instead of an iret; NaN where there is none
   */
  constructor(
    code: Uint8Array,
    entries: Iterable<readonly [offset: number, state: StackState]> = CALLED,
    { isWhole = true, iretStub = NaN } = {},
  ) {
    this.iretStub = iretStub;
    this.code = code.length > MAX_FUNCTION_BYTES ? code.subarray(0, 0) : code;
    this.isWhole = isWhole;
    this.states = new Array<StackState | undefined>(this.code.length);
    this.lengths = new Uint8Array(this.code.length);
    this.looks = this.code.length * LOOKS_PER_BYTE;
    for (const [offset, state] of entries) this.reach(offset, state);
    this.follow();
    if (isWhole) this.followJumpTables();
  }

  /** What is known before the instruction that begins at, or contains, an offset. */
  stateAt(offset: number): StackState | undefined {
    for (let place = offset; place > offset - 15 && place >= 0; place--) {
      const length = this.lengths[place]!;
      if (length > 0) return place + length > offset ? this.states[place] : undefined;
    }
    return undefined;
  }

  /** Whether an instruction begins at an offset. */
  beginsAt(offset: number): boolean {
    return (this.lengths[offset] ?? 0) > 0;
  }

  private follow(): void {
    while (this.looks > 0) {
      const place = this.certain.pop();
      if (place !== undefined) {
        this.path(place);
        continue;
      }
      const call = this.afterCalls.pop();
      if (call === undefined) return;
      const known = this.states[call.place];
      if (known === undefined || known.stackPointer === call.state.stackPointer) this.reach(call.place, call.state);
    }
    // out of patience: half-met states would claim more than is known
    this.states.fill(undefined);
    this.lengths.fill(0);
    this.exits.clear();
    this.iretFrame = undefined;
  }

  /** From a place to where its path ends, or meets one that says no less. */
  private path(from: number): void {
    for (let place = from; this.looks-- > 0;) {
      const state = this.states[place]!;
      const instruction = decode(this.code, place);
      if (instruction === undefined) return;
      this.lengths[place] = instruction.length;
      const next = nextOf(instruction, place);
      const following = place + instruction.length;
      switch (next.kind) {
        case 'end':
          if (instruction.map === 0) this.endsWith(instruction.opcode, state);
          return;
        case 'indirect':
          this.indirect.add(state);
          return;
        case 'call':
          // a function of unknown end may have ended with a call that does not return
          if (!this.isWhole && (instruction.opcode === 0xf4 || this.mayBegin(following))) return;
          this.afterCalls.push({ place: following, state: after(state, instruction, place) });
          return;
        case 'jump':
          // the hypercall finds its flags on top of the frame
          if (next.target === this.iretStub) this.returnsFromInterrupt(moved(state.stackPointer, 8));
          else this.reach(next.target, state);
          if (!next.conditional || !this.meet(following, state)) return;
          break;
        case 'on':
          if (!this.meet(following, after(state, instruction, place))) return;
      }
      place = following;
    }
  }

  /**
   * Where the instruction pointer of what was interrupted is, if the function ends in an iret and never in a return: then it was entered by an exception or
   * an event.
   */
  get interrupted(): Value | undefined {
    return this.returnsToCaller ? undefined : this.iretFrame;
  }

  private endsWith(opcode: number, state: StackState): void {
    if (opcode === IRET) this.returnsFromInterrupt(state.stackPointer);
    else if (opcode === RET || opcode === RET_POP) this.returnsToCaller = true;
  }

  private returnsFromInterrupt(frame: Value): void {
    this.iretFrame = this.iretFrame === undefined || this.iretFrame === frame ? frame : UNKNOWN;
  }

  /** Whether a place looks like the beginning of another function, or like the padding in front of one. */
  private mayBegin(place: number): boolean {
    const instruction = decode(this.code, place);
    if (instruction === undefined || isPadding(instruction)) return true;
    const { map, opcode, mod, group, rm } = instruction;
    if (map === 1) return opcode === 0x1e; // endbr64
    const makesRoom = (opcode === 0x81 || opcode === 0x83) && mod === 3 && group === 5 && rm === 4;
    return map === 0 && ((opcode >= 0x50 && opcode <= 0x57) || makesRoom);
  }

  /** Joins a state to a place, to be followed from there later if it says anything new. */
  private reach(place: number, state: StackState): void {
    if (this.meet(place, state)) this.certain.push(place);
  }

  /** Joins a state to what is known before a place; false where that changes nothing. */
  private meet(place: number, state: StackState): boolean {
    if (!(place >= 0 && place < this.code.length)) {
      this.exits.set(place, this.exits.get(place)?.meet(state) ?? state);
      return false;
    }
    const known = this.states[place];
    const joined = known === undefined ? state : known.meet(state);
    if (joined === known) return false;
    this.states[place] = joined;
    return true;
  }

  /**
   * What no path reaches must be reached through a jump table. If all indirect jumps agree about the stack, it is theirs. Padding is passed over.
   */
  private followJumpTables(): void {
    const jumps = [...this.indirect];
    const state = jumps[0];
    if (state === undefined || jumps.some((other) => other.stackPointer !== state.stackPointer)) return;
    const joined = jumps.reduce((all, other) => all.meet(other));
    let place = 0;
    while (place < this.code.length && this.looks > 0) {
      const length = this.lengths[place]!;
      if (length > 0) {
        place += length;
        continue;
      }
      const instruction = decode(this.code, place);
      if (instruction === undefined) return;
      if (isPadding(instruction)) place += instruction.length;
      else {
        this.reach(place, joined);
        this.follow();
        if (this.lengths[place] === 0) return;
      }
    }
  }
}

function isPadding({ map, opcode, mod, rex }: Instruction): boolean {
  if (map === 0) return (opcode === 0x90 && !rex) || opcode === 0xcc;
  return map === 1 && opcode === 0x1f && mod !== -1;
}
