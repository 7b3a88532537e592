/** The functions of one unit and the bodies inlined into them, as columns; and for each address the innermost of them. */
import { countUpTo, sortedOrder } from '../elf/sortedOrder.ts';

/** Reference to an entry of .debug_info: its offset; of the supplementary file's, -1 - offset; NaN: none. */
export type EntryReference = number;

export interface FunctionTable {
  readonly count: number;
  /** Row of the entry a body is inlined into; -1 for functions. */
  readonly parent: Int32Array;
  /** The entry that names it. */
  readonly entry: Float64Array;
  /** DW_AT_low_pc; NaN where it has none. */
  readonly lowPc: Float64Array;
  /** The place in the parent's source that was replaced by this body; 0 where unknown. */
  readonly callFile: Uint32Array;
  readonly callLine: Uint32Array;
  readonly callColumn: Uint32Array;
  readonly callDiscriminator: Uint32Array;
  /** Pieces of the address space in ascending order; each ends where the next begins. */
  readonly starts: Float64Array;
  /** Row of the innermost function of each piece; -1: none. */
  readonly innermost: Int32Array;
  /** Bytes of memory this takes. */
  readonly bytes: number;
}

/** A column that grows, kept between units. */
class Column<T extends Float64Array | Uint32Array | Int32Array> {
  values: T;
  private readonly make: new (length: number) => T;

  constructor(make: new (length: number) => T) {
    this.make = make;
    this.values = new make(1024);
  }

  reserve(count: number): void {
    if (count <= this.values.length) return;
    const grown = new this.make(count * 2);
    grown.set(this.values);
    this.values = grown;
  }

  set(row: number, value: number): void {
    if (row >= this.values.length) this.reserve(row + 1);
    this.values[row] = value;
  }

  /** The first `count` rows: a copy, or what they are until the column is filled again. */
  cut(count: number, keep: boolean): T {
    return (keep ? this.values.slice(0, count) : this.values.subarray(0, count)) as T;
  }
}

/** Collects rows while a unit is walked; one builder serves one unit after another. */
export class FunctionTableBuilder {
  count = 0;
  private rangeCount = 0;
  private readonly parent = new Column(Int32Array);
  private readonly entry = new Column(Float64Array);
  private readonly lowPc = new Column(Float64Array);
  private readonly callFile = new Column(Uint32Array);
  private readonly callLine = new Column(Uint32Array);
  private readonly callColumn = new Column(Uint32Array);
  private readonly callDiscriminator = new Column(Uint32Array);
  private readonly rangeLow = new Column(Float64Array);
  private readonly rangeHigh = new Column(Float64Array);
  private readonly rangeRow = new Column(Int32Array);
  private readonly starts = new Column(Float64Array);
  private readonly innermost = new Column(Int32Array);

  reset(): void {
    this.count = 0;
    this.rangeCount = 0;
  }

  get ranges(): number {
    return this.rangeCount;
  }

  /** @returns the new row */
  add(parent: number, entry: EntryReference, lowPc: number, file: number, line: number, column: number, discriminator: number): number {
    const row = this.count++;
    this.parent.set(row, parent);
    this.entry.set(row, entry);
    this.lowPc.set(row, lowPc);
    this.callFile.set(row, file);
    this.callLine.set(row, line);
    this.callColumn.set(row, column);
    this.callDiscriminator.set(row, discriminator);
    return row;
  }

  addRange(row: number, low: number, high: number): void {
    this.rangeLow.set(this.rangeCount, low);
    this.rangeHigh.set(this.rangeCount, high);
    this.rangeRow.set(this.rangeCount, row);
    this.rangeCount++;
  }

  finish(keep: boolean): FunctionTable {
    const { count } = this;
    const pieces = this.pieces(keep);
    return {
      count,
      parent: this.parent.cut(count, keep),
      entry: this.entry.cut(count, keep),
      lowPc: this.lowPc.cut(count, keep),
      callFile: this.callFile.cut(count, keep),
      callLine: this.callLine.cut(count, keep),
      callColumn: this.callColumn.cut(count, keep),
      callDiscriminator: this.callDiscriminator.cut(count, keep),
      ...pieces,
      bytes: count * 36 + pieces.starts.length * 12,
    };
  }

  /**
   * Cuts ranges into pieces: of the ranges over an address, the one that begins last wins, and among those that begin together the one that was
   * added last. Children are added after their parents and lie inside them, so that this is the innermost.
   */
  private pieces(keep: boolean): { starts: Float64Array; innermost: Int32Array } {
    const low = this.rangeLow.values;
    const high = this.rangeHigh.values;
    const order = sortedOrder(low, this.rangeCount);
    this.starts.reserve(this.rangeCount * 2);
    this.innermost.reserve(this.rangeCount * 2);
    const starts = this.starts.values;
    const innermost = this.innermost.values;
    let pieces = 0;
    const begin = (at: number, row: number): void => {
      if (pieces > 0 && starts[pieces - 1] === at) innermost[pieces - 1] = row;
      else if (pieces === 0 || innermost[pieces - 1] !== row) {
        starts[pieces] = at;
        innermost[pieces++] = row;
      }
    };
    /** Ranges that have begun, the innermost last; one that ends under another stays until it comes to the top. */
    const open: number[] = [];
    const closeUpTo = (address: number): void => {
      while (open.length > 0) {
        const end = high[open.at(-1)!]!;
        if (end > address) return;
        open.pop();
        while (open.length > 0 && high[open.at(-1)!]! <= end) open.pop();
        begin(end, open.length > 0 ? this.rangeRow.values[open.at(-1)!]! : -1);
      }
    };
    for (const range of order) {
      closeUpTo(low[range]!);
      begin(low[range]!, this.rangeRow.values[range]!);
      open.push(range);
    }
    closeUpTo(Infinity);
    return { starts: this.starts.cut(pieces, keep), innermost: this.innermost.cut(pieces, keep) };
  }
}

/** Row of the innermost function at an address, or -1. */
export function innermostAt(table: FunctionTable, address: number): number {
  const piece = countUpTo(table.starts, address) - 1;
  return piece < 0 ? -1 : table.innermost[piece]!;
}
