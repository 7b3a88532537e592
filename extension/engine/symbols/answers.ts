/** The frames at many addresses: functions and files once each, and columns that say which of them each frame is. */
import { FIRST_ROWS, FrameRows, NO_FILE, twice } from '../dwarf/frameRows.ts';
import { fileKey, type SourceFile } from '../dwarf/sourceFile.ts';

/** One function at an address; of several the innermost comes first and the others are what it was inlined into. */
export interface SourceFrame {
  /** As people write it; the linkage name where it is not mangled. */
  readonly name: string;
  /** Mangled name, where it differs. */
  readonly linkageName?: string;
  readonly file?: string;
  /** MD5 of the file's content as it was compiled, in hexadecimal, where the compiler wrote it. */
  readonly fileMd5?: string;
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
  /** File of its declaration. */
  readonly declFile: string | undefined;
  readonly source: SourceFrame['source'];
}

/** Answers on their way from one thread to another. */
export interface PartialAnswers {
  readonly first: Uint32Array;
  readonly end: Uint32Array;
  readonly function: Int32Array;
  readonly start: Float64Array;
  readonly file: Int32Array;
  readonly line: Uint32Array;
  readonly column: Uint32Array;
  readonly discriminator: Uint32Array;
  readonly inlined: Uint8Array;
  /** Those that the thread has not sent before; indexes count all of them. */
  readonly newFunctions: readonly SourceFunction[];
  readonly newFiles: readonly SourceFile[];
}

export class Answers {
  rows = new FrameRows();
  readonly functions: readonly SourceFunction[];
  readonly files: readonly SourceFile[];
  /** Index in `functions` of each row. */
  function = new Int32Array(FIRST_ROWS);
  /** First row of each address, and the one after its last. */
  private first: Uint32Array;
  private end: Uint32Array;
  /** Rows that belong to an address already. */
  finished = 0;

  constructor(addresses: number, functions: readonly SourceFunction[], files: readonly SourceFile[]) {
    this.first = new Uint32Array(addresses);
    this.end = new Uint32Array(addresses);
    this.functions = functions;
    this.files = files;
  }

  /** The same answers, or some of them, in another order. The columns are shared. */
  picked(order: Uint32Array): Answers {
    const first = new Uint32Array(order.length);
    const end = new Uint32Array(order.length);
    for (let i = 0; i < order.length; i++) {
      first[i] = this.first[order[i]!]!;
      end[i] = this.end[order[i]!]!;
    }
    return Answers.of(this.rows, this.function, first, end, this);
  }

  /** Answers whose columns are there already. */
  static of(
    rows: FrameRows,
    fn: Int32Array<ArrayBuffer>,
    first: Uint32Array,
    end: Uint32Array,
    { functions, files }: Pick<Answers, 'functions' | 'files'>,
  ): Answers {
    const answers = new Answers(0, functions, files);
    answers.rows = rows;
    answers.function = fn;
    answers.first = first;
    answers.end = end;
    answers.finished = rows.count;
    return answers;
  }

  name(row: number, fn: number): void {
    while (row >= this.function.length) this.function = twice(this.function);
    this.function[row] = fn;
  }

  /** All rows since the address before are the address's. */
  close(index: number): void {
    while (index >= this.first.length) {
      this.first = twice(this.first);
      this.end = twice(this.end);
    }
    this.first[index] = this.finished;
    this.end[index] = this.finished = this.rows.count;
  }

  firstRow(index: number): number {
    return this.first[index]!;
  }

  endRow(index: number): number {
    return this.end[index]!;
  }

  /** Everything, with the functions and files after the first so many. */
  part(sent: { functions: number; files: number }): PartialAnswers {
    const { rows, first, end } = this;
    const { count } = rows;
    return {
      first,
      end,
      function: this.function.slice(0, count),
      start: rows.start.slice(0, count),
      file: rows.file.slice(0, count),
      line: rows.line.slice(0, count),
      column: rows.column.slice(0, count),
      discriminator: rows.discriminator.slice(0, count),
      inlined: rows.inlined.slice(0, count),
      newFunctions: this.functions.slice(sent.functions),
      newFiles: this.files.slice(sent.files),
    };
  }

