/** The frames at many addresses: functions and files once each, and columns that say which of them each frame is. */
import { FrameRows, NO_FILE, twice } from '../dwarf/frameRows.ts';

/** One function at an address; of several the innermost comes first and the others are what it was inlined into. */
export interface SourceFrame {
  /** As people write it; the linkage name where it is not mangled. */
  readonly name: string;
  /** Mangled name, where it differs. */
  readonly linkageName?: string;
  readonly file?: string;
  /** 1-based. For frames that something is inlined into: the line of the call. */
  readonly line?: number;
  /** 1-based. */
  readonly column?: number;
  /** The compiler put the body into the next frame's; there is no call. */
  readonly inlined: boolean;
  /** Where the function begins; not for inlined bodies. */
  readonly functionStart?: bigint;
  /** What the name comes from. */
  readonly source: 'dwarf' | 'symtab' | 'none';
}

/** What a frame has of its function. */
export interface SourceFunction {
  readonly name: string;
  readonly linkageName: string | undefined;
  readonly start: bigint | undefined;
  /** Line of its declaration; 0 where unknown. */
  readonly declLine: number;
  readonly source: SourceFrame['source'];
}

export class Answers {
  readonly rows = new FrameRows();
  readonly functions: readonly SourceFunction[];
  readonly files: readonly string[];
  /** Index in `functions` of each row. */
  function = new Int32Array(1024);
  /** First row of each address, and the one after its last. */
  private readonly first: Uint32Array;
  private readonly end: Uint32Array;
  /** Rows that belong to an address already. */
  finished = 0;

  constructor(addresses: number, functions: readonly SourceFunction[], files: readonly string[]) {
    this.first = new Uint32Array(addresses);
    this.end = new Uint32Array(addresses);
    this.functions = functions;
    this.files = files;
  }

  get length(): number {
    return this.first.length;
  }

  name(row: number, fn: number): void {
    while (row >= this.function.length) this.function = twice(this.function);
    this.function[row] = fn;
  }

  /** All rows since the address before are the address's. */
  close(index: number): void {
    this.first[index] = this.finished;
    this.end[index] = this.finished = this.rows.count;
  }

  firstRow(index: number): number {
    return this.first[index]!;
  }

  endRow(index: number): number {
    return this.end[index]!;
  }

  framesOf(index: number): readonly SourceFrame[] {
    const frames: SourceFrame[] = [];
    for (let row = this.first[index]!; row < this.end[index]!; row++) frames.push(this.frame(row));
    return frames;
  }

  private frame(row: number): SourceFrame {
    const { rows } = this;
    const { name, linkageName, start, source } = this.functions[this.function[row]!]!;
    const file = rows.file[row]!;
    const line = rows.line[row]!;
    const column = rows.column[row]!;
    return {
      name,
      ...(linkageName !== undefined ? { linkageName } : {}),
      ...(file !== NO_FILE ? { file: this.files[file]! } : {}),
      ...(line > 0 ? { line } : {}),
      ...(column > 0 ? { column } : {}),
      inlined: rows.inlined[row] === 1,
      ...(start !== undefined ? { functionStart: start } : {}),
      source,
    };
  }
}
