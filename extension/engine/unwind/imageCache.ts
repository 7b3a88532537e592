/** What has been worked out about an image's addresses. A profile sees the same few thousand again and again. */
import type { CfiFunction } from '../dwarf/cfiRow.ts';
import { HYPERCALL_PAGE_BYTES, hypercallSteps } from '../guest/hypercallPage.ts';
import { toUnsigned } from './address.ts';
import { type CallSite, callSiteBefore, LONGEST_CALL_BYTES } from './callSite.ts';
import type { CodeFunction, CodeImage } from './image.ts';
import { CodeFlows } from './codeFlows.ts';
import { outermostStep, PLAIN, type Step, stepOf, type Way } from './step.ts';
import { agrees, interruptRulesOf, isOutermost, rulesOf, withLiveRegisters } from './x86/rules.ts';
import type { StackState, Value } from './x86/stackState.ts';
import type { UnwoundFrame } from './unwind.ts';

/** Only addresses in text are kept, but a text can be large and a guest hostile. */
const MAX_KEPT = 500_000;
const HOW: readonly Way[] = ['registers', 'cfi', 'instructions', 'frame-pointer', 'hypercall-page', 'scanned'];

export class ImageCache {
  private readonly image: CodeImage;
  private readonly flows: CodeFlows;
  private readonly steps = new Map<number, readonly Step[]>();
  private readonly exactSteps = new Map<number, readonly Step[]>();
  private readonly sites = new Map<number, CallSite | null>();
  private readonly frames: readonly Map<number, UnwoundFrame>[] = Array.from({ length: HOW.length * 4 }, () => new Map());

  constructor(image: CodeImage) {
    this.image = image;
    this.flows = new CodeFlows(image);
  }

  private static readonly caches = new WeakMap<CodeImage, ImageCache>();

  static of(image: CodeImage): ImageCache {
    let cache = ImageCache.caches.get(image);
    if (cache === undefined) {
      cache = new ImageCache(image);
      ImageCache.caches.set(image, cache);
    }
    return cache;
  }

  /**
   * The ways out of a frame, the one to be tried first in front. None: nothing describes the code there.
   * @param lookup the address, or the one before a return address
   * @param exact the frame was interrupted there, not left by a call
   */
  stepsAt(lookup: number, exact: boolean): readonly Step[] {
    const cache = exact ? this.exactSteps : this.steps;
    let steps = cache.get(lookup);
    if (steps === undefined) {
      steps = this.findSteps(lookup, exact);
      keep(cache, lookup, steps);
    }
    return steps;
  }

  private findSteps(lookup: number, exact: boolean): Step[] {
    const { image } = this;
    const offset = lookup - image.hypercallPage;
    if (offset >= 0 && offset < HYPERCALL_PAGE_BYTES) return hypercallSteps(image.hypercallPage, offset);
    const found = image.cfi(lookup);
    const symbol = image.functionAt(lookup);
    const isBareLabel = symbol !== undefined && !symbol.called && Number.isNaN(symbol.parent);
    const fn = isBareLabel && found ? spanOf(found.fn, image.slide) : symbol;
    const state = fn && this.flows.stateAt(fn, lookup, exact);
    const entry = fn?.start ?? (found ? found.fn.start + image.slide : NaN);
    if (found) {
      const agreed = state && agrees(state, found.row);
      const row = exact && agreed && !found.fn.signal ? withLiveRegisters(found.row, state) : found.row;
      const step = stepOf('cfi', found.fn, row, entry, { agreed: agreed === true });
      // where the instructions say otherwise, one of the two is wrong: proof decides
      return state && agreed === false ? [step, ...stepsOf(state, !exact, entry)] : [step];
    }
    if (entry === image.entry) return [outermostStep('instructions', entry)];
    if (isBareLabel) return this.guesses(lookup, exact);
    return state ? stepsOf(state, !exact, entry, this.flows.interruptedBy(fn)) : [];
  }

  /** Assembly's labels without a size: each is followed as if its function began there. */
  private guesses(lookup: number, exact: boolean): Step[] {
    return this.image.labelsBefore(lookup).flatMap((start) => {
      const step = this.stepFrom(start, lookup, exact);
      return step ? [{ ...step, isGuess: true }] : [];
    });
  }

  /** The way out of code that no symbol covers, if it belongs to a function that begins at `start`. */
  stepFrom(start: number, lookup: number, exact: boolean): Step | undefined {
    const state = this.flows.stateFrom(start, lookup, exact);
    return state && stepsOf(state, !exact, start, this.flows.interruptedFrom(start, lookup))[0];
  }

  /** The call instruction that ends at an address; null where none does. */
  siteBefore(returnAddress: number): CallSite | null {
    let site = this.sites.get(returnAddress);
    if (site === undefined) {
      site = this.findSite(returnAddress);
      keep(this.sites, returnAddress, site);
    }
    return site;
  }

  private findSite(returnAddress: number): CallSite | null {
    const { image } = this;
    if (!image.isText(returnAddress - 1)) return null;
    for (const length of [LONGEST_CALL_BYTES, 7, 5, 3, 2]) {
      const before = image.isText(returnAddress - length) ? image.code(returnAddress - length, length) : undefined;
      if (before) return callSiteBefore(before, returnAddress) ?? null;
    }
    return null;
  }

  /** One object for all frames that are alike. */
  frame(address: number, exact: boolean, how: Way, confirmed: boolean): UnwoundFrame {
    const frames = this.frames[HOW.indexOf(how) * 4 + (exact ? 2 : 0) + (confirmed ? 1 : 0)]!;
    let frame = frames.get(address);
    if (frame === undefined) {
      const unsigned = toUnsigned(address);
      frame = { address: unsigned, lookupAddress: exact ? unsigned : unsigned - 1n, how, confirmed };
      keep(frames, address, frame);
    }
    return frame;
  }
}

/** What call frame information describes as one, as a function of its own. */
function spanOf({ start, end }: CfiFunction, slide: number): CodeFunction {
  return { start: start + slide, end: end + slide, called: true, parent: NaN };
}

function keep<T>(map: Map<number, T>, key: number, value: T): void {
  if (map.size >= MAX_KEPT) map.clear();
  map.set(key, value);
}

/** @param interrupted where the function finds what it interrupted, if it returns by iret */
function stepsOf(state: StackState, inCall: boolean, entry: number, interrupted?: Value): Step[] {
  if (interrupted !== undefined) {
    const rules = interruptRulesOf(state, inCall, interrupted);
    return rules ? [stepOf('instructions', { ...PLAIN, signal: true, expressions: rules.expressions }, rules.row, entry)] : [];
  }
  if (isOutermost(state)) return [outermostStep('instructions', entry)];
  const rules = rulesOf(state, inCall);
  return rules ? [stepOf('instructions', { ...PLAIN, expressions: rules.expressions }, rules.row, entry)] : [];
}