  /**
   * Takes over what another thread has found.
   * @param place which address here each of its addresses is, counted from `from`
   * @param index what its functions and files are here
   */
  add(
    part: PartialAnswers,
    place: readonly number[],
    from: number,
    index: { functions: readonly number[]; files: readonly number[] },
  ): void {
    for (let i = 0; i < part.first.length; i++) this.addOne(part, i, place[from + i]!, index);
  }

  /** The same for one of its addresses. */
  addOne(part: PartialAnswers, from: number, to: number, index: { functions: readonly number[]; files: readonly number[] }): void {
    const { rows } = this;
    for (let row = part.first[from]!; row < part.end[from]!; row++) {
      const file = part.file[row]!;
      rows.add(
        NaN,
        part.start[row]!,
        file === NO_FILE ? NO_FILE : index.files[file]!,
        part.line[row]!,
        part.column[row]!,
        part.discriminator[row]!,
        part.inlined[row] === 1,
      );
      this.name(rows.count - 1, index.functions[part.function[row]!]!);
    }
    this.close(to);
  }

  framesOf(index: number): readonly SourceFrame[] {
    const frames: SourceFrame[] = [];
    for (let row = this.first[index]!; row < this.end[index]!; row++) frames.push(this.frame(row));
    return frames;
  }

  private frame(row: number): SourceFrame {
    const { rows } = this;
    const { name, linkageName, start, source } = this.functions[this.function[row]!]!;
    const file = rows.file[row] === NO_FILE ? undefined : this.files[rows.file[row]!]!;
    const line = rows.line[row]!;
    const column = rows.column[row]!;
    return {
      name,
      ...(linkageName !== undefined ? { linkageName } : {}),
      ...(file === undefined ? {} : { file: file.path }),
      ...(file?.md5 === undefined ? {} : { fileMd5: file.md5 }),
      ...(line > 0 ? { line } : {}),
      ...(column > 0 ? { column } : {}),
      inlined: rows.inlined[row] === 1,
      ...(start !== undefined ? { functionStart: start } : {}),
      source,
    };
  }
}

/** Answers put together one by one from others. Functions and files are once each. */
export class CollectedAnswers {
  readonly answers: Answers;
  private readonly functions: SourceFunction[] = [];
  private readonly files: SourceFile[] = [];
  private readonly functionIndexes = new Map<SourceFunction | string, number>();
  private readonly fileIndexes = new Map<SourceFile | string, number>();
  private count = 0;

  constructor() {
    this.answers = new Answers(16, this.functions, this.files);
  }

  /** @returns which of the answers it is now */
  take(from: Answers, index: number): number {
    const { rows } = this.answers;
    for (let row = from.firstRow(index); row < from.endRow(index); row++) {
      const { start, file, line, column, discriminator, inlined } = from.rows;
      const source = file[row] === NO_FILE ? undefined : from.files[file[row]!];
      const place = source === undefined ? NO_FILE : this.fileIndex(source);
      rows.add(NaN, start[row]!, place, line[row]!, column[row]!, discriminator[row]!, inlined[row] === 1);
      this.answers.name(rows.count - 1, this.functionIndex(from.functions[from.function[row]!]!));
    }
    this.answers.close(this.count);
    return this.count++;
  }

  /** By the object first, because most files and functions come again and again. */
  private fileIndex(file: SourceFile): number {
    let index = this.fileIndexes.get(file);
    if (index === undefined) {
      const content = fileKey(file);
      index = this.fileIndexes.get(content) ?? this.files.push(file) - 1;
      this.fileIndexes.set(content, index).set(file, index);
    }
    return index;
  }

  private functionIndex(fn: SourceFunction): number {
    let index = this.functionIndexes.get(fn);
    if (index === undefined) {
      const { name, linkageName, start, declFile, declLine, source } = fn;
      const content = [name, linkageName, start, declFile, declLine, source].join('\0');
      index = this.functionIndexes.get(content) ?? this.functions.push(fn) - 1;
      this.functionIndexes.set(content, index).set(fn, index);
    }
    return index;
  }
}
