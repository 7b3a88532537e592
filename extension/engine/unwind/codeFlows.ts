/** The flows of an image's functions, each followed when first asked for. */
import type { CodeFunction, CodeImage } from './image.ts';
import { FunctionFlow, MAX_FUNCTION_BYTES } from './x86/functionFlow.ts';
import type { StackState, Value } from './x86/stackState.ts';
import { IRET_STUB } from '../guest/hypercallPage.ts';

const MAX_KEPT_BYTES = 16 * 1024 * 1024;
/** How far a function of unknown length is followed. */
const WINDOW_BYTES = 16 * 1024;
const MAX_OPEN = 2000;

export class CodeFlows {
  private readonly image: CodeImage;
  private readonly flows = new Map<number, FunctionFlow | null>();
  private readonly openFlows = new Map<number, FunctionFlow | null>();
  private keptBytes = 0;

  constructor(image: CodeImage) {
    this.image = image;
  }

  /**
   * What a function's instructions say of the stack at an address in it.
   * @param exact an instruction must begin there; otherwise it lies inside a call instruction
   */
  stateAt(fn: CodeFunction, address: number, exact: boolean): StackState | undefined {
    const flow = this.flowOf(fn, true);
    if (flow === null) return undefined;
    const offset = address - fn.start;
    return exact && !flow.beginsAt(offset) ? undefined : flow.stateAt(offset);
  }

  /** Where a function that returns by iret finds what it interrupted; undefined for any other. */
  interruptedBy(fn: CodeFunction): Value | undefined {
    return this.flowOf(fn, true)?.interrupted;
  }

  /** The same for a function of which only the start is known. */
  stateFrom(start: number, address: number, exact: boolean): StackState | undefined {
    const offset = address - start;
    const flow = this.openFlow(start, offset);
    return !flow || (exact && !flow.beginsAt(offset)) ? undefined : flow.stateAt(offset);
  }

  interruptedFrom(start: number, address: number): Value | undefined {
    return this.openFlow(start, address - start)?.interrupted;
  }

  private openFlow(start: number, offset: number): FunctionFlow | null {
    if (!(offset >= 0 && offset < WINDOW_BYTES)) return null;
    let flow = this.openFlows.get(start);
    if (flow === undefined) {
      const code = this.codeFrom(start);
      flow = code ? new FunctionFlow(code, undefined, { isWhole: false, iretStub: this.image.hypercallPage + IRET_STUB - start }) : null;
      if (this.openFlows.size >= MAX_OPEN) this.openFlows.clear();
      this.openFlows.set(start, flow);
    }
    return flow;
  }

  private codeFrom(start: number): Uint8Array | undefined {
    for (let bytes = WINDOW_BYTES; bytes >= 16; bytes >>= 1) {
      const code = this.image.isText(start + bytes - 1) ? this.image.code(start, bytes) : undefined;
      if (code) return code;
    }
    return undefined;
  }

  private flowOf(fn: CodeFunction, mayAskParent: boolean): FunctionFlow | null {
    let flow = this.flows.get(fn.start);
    if (flow === undefined) {
      flow = this.follow(fn, mayAskParent);
      if (this.keptBytes > MAX_KEPT_BYTES) {
        this.flows.clear();
        this.keptBytes = 0;
      }
      this.flows.set(fn.start, flow);
      this.keptBytes += fn.end - fn.start;
    }
    return flow;
  }

  private follow(fn: CodeFunction, mayAskParent: boolean): FunctionFlow | null {
    const bytes = fn.end - fn.start;
    if (!(bytes > 0 && bytes <= MAX_FUNCTION_BYTES)) return null;
    const code = this.image.code(fn.start, bytes);
    if (code === undefined) return null;
    if (Number.isNaN(fn.parent)) return new FunctionFlow(code, undefined, { iretStub: this.image.hypercallPage + IRET_STUB - fn.start });
    // a cold part is entered by its function's jumps, with the stack as it is there
    const parent = mayAskParent ? this.image.functionAt(fn.parent) : undefined;
    const exits = parent && this.flowOf(parent, false)?.exits;
    if (!exits) return null;
    const entries: [number, StackState][] = [];
    for (const [offset, state] of exits) {
      const place = fn.parent + offset - fn.start;
      if (place >= 0 && place < bytes) entries.push([place, state]);
    }
    return entries.length > 0 ? new FunctionFlow(code, entries) : null;
  }
}
