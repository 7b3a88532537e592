/** All units of a file, and which of them each address belongs to. */
import { FileError } from '../elf/errors.ts';
import { countUpTo, sortedOrder } from '../elf/sortedOrder.ts';
import * as dw from './constants.ts';
import type { DebugSections } from './debugSections.ts';
import { readRanges } from './rangeList.ts';
import { Unit } from './unit.ts';

/** Grows by doubling; rows are pushed as numbers. */
class Numbers {
  values = new Float64Array(1024);
  count = 0;

  push(value: number): void {
    if (this.count === this.values.length) {
      const grown = new Float64Array(this.count * 2);
      grown.set(this.values);
      this.values = grown;
    }
    this.values[this.count++] = value;
  }
}

interface Pieces {
  /** Where each piece begins; a piece ends where the next begins. */
  readonly starts: Float64Array;
  /** Index of the unit of each piece, or -1. */
  readonly owner: Int32Array;
}

export class UnitIndex {
  /** Every unit of .debug_info, in order. */
  readonly units: readonly Unit[];
  private readonly offsets: Float64Array;
  private readonly onFault: (fault: FileError) => void;
  private known: Pieces | undefined;

  /** @param onFault told of what cannot be read; the units that can be are there all the same */
  constructor(sections: DebugSections, onFault: (fault: FileError) => void) {
    this.units = readUnits(sections, onFault);
    this.offsets = Float64Array.from(this.units, ({ header }) => header.offset);
    this.onFault = onFault;
  }

  private get pieces(): Pieces {
    if (this.known === undefined) {
      const low = new Numbers();
      const high = new Numbers();
      const unit = new Numbers();
      this.units.forEach((each, index) => {
        reporting(this.onFault, () =>
          unitRanges(each, (from, to) => {
            low.push(from);
            high.push(to);
            unit.push(index);
          }),
        );
      });
      this.known = piecesOf(low, high, unit);
    }
    return this.known;
  }

  /** The unit whose ranges hold an address. */
  unitOf(address: number): number {
    const { starts, owner } = this.pieces;
    const piece = countUpTo(starts, address) - 1;
    return piece < 0 ? -1 : owner[piece]!;
  }

  /** The same for one address of which nothing else will be asked: nothing is sorted, nor kept. */
  unitOfOne(address: number): number {
    if (this.known !== undefined) return this.unitOf(address);
    let found = -1;
    let doubts = 0;
    this.units.forEach((each, index) => {
      reporting(
        () => doubts++,
        () =>
          unitRanges(each, (low, high) => {
            if (address < low || address >= high) return;
            if (found !== -1 && found !== index) doubts++;
            found = index;
          }),
      );
    });
    // which of several has the address depends on the ranges around it
    return doubts === 0 ? found : this.unitOf(address);
  }

  /** The unit that holds an entry, by the entry's offset in .debug_info. */
  holding(offset: number): Unit | undefined {
    const unit = this.units[countUpTo(this.offsets, offset) - 1];
    return unit && offset >= unit.header.firstEntry && offset < unit.header.end ? unit : undefined;
  }
}

function readUnits(sections: DebugSections, onFault: (fault: FileError) => void): Unit[] {
  const units: Unit[] = [];
  reporting(onFault, () => {
    const { info } = sections;
    for (let offset = 0; offset < info.size;) {
      const unit = Unit.at(sections, offset);
      units.push(unit);
      offset = unit.header.end;
    }
  });
  return units;
}

function reporting(onFault: (fault: FileError) => void, work: () => void): void {
  try {
    work();
  } catch (error) {
    if (!(error instanceof FileError)) throw error;
    onFault(error);
  }
}

function unitRanges(unit: Unit, emit: (low: number, high: number) => void): void {
  const { type } = unit.header;
  if (type === dw.DW_UT_type || type === dw.DW_UT_split_type) return;
  const { values } = unit.root;
  const high = values.get(dw.DW_AT_high_pc);
  const ranges = values.get(dw.DW_AT_ranges);
  const low = unit.lowPc;
  if (low !== undefined && high !== undefined) {
    const end = unit.highPc(low, high.form, high.value);
    if (end > low) emit(low, end);
  } else if (ranges !== undefined) {
    readRanges(unit, ranges.form, ranges.value, emit);
  }
}

/**
 * Cuts overlapping ranges into pieces of one owner each: the unit that comes first in the file, as llvm-symbolizer has it, except that a piece goes
 * on with the unit of the piece before it as long as that unit's ranges do.
 */
function piecesOf(low: Numbers, high: Numbers, unit: Numbers): Pieces {
  const { count } = low;
  const byLow = sortedOrder(low.values, count);
  const apart = piecesApart(low.values, high.values, unit.values, byLow);
  if (apart) return apart;
  const byHigh = sortedOrder(high.values, count);
  const starts = new Numbers();
  const owner: number[] = [];
  /** Open ranges by unit: few at a time, most often one. */
  const open = new Map<number, number>();
  let at = 0;
  for (let i = 0, j = 0; j < count;) {
    const opens = i < count && low.values[byLow[i]!]! < high.values[byHigh[j]!]!;
    const row = opens ? byLow[i++]! : byHigh[j++]!;
    const place = opens ? low.values[row]! : high.values[row]!;
    if (place > at || starts.count === 0) at = place;
    const index = unit.values[row]!;
    const uses = (open.get(index) ?? 0) + (opens ? 1 : -1);
    if (uses > 0) open.set(index, uses);
    else open.delete(index);
    const current = owner.at(-1);
    const next = open.size === 0 ? -1 : current !== undefined && open.has(current) ? current : lowest(open);
    if (starts.count > 0 && starts.values[starts.count - 1] === at) owner[owner.length - 1] = next;
    else if (next !== current) {
      starts.push(at);
      owner.push(next);
    }
  }
  return { starts: starts.values.slice(0, starts.count), owner: Int32Array.from(owner) };
}

/** The same for ranges that do not overlap, as a linked file's seldom do; undefined where they do. */
function piecesApart(low: Float64Array, high: Float64Array, unit: Float64Array, byLow: Uint32Array): Pieces | undefined {
  const starts = new Float64Array(byLow.length * 2);
  const owner = new Int32Array(byLow.length * 2);
  let pieces = 0;
  let end = -Infinity;
  for (const row of byLow) {
    const start = low[row]!;
    if (start < end) return undefined;
    // a piece begins where the one before it ends, or after a gap that is nobody's
    if (start > end && pieces > 0) {
      starts[pieces] = end;
      owner[pieces++] = -1;
    }
    if (start > end || owner[pieces - 1] !== unit[row]) {
      starts[pieces] = start;
      owner[pieces++] = unit[row]!;
    }
    end = high[row]!;
  }
  if (pieces > 0) {
    starts[pieces] = end;
    owner[pieces++] = -1;
  }
  return { starts: starts.slice(0, pieces), owner: owner.slice(0, pieces) };
}

function lowest(open: ReadonlyMap<number, number>): number {
  let least = Infinity;
  for (const unit of open.keys()) if (unit < least) least = unit;
  return least;
}

/** Thrown by walks over entries that nest deeper than any compiler's. */
export const tooDeep = (offset: number): FileError =>
  new FileError('too-large', 'entries nest too deep', { section: '.debug_info', offset });
