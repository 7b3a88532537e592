/** Turns a photograph into a stack. No frame is a guess: one that cannot be proved is not there, and the stack says that it ends early. */
import { UNDEFINED } from '../dwarf/cfiRow.ts';
import { FrameState } from './frameState.ts';
import { ImageCache } from './imageCache.ts';
import type { CodeImage } from './image.ts';
import { type Photograph, RBP, RIP, RSP } from './photograph.ts';
import type { Step, Way } from './step.ts';

export interface UnwoundFrame {
  /** The leaf's: as sampled. A caller's: its return address, or where it was interrupted. */
  readonly address: bigint;
  /** The address to look symbols up at: one less than a return address, which may already belong to the next line or function. */
  readonly lookupAddress: bigint;
  readonly how: Way;
  /** A second witness agrees: a direct call to the very function it is said to have called, or another method of unwinding. */
  readonly confirmed: boolean;
}

/** Why a stack ends before its outermost frame. */
export type StopReason =
  /** The instruction pointer is not in the image's text. */
  | 'outside-text'
  /** The stack pointer points outside of the photographed stack, or a rule leads there. */
  | 'not-photographed'
  /** Nothing describes how the function keeps its stack. */
  | 'no-rules'
  /** What should be a return address does not follow a call instruction. */
  | 'not-proved'
  /** The next frame would lie at or below this one, or at no multiple of eight. */
  | 'not-increasing'
  | 'depth-limit';

export interface UnwoundStack {
  /** The leaf first. Never empty. */
  readonly frames: readonly UnwoundFrame[];
  /** The last frame is the outermost one: it has no caller. */
  readonly complete: boolean;
  /** Present where the stack is not complete. */
  readonly stopped?: StopReason;
}

export interface UnwindLimits {
  /** Frames in a stack, the leaf included; 1024 where not given. */
  readonly depth?: number;
}

const DEPTH = 1024;
/** How far above the stack pointer a return address is looked for in code without symbols. */
const SEARCHED_WORDS = 40;

/** A caller that has been found: where, and how well it is proved. */
interface Caller {
  readonly step: Step | null;
  readonly how: Way;
  readonly cfa: number;
  readonly address: number;
  /** It was interrupted: its address is exact. */
  readonly exact: boolean;
  readonly confirmed: boolean;
}

type Outcome = Caller | StopReason | 'outermost';

/**
 * Unwinds one photograph. Never throws on what a photograph holds; takes at most `limits.depth` steps, each to a higher address of the photographed stack.
 */
export function unwind(photograph: Photograph, image: CodeImage, limits: UnwindLimits = {}): UnwoundStack {
  return new Unwinding(photograph, image).run(limits.depth ?? DEPTH);
}

class Unwinding {
  private readonly photograph: Photograph;
  private readonly image: CodeImage;
  private readonly cache: ImageCache;
  private readonly state: FrameState;
  /** Where the frame at hand is in its code, as signed numbers. */
  private address: number;
  private lookup: number;
  /** The frame's stack pointer: every CFA must be above it. */
  private stackPointer: number;
  private isLeaf = true;
  /** CFAs on another stack, below the one before: none may come again. */
  private readonly switches = new Set<number>();
  /** The frame was interrupted where it is: the leaf, and what a signal or an event came upon. */
  private exact = true;

  constructor(photograph: Photograph, image: CodeImage) {
    this.photograph = photograph;
    this.image = image;
    this.cache = ImageCache.of(image);
    this.state = new FrameState(photograph);
    this.address = this.lookup = this.state.value(RIP);
    this.stackPointer = this.state.value(RSP);
  }

  run(depth: number): UnwoundStack {
    const { cache, state, image } = this;
    const frames: UnwoundFrame[] = [];
    if (!image.isText(this.address)) {
      const address = this.photograph.registers[RIP]!;
      return {
        frames: [{ address, lookupAddress: address, how: 'registers', confirmed: false }],
        complete: false,
        stopped: 'outside-text',
      };
    }
    frames.push(cache.frame(this.address, true, 'registers', image.proves));
    for (;;) {
      const next = this.caller();
      if (next === 'outermost') return { frames, complete: true };
      if (typeof next === 'string') return { frames, complete: false, stopped: next };
      if (frames.length >= depth) return { frames, complete: false, stopped: 'depth-limit' };
      frames.push(cache.frame(next.address, next.exact, next.how, next.confirmed));
      if (next.step) state.apply(next.step, next.cfa);
      else state.applyFramePointer(next.cfa - 16);
      if (next.cfa <= this.stackPointer) this.switches.add(next.cfa);
      this.address = next.address;
      this.lookup = next.exact ? next.address : next.address - 1;
      this.stackPointer = next.cfa;
      this.isLeaf = false;
      this.exact = next.exact;
    }
  }

