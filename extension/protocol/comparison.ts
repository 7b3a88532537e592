/** The same of two profiles held against each other. */
import type { FlameRequest, FunctionOrder, FunctionsReply, FunctionsRequest, SearchResult } from './answers.ts';
import type { FrameInfo, ProfileHeader } from './profile.ts';

/** A differential graph's rows, as in FlameTable; the first profile is the base ("before"), the second the other ("after"). Weights are shares of each profile's own total (0 to 1). */
export interface DiffTable {
  readonly rootNode: number;
  readonly node: readonly number[];
  readonly parent: readonly number[];
  readonly baseSelf: readonly number[];
  readonly baseTotal: readonly number[];
  readonly otherSelf: readonly number[];
  readonly otherTotal: readonly number[];
  readonly frame: readonly number[];
  readonly frames: readonly FrameInfo[];
  readonly pruned: number;
}

/** What a row's width stands for: the share before, the share after, or the mean of the two, in which nothing that vanished or came anew is lost. */
export type DiffWidth = 'base' | 'other' | 'both';

export interface DiffFlameRequest extends FlameRequest {
  readonly width: DiffWidth;
}

export interface DiffFlameReply {
  readonly base: ProfileHeader;
  readonly other: ProfileHeader;
  /** Weight of each under the filter, in samples (or the profile's unit): what the shares are of. */
  readonly baseGrandTotal: number;
  readonly otherGrandTotal: number;
  readonly table: DiffTable;
  /** Weights are in the unit of the width that was asked for. */
  readonly search?: SearchResult;
  readonly carried?: readonly (number | null)[];
}

export interface DiffFunctionsRequest extends Omit<FunctionsRequest, 'order'> {
  /** The changes: other minus base; descending, what became more is first. */
  readonly order: FunctionOrder | 'selfChange' | 'totalChange' | 'sureChange';
}

/** Functions of a comparison as a table of parallel columns: shares of each profile's own total, 0 to 1. */
export interface DiffColumns {
  readonly frames: readonly FrameInfo[];
  readonly baseSelf: readonly number[];
  readonly baseTotal: readonly number[];
  readonly otherSelf: readonly number[];
  readonly otherTotal: readonly number[];
}

export interface DiffFunctionsReply extends Omit<FunctionsReply, 'rows' | 'grandTotal'> {
  readonly baseGrandTotal: number;
  readonly otherGrandTotal: number;
  readonly rows: DiffColumns & {
    /** What of the change of the total is beyond three standard deviations of what chance makes of so many samples; 0 where it may be chance. */
    readonly sureChange: readonly number[];
  };
}

/** A function between its callers and its callees, before and after; what changed most is first. Totals as in NeighboursReply. */
export interface DiffNeighboursReply {
  /** null where the function has no weight in either. */
  readonly frame: FrameInfo | null;
  readonly callers: DiffColumns;
  readonly callees: DiffColumns;
}
