/**
 * How answers lie in a file of the index (answerIndex.ts): columns of numbers in the machine's own byte order, ready to be used where they are read,
 * and every string once.
 */
import { FrameRows } from '../dwarf/frameRows.ts';
import { Answers, type SourceFunction } from './answers.ts';

export interface IndexedAnswers {
  /** As the file's AddressSpace counts, ascending. */
  readonly addresses: Float64Array;
  /** In the order of the addresses. */
  readonly answers: Answers;
}

const COUNTS = 6;
const NO_STRING = 0xffffffff;
const sources: readonly SourceFunction['source'][] = ['none', 'dwarf', 'symtab'];
/** Beside the source in a function's flags. */
const HAS_START = 4;

interface Counts {
  readonly addresses: number;
  readonly rows: number;
  readonly functions: number;
  readonly files: number;
  readonly strings: number;
  readonly stringBytes: number;
}

/** The columns over a buffer; those of the widest numbers come first, so that all are aligned. */
function columnsOf(bytes: Uint8Array, counts: Counts) {
  let at = bytes.byteOffset + COUNTS * 4;
  const column = <T>(
    make: { new (buffer: ArrayBufferLike, offset: number, length: number): T; readonly BYTES_PER_ELEMENT: number },
    n: number,
  ): T => {
    const made = new make(bytes.buffer, at, n);
    at += n * make.BYTES_PER_ELEMENT;
    return made;
  };
  return {
    addresses: column(Float64Array, counts.addresses),
    start: column(Float64Array, counts.rows),
    functionStart: column(BigUint64Array, counts.functions),
    end: column(Uint32Array, counts.addresses),
    function: column(Int32Array, counts.rows),
    file: column(Int32Array, counts.rows),
    line: column(Uint32Array, counts.rows),
    column: column(Uint32Array, counts.rows),
    discriminator: column(Uint32Array, counts.rows),
    name: column(Uint32Array, counts.functions),
    linkageName: column(Uint32Array, counts.functions),
    declFile: column(Uint32Array, counts.functions),
    declLine: column(Uint32Array, counts.functions),
    fileName: column(Uint32Array, counts.files),
    fileMd5: column(Uint32Array, counts.files),
    stringEnd: column(Uint32Array, counts.strings),
    inlined: column(Uint8Array, counts.rows),
    flags: column(Uint8Array, counts.functions),
    text: column(Uint8Array, counts.stringBytes),
  };
}

const sizeOf = ({ addresses, rows, functions, files, strings, stringBytes }: Counts): number =>
  COUNTS * 4 + addresses * 12 + rows * 29 + functions * 25 + files * 8 + strings * 4 + stringBytes;

/** Strings, each once. */
class Strings {
  readonly list: Buffer[] = [];
  bytes = 0;
  private readonly known = new Map<string, number>();

  index(text: string): number {
    let index = this.known.get(text);
    if (index === undefined) {
      const encoded = Buffer.from(text);
      index = this.list.push(encoded) - 1;
      this.bytes += encoded.length;
      this.known.set(text, index);
    }
    return index;
  }
}

export function packAnswers({ addresses, answers }: IndexedAnswers): Buffer {
  const { functions, files } = answers;
  const strings = new Strings();
  const names = functions.map(({ name }) => strings.index(name));
  const optional = (text: string | undefined): number => (text === undefined ? NO_STRING : strings.index(text));
  const linkageNames = functions.map(({ linkageName }) => optional(linkageName));
  const declFiles = functions.map(({ declFile }) => optional(declFile));
  const fileNames = files.map(({ path }) => strings.index(path));
  const fileMd5s = files.map(({ md5 }) => optional(md5));
  let rows = 0;
  for (let i = 0; i < addresses.length; i++) rows += answers.endRow(i) - answers.firstRow(i);
  const counts = {
    addresses: addresses.length,
    rows,
    functions: functions.length,
    files: files.length,
    strings: strings.list.length,
    stringBytes: strings.bytes,
  };
  const bytes = Buffer.allocUnsafeSlow(sizeOf(counts));
  new Uint32Array(bytes.buffer, bytes.byteOffset, COUNTS).set(Object.values(counts));
  const columns = columnsOf(bytes, counts);
  columns.addresses.set(addresses);
  let row = 0;
  for (let i = 0; i < addresses.length; i++) {
    for (let from = answers.firstRow(i); from < answers.endRow(i); from++, row++) {
      columns.start[row] = answers.rows.start[from]!;
      columns.function[row] = answers.function[from]!;
      columns.file[row] = answers.rows.file[from]!;
      columns.line[row] = answers.rows.line[from]!;
      columns.column[row] = answers.rows.column[from]!;
      columns.discriminator[row] = answers.rows.discriminator[from]!;
      columns.inlined[row] = answers.rows.inlined[from]!;
    }
    columns.end[i] = row;
  }
  functions.forEach(({ start, declLine, source }, i) => {
    columns.functionStart[i] = start ?? 0n;
    columns.name[i] = names[i]!;
    columns.linkageName[i] = linkageNames[i]!;
    columns.declFile[i] = declFiles[i]!;
    columns.declLine[i] = declLine;
    columns.flags[i] = sources.indexOf(source) | (start === undefined ? 0 : HAS_START);
  });
  columns.fileName.set(fileNames);
  columns.fileMd5.set(fileMd5s);
  let end = 0;
  strings.list.forEach((text, i) => {
    columns.text.set(text, end);
    columns.stringEnd[i] = end += text.length;
  });
  return bytes;
}

/**
 * @param bytes aligned to 8; the answers live in them
 * @returns undefined where the counts are not those of so many bytes
 */
export function unpackAnswers(bytes: Uint8Array): IndexedAnswers | undefined {
  if (bytes.length < COUNTS * 4) return undefined;
  const [addresses = 0, rowCount = 0, functions = 0, files = 0, strings = 0, stringBytes = 0] = new Uint32Array(
    bytes.buffer,
    bytes.byteOffset,
    COUNTS,
  );
  const counts = { addresses, rows: rowCount, functions, files, strings, stringBytes };
  if (sizeOf(counts) !== bytes.length) return undefined;
  const columns = columnsOf(bytes, counts);
  const text = Buffer.from(columns.text.buffer, columns.text.byteOffset, stringBytes);
  const decoded: (string | undefined)[] = [];
  const string = (index: number): string =>
    (decoded[index] ??= text.toString('utf8', index === 0 ? 0 : columns.stringEnd[index - 1], columns.stringEnd[index]));
  const optional = (index: number): string | undefined => (index === NO_STRING ? undefined : string(index));
  const list: SourceFunction[] = [];
  for (let i = 0; i < functions; i++) {
    const flags = columns.flags[i]!;
    list.push({
      name: string(columns.name[i]!),
      linkageName: optional(columns.linkageName[i]!),
      start: (flags & HAS_START) === 0 ? undefined : columns.functionStart[i]!,
      declFile: optional(columns.declFile[i]!),
      declLine: columns.declLine[i]!,
      source: sources[flags & 3]!,
    });
  }
  const rows = new FrameRows();
  const { start, file, line, column, discriminator, inlined, end } = columns;
  Object.assign(rows, { count: rowCount, start, file, line, column, discriminator, inlined });
  const first = new Uint32Array(addresses);
  if (addresses > 0) first.set(end.subarray(0, addresses - 1), 1);
  const sourceFiles = Array.from(columns.fileName, (name, i) => ({ path: string(name), md5: optional(columns.fileMd5[i]!) }));
  return {
    addresses: columns.addresses,
    answers: Answers.of(rows, columns.function, first, end, { functions: list, files: sourceFiles }),
  };
}
