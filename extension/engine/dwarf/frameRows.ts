/** The frames at many addresses, as columns. */
import type { EntryReference } from './functionTable.ts';

/** No file is known. */
export const NO_FILE = -1;

/** Room there is at first: one address has a few frames. */
export const FIRST_ROWS = 32;

export class FrameRows {
  count = 0;
  /** The entry that names the function; NaN where only a line is known. */
  entry = new Float64Array(FIRST_ROWS);
  /** DW_AT_low_pc of a body, as the file's AddressSpace counts; NaN where there is none. */
  start = new Float64Array(FIRST_ROWS);
  /** Index in the DwarfFile's `files`, or NO_FILE. */
  file = new Int32Array(FIRST_ROWS);
  /** 0 where unknown, as are columns. */
  line = new Uint32Array(FIRST_ROWS);
  column = new Uint32Array(FIRST_ROWS);
  discriminator = new Uint32Array(FIRST_ROWS);
  /** 1 where the compiler put the body into the next frame's. */
  inlined = new Uint8Array(FIRST_ROWS);

  add(entry: EntryReference, start: number, file: number, line: number, column: number, discriminator: number, inlined: boolean): void {
    if (this.count === this.entry.length) this.grow();
    const row = this.count++;
    this.entry[row] = entry;
    this.start[row] = start;
    this.file[row] = file;
    this.line[row] = line;
    this.column[row] = column;
    this.discriminator[row] = discriminator;
    this.inlined[row] = inlined ? 1 : 0;
  }

  private grow(): void {
    this.entry = twice(this.entry);
    this.start = twice(this.start);
    this.file = twice(this.file);
    this.line = twice(this.line);
    this.column = twice(this.column);
    this.discriminator = twice(this.discriminator);
    this.inlined = twice(this.inlined);
  }
}

/** A copy with room for twice as much. */
export function twice<T extends Float64Array | Int32Array | Uint32Array | Uint16Array | Uint8Array>(column: T): T {
  const grown = new (column.constructor as new (length: number) => T)(column.length * 2);
  grown.set(column);
  return grown;
}
