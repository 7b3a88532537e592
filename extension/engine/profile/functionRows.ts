/** The table of functions: ordered, narrowed by a search, and handed out by the piece. */
import type { FunctionOrder, FunctionsRequest } from '../../protocol.ts';
import type { FunctionInfo } from './locations.ts';
import { PatternError, type Matcher } from './matcher.ts';

/** Rows handed out at once. */
const MAX_PIECE = 2000;

export interface Rows {
  /** Functions, in order. */
  readonly order: Int32Array;
  readonly error?: string;
}

/** What a piece of the table is asked by: the filter apart. */
export type RowsRequest = Pick<FunctionsRequest, 'descending' | 'search'> & { readonly order: string };

/**
 * @param has whether a function has a row
 * @param values what a column is ordered by, and what equals are; none for columns of text
 */
export function functionRows(
  functions: readonly FunctionInfo[],
  { order, descending, search }: RowsRequest,
  matcher: Matcher,
  has: (fn: number) => boolean,
  values: readonly Float64Array[],
): Rows {
  let matches: Uint8Array | null = null;
  let error: string | undefined;
  try {
    matches = search ? matcher.flags(search) : null;
  } catch (cause) {
    if (!(cause instanceof PatternError)) throw cause;
    error = cause.message;
  }
  const found: number[] = [];
  for (let fn = 0; fn < functions.length; fn++) if (has(fn) && (matches === null || matches[fn] === 1)) found.push(fn);
  const sign = descending ? -1 : 1;
  const ordered = Int32Array.from(found);
  const difference = (a: number, b: number): number => {
    for (const value of values) if (value[a] !== value[b]) return value[a]! - value[b]!;
    return 0;
  };
  if (values.length > 0) ordered.sort((a, b) => sign * difference(a, b) || a - b);
  else {
    const ranks = textRanks(functions, order as 'name' | 'module' | 'file');
    ordered.sort((a, b) => sign * (ranks[a]! - ranks[b]!) || a - b);
  }
  return { order: ordered, ...(error === undefined ? {} : { error }) };
}

export function piece(
  { order, error }: Rows,
  request: Pick<FunctionsRequest, 'offset' | 'limit' | 'find'>,
): { fns: number[]; offset: number; count: number; index: number | null; error?: string } {
  const offset = Math.min(order.length, Math.max(0, Math.floor(request.offset) || 0));
  const limit = Math.min(MAX_PIECE, Math.max(0, Math.floor(request.limit) || 0));
  const index = typeof request.find === 'number' ? order.indexOf(request.find) : -1;
  return {
    fns: Array.from(order.subarray(offset, offset + limit)),
    offset,
    count: order.length,
    index: index < 0 ? null : index,
    ...(error === undefined ? {} : { error }),
  };
}

/** Place of each function when sorted by a text, then by name; equal texts share one. Kept for as long as there are no new functions. */
function textRanks(functions: readonly FunctionInfo[], by: FunctionOrder & ('name' | 'module' | 'file')): Float64Array {
  let kept = ranks.get(functions);
  if (kept?.count !== functions.length) ranks.set(functions, (kept = { count: functions.length, by: new Map() }));
  const known = kept.by.get(by);
  if (known) return known;
  const texts = functions.map((fn) => (by === 'name' ? fn.name : `${fn[by]}\0${fn.name}`));
  const order = Int32Array.from(texts.keys()).sort((a, b) => (texts[a]! < texts[b]! ? -1 : texts[a]! > texts[b]! ? 1 : a - b));
  const made = new Float64Array(texts.length);
  order.forEach((fn, rank) => (made[fn] = rank > 0 && texts[order[rank - 1]!] === texts[fn] ? made[order[rank - 1]!]! : rank));
  kept.by.set(by, made);
  return made;
}

const ranks = new WeakMap<readonly FunctionInfo[], { count: number; by: Map<string, Float64Array> }>();
