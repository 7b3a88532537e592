/**
 * Frames as llvm-symbolizer writes them. Ten thousand addresses of a C++ program make tens of megabytes, most of it the same names over and over:
 * each name is encoded once, and text is put together as bytes.
 */
import { NO_FILE } from '../engine/dwarf/frameRows.ts';
import type { AddressSpace } from '../engine/elf/addresses.ts';
import type { Answers, SourceFunction } from '../engine/symbols/answers.ts';

const CHUNK_BYTES = 256 * 1024;

class Bytes {
  private bytes = Buffer.allocUnsafeSlow(CHUNK_BYTES);
  private length = 0;

  get isFull(): boolean {
    return this.length >= CHUNK_BYTES / 2;
  }

  private reserve(count: number): void {
    if (this.length + count <= this.bytes.length) return;
    const grown = Buffer.allocUnsafeSlow(Math.max(this.bytes.length * 2, this.length + count));
    this.bytes.copy(grown, 0, 0, this.length);
    this.bytes = grown;
  }

  put(part: Buffer): void {
    this.reserve(part.length);
    this.bytes.set(part, this.length);
    this.length += part.length;
  }

  /** Text of any kind. */
  write(text: string): void {
    this.reserve(text.length * 3);
    this.length += this.bytes.write(text, this.length);
  }

  /** A whole number that is not negative. */
  number(value: number): void {
    this.reserve(16);
    const { bytes } = this;
    let digits = 1;
    for (let least = 10; least <= value; least *= 10) digits++;
    this.length += digits;
    for (let at = this.length - 1, left = value; digits > 0; digits--) {
      const rest = Math.floor(left / 10);
      bytes[at--] = 0x30 + left - rest * 10;
      left = rest;
    }
  }

  /** What was put in since the last time; valid until more is put in. */
  taken(): Buffer {
    const taken = this.bytes.subarray(0, this.length);
    this.length = 0;
    return taken;
  }
}

/** Encodes what an index stands for once. */
function encoded(encode: (index: number) => string): (index: number) => Buffer {
  return encodedBy((index) => Buffer.from(encode(index)));
}

function encodedBy(encode: (index: number) => Buffer): (index: number) => Buffer {
  const known: (Buffer | undefined)[] = [];
  return (index) => (known[index] ??= encode(index));
}

/** The same for names, once each: every unit of a C++ program has functions of its own of the same names. */
function encodedName(nameOf: (index: number) => string, encode: (name: string) => string): (index: number) => Buffer {
  const known = new Map<string, Buffer>();
  return encodedBy((index) => {
    const name = nameOf(index);
    let bytes = known.get(name);
    if (bytes === undefined) known.set(name, (bytes = Buffer.from(encode(name))));
    return bytes;
  });
}

const hex = (value: bigint): string => `0x${value.toString(16)}`;

/** Chunks that are valid until the next: one object a line; a line of the input that is no address becomes one with an error in it. */
export function* jsonLines(
  module: string,
  lines: readonly string[],
  addresses: readonly (bigint | undefined)[],
  answers: Answers,
  space: AddressSpace,
): Generator<Buffer> {
  const { rows, functions, files } = answers;
  const afterAddress = Buffer.from(`","ModuleName":${JSON.stringify(module)},"Symbol":[`);
  const column = encoded((number) => `{"Column":${number},"Discriminator":`);
  const fileName = encoded((file) => `,"FileName":${JSON.stringify(file === 0 ? '' : files[file - 1]!.path)}`);
  const functionName = encodedName(
    (fn) => functions[fn]!.name,
    (name) => `,"FunctionName":${JSON.stringify(name)},"Line":`,
  );
  const functionStart = encoded((fn) => startOf(functions[fn]!.start) + declaredAt(functions[fn]!));
  const declaration = encoded((fn) => declaredAt(functions[fn]!));
  const out = new Bytes();
  for (const [i, address] of addresses.entries()) {
    if (address === undefined) {
      out.write(`${JSON.stringify({ Address: lines[i], Error: { Message: 'not an address' }, ModuleName: module })}\n`);
      continue;
    }
    out.write(`{"Address":"${hex(address)}`);
    out.put(afterAddress);
    const first = answers.firstRow(i);
    const end = answers.endRow(i);
    if (first === end) out.put(NOTHING);
    for (let row = first; row < end; row++) {
      if (row > first) out.put(COMMA);
      out.put(column(rows.column[row]!));
      out.number(rows.discriminator[row]!);
      const fn = answers.function[row]!;
      out.put(fileName(rows.file[row]! - NO_FILE));
      out.put(functionName(fn));
      out.number(rows.line[row]!);
      if (rows.inlined[row] === 0) out.put(functionStart(fn));
      else {
        const start = rows.start[row]!;
        out.write(startOf(Number.isNaN(start) ? undefined : space.toBigInt(start)));
        out.put(declaration(fn));
      }
    }
    out.put(END_OF_LINE);
    if (out.isFull) yield out.taken();
  }
  yield out.taken();
}

const COMMA = Buffer.from(',');
const END_OF_LINE = Buffer.from(']}\n');
/** An address that is in no function has one frame without anything, as llvm-symbolizer writes it. */
const NOTHING = Buffer.from(
  '{"Column":0,"Discriminator":0,"FileName":"","FunctionName":"","Line":0,"StartAddress":"","StartFileName":"","StartLine":0}',
);

const startOf = (start: bigint | undefined): string => `,"StartAddress":"${start === undefined ? '' : hex(start)}"`;

const declaredAt = ({ declFile, declLine }: SourceFunction): string =>
  `,"StartFileName":${JSON.stringify(declFile ?? '')},"StartLine":${declLine}}`;

/** The same: function and place of each frame on a line each, and an empty line; lines of the input that are no addresses as they are. */
export function* plainLines(lines: readonly string[], addresses: readonly (bigint | undefined)[], answers: Answers): Generator<Buffer> {
  const { rows, functions, files } = answers;
  const fileName = encoded((file) => `\n${file === 0 ? '??' : files[file - 1]!.path}:`);
  const functionName = encodedName(
    (fn) => functions[fn]!.name,
    (name) => name || '??',
  );
  const out = new Bytes();
  for (const [i, address] of addresses.entries()) {
    if (address === undefined) {
      out.write(`${lines[i]!}\n`);
      continue;
    }
    const end = answers.endRow(i);
    if (answers.firstRow(i) === end) out.write('??\n??:0:0\n');
    for (let row = answers.firstRow(i); row < end; row++) {
      out.put(functionName(answers.function[row]!));
      out.put(fileName(rows.file[row]! - NO_FILE));
      out.write(`${rows.line[row]!}:${rows.column[row]!}\n`);
    }
    out.write('\n');
    if (out.isFull) yield out.taken();
  }
  yield out.taken();
}
