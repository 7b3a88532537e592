/** What a view asks about one profile, and what it is answered. */
import type { FrameInfo, ProfileHeader, ViewFilter } from './profile.ts';

export interface SearchQuery {
  /** Matches in function names. Never empty. */
  readonly text: string;
  readonly matchCase: boolean;
  readonly regex: boolean;
}

/** What a search finds in the whole of the (zoomed) graph, in what is too narrow to be drawn as well. */
export interface SearchResult {
  /** Matching frames (nodes of the tree, not only those drawn). */
  readonly frames: number;
  /** Different functions among them. */
  readonly functions: number;
  /** Weight of the samples with a match in their stack; each counts once. Its base is the total of the zoomed frame. */
  readonly weight: number;
  /** Weight of matching samples in each node that was asked about, or each row of the table: a row with less than its total holds matches further in. */
  readonly matched: readonly number[];
  /** Matching nodes to step to, drawn or not, in drawing order; the heaviest where there are more than 500. */
  readonly steps: readonly number[];
  /** Why the pattern cannot be used, in words; everything else is then empty. */
  readonly error?: string;
}

/** Nodes of another shape, to be found again in the one asked for. */
export interface CarryRequest {
  readonly from: ViewFilter;
  readonly nodes: readonly number[];
}

export interface FlameRequest {
  readonly profileId: string;
  readonly filter: ViewFilter;
  /** Node that fills the width; 0 is the root. */
  readonly rootNode: number;
  /** Width of the drawing in CSS pixels: nothing narrower than one is sent. */
  readonly widthPx: number;
  /** Answered in the same go, so that graph and matches are of one moment. */
  readonly search?: SearchQuery | null;
  /** Nodes of the shape shown before. With it, `rootNode`, too, is of that shape. */
  readonly carry?: CarryRequest;
}

/**
 * A flame graph cut to what a screen can show: parallel columns, one row a node, the root first, parents before children, siblings in drawing order.
 * Nodes above `rootNode` (its ancestors) come first, each with the full width.
 */
export interface FlameTable {
  readonly rootNode: number;
  /** Weight of the whole profile under the filter. */
  readonly grandTotal: number;
  /** Ids that stay the same while a profile grows. */
  readonly node: readonly number[];
  /** Row index of the parent; -1 for the first row. */
  readonly parent: readonly number[];
  readonly self: readonly number[];
  readonly total: readonly number[];
  /** Index into `frames`. */
  readonly frame: readonly number[];
  readonly frames: readonly FrameInfo[];
  /** Nodes left out because they are narrower than a pixel. */
  readonly pruned: number;
}

export interface HotPathRequest {
  readonly profileId: string;
  /** `callersOf` and `inverted` do not apply: a path leads from the root to the leaf, and its nodes are of the shape without the two. */
  readonly filter: ViewFilter;
  readonly limit: number;
}

/** One of the heaviest chains, root to leaf. */
export interface HotPath {
  /** Weight of the chain's last node: samples that end in it or that it leads to. */
  readonly weight: number;
  readonly steps: readonly HotPathStep[];
}

export interface HotPathStep {
  readonly node: number;
  readonly frame: FrameInfo;
  readonly self: number;
  readonly total: number;
}

export interface FlameReply {
  readonly header: ProfileHeader;
  readonly table: FlameTable;
  /** Present where the request searched; `matched` goes with the table's rows. */
  readonly search?: SearchResult;
  /** What became of the carried nodes: null where the shape has nothing like one. Present where the request carried. */
  readonly carried?: readonly (number | null)[];
}

export interface HotPathReply {
  readonly grandTotal: number;
  readonly paths: readonly HotPath[];
}

/** Functions as a table of parallel columns. */
export interface FunctionColumns {
  readonly frames: readonly FrameInfo[];
  readonly self: readonly number[];
  /** Weight of samples with the function anywhere on the stack; recursion counts once. */
  readonly total: readonly number[];
}

export type FunctionOrder = 'self' | 'total' | 'name' | 'module' | 'file';

export interface FunctionsRequest {
  readonly profileId: string;
  /** `callersOf` and `inverted` do not apply. */
  readonly filter: ViewFilter;
  readonly order: FunctionOrder;
  readonly descending: boolean;
  /** Only functions that match. */
  readonly search?: SearchQuery | null;
  /** Rows wanted: a virtualised table asks for what it shows. */
  readonly offset: number;
  readonly limit: number;
  /** Its row is told in `index`, so that a selection can be scrolled to. */
  readonly find?: number | null;
}

export interface FunctionsReply {
  readonly grandTotal: number;
  /** Rows of the whole table. */
  readonly count: number;
  /** First row in `rows`. */
  readonly offset: number;
  readonly rows: FunctionColumns;
  /** Row of the function in `find`; null where the table does not have it. */
  readonly index: number | null;
  /** Why the pattern cannot be used; every function is then in the table. */
  readonly error?: string;
}

export interface NeighboursRequest {
  readonly profileId: string;
  /** `callersOf` and `inverted` do not apply. */
  readonly filter: ViewFilter;
  readonly fn: number;
  /** Callers and callees at most, heaviest first. */
  readonly limit: number;
}

/** A function between those that call it and those it calls. */
export interface NeighboursReply {
  readonly grandTotal: number;
  /** null where the function has no weight under the filter. */
  readonly frame: FrameInfo | null;
  readonly self: number;
  readonly total: number;
  /** `total`: weight of samples in which the caller calls the function; `self`: of those that end in the function. */
  readonly callers: FunctionColumns;
  /** `total`: weight of samples in which the function calls the callee; `self`: of those that end in the callee. */
  readonly callees: FunctionColumns;
}

export interface HeatMapRequest {
  readonly profileId: string;
  /** `timeMs` does not apply. */
  readonly filter: ViewFilter;
  /** Columns at most, such as the pixels there are. */
  readonly maxColumns: number;
  /** Slices of a column. */
  readonly rows: number;
}

/** When samples were taken, in FlameScope's manner: a column a second (longer in long recordings, shorter below ten seconds), a row a slice of it. */
export interface HeatMap {
  readonly columnMs: number;
  readonly columns: number;
  readonly rows: number;
  /** Weight of cell (column, row) at column * rows + row; row 0 is the beginning of the column's time. */
  readonly weights: readonly number[];
  readonly max: number;
  /** Samples' own end: the last column may be cut. */
  readonly endMs: number;
}