  /** The frame's caller by the best-proved of the methods that apply. */
  private caller(): Outcome {
    let refusal: StopReason | null = null;
    let best: Caller | null = null;
    let isAmbiguous = false;
    for (const step of this.cache.stepsAt(this.lookup, this.exact)) {
      const found = this.attempt(step);
      if (found === 'outermost') {
        if (best === null) return found;
      } else if (typeof found === 'string') refusal ??= found;
      else if (found.confirmed) return found;
      else if (best === null) best = found;
      else if (best.cfa === found.cfa && best.address === found.address) {
        // two labels that lead to the same place are no two witnesses
        if (!step.isGuess) return { ...best, confirmed: true };
      } else isAmbiguous ||= step.isGuess;
    }
    if (best !== null && !isAmbiguous) return best;
    const found = this.image.proves ? this.byCallTarget() : this.byFramePointer();
    return typeof found === 'string' ? (refusal ?? found) : found;
  }

  /** Follows one step's rules and looks for proof of where they lead. */
  private attempt(step: Step): Outcome {
    const { state, cache, image } = this;
    if (step.row.kinds[step.returnColumn] === UNDEFINED) return 'outermost';
    const cfa = state.cfa(step);
    if (Number.isNaN(cfa)) return 'not-photographed';
    if (cfa % 8 !== 0 || !(cfa > this.stackPointer || this.mayBeSwitched(step, cfa))) return 'not-increasing';
    const address = state.returnAddress(step, cfa);
    if (Number.isNaN(address)) return 'not-photographed';
    if (step.signal) {
      const isProved = step.method !== 'instructions' || this.isInterruptFrame(state.address(step.expressions[0]!));
      if (!isProved || !image.isText(address) || !state.holds(cfa)) return 'not-proved';
      return { step, how: step.method, cfa, address, exact: true, confirmed: step.method === 'instructions' };
    }
    if (address === 0) return this.isLeaf || step.isGuess ? 'not-proved' : 'outermost';
    const site = cache.siteBefore(address);
    if (site === null) {
      // a signal handler returns into a trampoline that nothing has called
      return image.cfi(address)?.fn.signal ? { step, how: step.method, cfa, address, exact: true, confirmed: false } : 'not-proved';
    }
    if (step.isGuess && site.target !== step.entry) {
      return Number.isNaN(site.target) ? { step, how: step.method, cfa, address, exact: false, confirmed: false } : 'not-proved';
    }
    // a frame pointer that agrees is a witness where the rules are certain of their function, not where one of several stubs is to be told
    const byFramePointer = step.method !== 'hypercall-page' && state.value(RBP) + 16 === cfa;
    const confirmed = step.agreed || site.target === step.entry || byFramePointer;
    return { step, how: step.method, cfa, address, exact: false, confirmed };
  }

  /** Whether rip, cs, rflags, rsp and ss lie at an address: selectors of 16 bits, Xen's mask of events above the first of them, and the flag that is always set. */
  private isInterruptFrame(frame: number): boolean {
    const [cs, flags, ss] = [8, 16, 32].map((offset) => this.state.word(frame + offset));
    const selector = cs! % 2 ** 16;
    return (
      selector > 0 && (cs === selector || cs === selector + 2 ** 32) && ss! >= 0 && ss! < 2 ** 16 && flags! < 2 ** 22 && (flags! & 2) !== 0
    );
  }

  /** Whether call frame information leads to another stack: by an expression, as OCaml 5's does, and to where no switch has led yet. */
  private mayBeSwitched(step: Step, cfa: number): boolean {
    return step.method === 'cfi' && step.row.cfaRegister < 0 && !this.switches.has(cfa);
  }

  /**
   * Where nothing describes the code, not even a symbol: a return address is the frame's own if the instructions from what its call calls to where the frame
   * is leave exactly that address at exactly that place.
   */
  private byCallTarget(): Outcome {
    const { state, cache, image } = this;
    if (cache.stepFrom(image.entry, this.lookup, this.exact)) return 'outermost';
    const framePointer = state.value(RBP);
    const fn = image.functionAt(this.lookup);
    const start = fn?.called === true ? fn.start : undefined;
    const slots = [framePointer + 8];
    for (let slot = this.stackPointer; slots.length < SEARCHED_WORDS; slot += 8) slots.push(slot);
    for (const slot of slots) {
      if (!(slot >= this.stackPointer) || slot % 8 !== 0 || !state.holds(slot)) continue;
      const address = state.word(slot);
      const target = image.isText(address - 1) ? cache.siteBefore(address)?.target : undefined;
      if (target === undefined || !(target <= this.lookup) || (start !== undefined && target !== start)) continue;
      const step = cache.stepFrom(target, this.lookup, this.exact);
      if (step && state.cfa(step) === slot + 8) return { step, how: 'scanned', cfa: slot + 8, address, exact: false, confirmed: true };
    }
    return 'no-rules';
  }

  /** Where there is no code to prove anything with: the chain of frame pointers, as it is. */
  private byFramePointer(): Outcome {
    const { state, image } = this;
    const framePointer = state.value(RBP);
    if (framePointer === 0) return this.isLeaf ? 'no-rules' : 'outermost';
    if (!(framePointer >= this.stackPointer) || framePointer % 8 !== 0) return 'no-rules';
    const address = state.word(framePointer + 8);
    if (Number.isNaN(address)) return 'not-photographed';
    if (address === 0) return 'outermost';
    return image.isText(address - 1)
      ? { step: null, how: 'frame-pointer', cfa: framePointer + 16, address, exact: false, confirmed: false }
      : 'not-proved';
  }
}
