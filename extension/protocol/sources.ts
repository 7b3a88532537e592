/** A profile in the source: what the heat of lines, the walk and the assembly ask and are answered. */
import type { FrameInfo, SourcePlace } from './profile.ts';

/** What the ends of source lines tell of their cost. */
export type LineHeatMode = 'total' | 'self' | 'off';

/** Which samples lines are counted of: those through the selected frame (all where none is), or all that the view shows. */
export type LineHeatScope = 'selection' | 'view';

/**
 * How a local source file stands to what was built: `built` where nothing speaks against it; `other` where its content is not what was compiled, by the
 * checksum of the debug information; `later` where there is no checksum and the file was written after the profile was begun.
 */
export type SourceState = 'built' | 'other' | 'later';

/** Cost of a source file's lines in the open profile, under the filter that its view shows: parallel columns, by line. */
export interface LineCosts {
  /** Weight of everything that the view shows, whatever is selected in it. */
  readonly grandTotal: number;
  /** 1-based, ascending. */
  readonly line: readonly number[];
  readonly self: readonly number[];
  readonly total: readonly number[];
}

/** The same of a local file. */
export interface LineHeat extends LineCosts {
  readonly source: SourceState;
  /** Name of the selected frame, where lines cost what they cost in the samples through it, and no more. */
  readonly within: string | null;
}

/** A place in a local source file. */
export interface SourceQuestion {
  readonly path: string;
  /** 1-based. */
  readonly line: number;
  /** Identifier at the cursor; empty where there is none. */
  readonly word: string;
}

/** A caller or a callee, and the line to stand on: the call in the caller, or where the callee's time is. */
export interface SourceNeighbour {
  readonly frame: FrameInfo;
  /** Weight of the samples in which the one calls the other. */
  readonly total: number;
  readonly place: SourcePlace | null;
}

/** A function between its callers and its callees, heaviest first. */
export interface Around {
  readonly grandTotal: number;
  readonly frame: FrameInfo;
  /** Its heaviest frame, in the view's shape and not turned round. */
  readonly node: number;
  readonly self: number;
  readonly total: number;
  /** The line where most of its time is. */
  readonly hottest: SourcePlace | null;
  readonly callers: readonly SourceNeighbour[];
  readonly callees: readonly SourceNeighbour[];
}

/** One frame of the hot path, and the line to stand on: the call of the next frame; of the last, where its time is. */
export interface WalkStep {
  readonly node: number;
  readonly frame: FrameInfo;
  readonly self: number;
  readonly total: number;
  readonly place: SourcePlace | null;
}

export interface Walk {
  readonly grandTotal: number;
  /** From the root's callee to the leaf. */
  readonly steps: readonly WalkStep[];
}

/** A function's code as it lies in the guest, with what each instruction costs. */
export interface Assembly {
  readonly name: string;
  readonly symbolFile: string;
  readonly grandTotal: number;
  readonly unit: string;
  /** Added to the file's addresses: `0x0` where the guest has its code where the file has it. */
  readonly slide: string;
  /** Ranges of code, the heaviest first: more than one where it is in pieces, or where an inlined body was put into several functions. */
  readonly parts: readonly AssemblyPart[];
  /** Ranges that are not told. */
  readonly partsLeftOut: number;
}

/** Instructions of one function of the file, in parallel columns. */
export interface AssemblyPart {
  /** The function that the code belongs to. */
  readonly name: string;
  /** In the guest. */
  readonly address: readonly string[];
  readonly text: readonly string[];
  /** Weight of samples that were at the instruction. */
  readonly self: readonly number[];
  /** Weight of samples that were at it, or in what it called. */
  readonly total: readonly number[];
  /** Index in `chains`. */
  readonly chain: readonly number[];
  /** Where instructions are in the source: the line, then the lines at which its function was inlined, outwards. Empty where that is not known. */
  readonly chains: readonly (readonly { readonly name: string; readonly file?: string; readonly line?: number }[])[];
  /** The function goes on: it is longer than what is shown. */
  readonly cutOff: boolean;
}

/** Lines by their cost, the most first: parallel columns. */
export interface HotLines {
  readonly grandTotal: number;
  readonly place: readonly SourcePlace[];
  /** The function that most of the line's time is spent in. */
  readonly name: readonly string[];
  readonly self: readonly number[];
  readonly total: readonly number[];
}

/** Cost of a file: samples that end in one of its lines, and samples with any of its lines on the stack. */
export interface FileHeat {
  readonly grandTotal: number;
  readonly self: number;
  readonly total: number;
}
