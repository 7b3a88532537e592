/** Frames as llvm-symbolizer writes them. */
import type { AddressSpace } from '../engine/elf/addresses.ts';
import type { Answers } from '../engine/symbols/answers.ts';
import { FrameTexts } from './frameTexts.ts';
import { OutputBytes } from './outputBytes.ts';

const CHUNK_BYTES = 256 * 1024;
/** An address that is in no function has one frame without anything, as llvm-symbolizer writes it. */
const NOTHING =
  '{"Column":0,"Discriminator":0,"FileName":"","FunctionName":"","Line":0,"StartAddress":"","StartFileName":"","StartLine":0}';

const hex = (value: bigint): string => `0x${value.toString(16)}`;

/** Chunks that are valid until the next: one object a line; a line of the input that is no address becomes one with an error in it. */
export function* jsonLines(
  module: string,
  lines: readonly string[],
  addresses: readonly (bigint | undefined)[],
  answers: Answers,
  space: AddressSpace,
): Generator<Buffer> {
  const { rows, functions, function: functionOf } = answers;
  const out = new OutputBytes();
  const frames = new FrameTexts(answers, out, {
    path: (path) => `,"FileName":${JSON.stringify(path)}`,
    name: (name) => `,"FunctionName":${JSON.stringify(name)},"Line":`,
    nameFirst: false,
    tail: (fn) => `","StartFileName":${JSON.stringify(functions[fn]!.declFile ?? '')},"StartLine":${functions[fn]!.declLine}}`,
  });
  const afterAddress = `","ModuleName":${JSON.stringify(module)},"Symbol":[`;
  for (const [i, address] of addresses.entries()) {
    if (out.length > CHUNK_BYTES) yield out.taken();
    if (address === undefined) {
      out.text(`${JSON.stringify({ Address: lines[i], Error: { Message: 'not an address' }, ModuleName: module })}\n`);
      continue;
    }
    out.text(`{"Address":"${hex(address)}${afterAddress}`);
    const first = answers.firstRow(i);
    const end = answers.endRow(i);
    if (first === end) out.text(NOTHING);
    for (let row = first; row < end; row++) {
      if (row > first) out.text(',');
      out.text('{"Column":');
      out.number(rows.column[row]!);
      out.text(',"Discriminator":');
      out.number(rows.discriminator[row]!);
      frames.put(row);
      out.number(rows.line[row]!);
      out.text(',"StartAddress":"');
      const inlinedAt = rows.start[row]!;
      if (rows.inlined[row] === 0) {
        const { start } = functions[functionOf[row]!]!;
        if (start !== undefined) out.text(hex(start));
      } else if (!Number.isNaN(inlinedAt)) out.hex(space.highHalf(inlinedAt), space.lowHalf(inlinedAt));
      frames.putTail();
    }
    out.text(']}\n');
  }
  yield out.taken();
}

/** The same: function and place of each frame on a line each, and an empty line; lines of the input that are no addresses as they are. */
export function* plainLines(lines: readonly string[], addresses: readonly (bigint | undefined)[], answers: Answers): Generator<Buffer> {
  const { rows } = answers;
  const out = new OutputBytes();
  const frames = new FrameTexts(answers, out, {
    name: (name) => name || '??',
    path: (path) => `\n${path || '??'}:`,
    nameFirst: true,
    tail: () => '',
  });
  for (const [i, address] of addresses.entries()) {
    if (out.length > CHUNK_BYTES) yield out.taken();
    if (address === undefined) {
      out.text(`${lines[i]!}\n`);
      continue;
    }
    const end = answers.endRow(i);
    if (answers.firstRow(i) === end) out.text('??\n??:0:0\n');
    for (let row = answers.firstRow(i); row < end; row++) {
      frames.put(row);
      out.number(rows.line[row]!);
      out.text(':');
      out.number(rows.column[row]!);
      out.text('\n');
    }
    out.text('\n');
  }
  yield out.taken();
}
