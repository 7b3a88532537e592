/** `ringside symbolize ELF`: addresses on standard input to functions, files and lines, in the shapes of llvm-symbolizer. */
import { parseArgs } from 'node:util';
import { openSymbols, type SourceFrame } from '../engine/symbols/symbolizer.ts';
import { UsageError } from './usage.ts';

const options = { json: { type: 'boolean' } } as const;

/** @returns exit code: 1 where a line of the input is no address */
export async function symbolize(args: string[], stdin: NodeJS.ReadableStream, stdout: NodeJS.WritableStream): Promise<number> {
  const { values, positionals } = parseArgs({ args, allowPositionals: true, options });
  const [file, ...rest] = positionals;
  if (file === undefined || rest.length > 0) throw new UsageError('ringside symbolize takes one ELF file');
  const symbols = openSymbols(file);
  let exitCode = 0;
  try {
    for await (const lines of batches(stdin)) {
      const addresses = lines.map(addressOf);
      const frames = symbols.lookupAll(addresses.map((address) => address ?? 0n));
      if (addresses.includes(undefined)) exitCode = 1;
      const text = lines.map((line, i) => {
        const address = addresses[i];
        if (address !== undefined) return values.json ? `${JSON.stringify(jsonOf(address, file, frames[i]!))}\n` : plainOf(frames[i]!);
        return values.json ? `${JSON.stringify({ Address: line, Error: { Message: 'not an address' }, ModuleName: file })}\n` : `${line}\n`;
      });
      if (!stdout.write(text.join(''))) await new Promise((resolve) => stdout.once('drain', resolve));
    }
  } finally {
    symbols.close();
  }
  return exitCode;
}

/** Most lines that are looked up before anything of them is written. */
const BATCH_LINES = 100_000;
/** Input that pauses for so long is answered. */
const PAUSE_MS = 2;

/** Lines as they come, those that come in one go together. */
async function* batches(stdin: NodeJS.ReadableStream): AsyncGenerator<string[]> {
  let rest = '';
  let lines: string[] = [];
  const chunks = stdin[Symbol.asyncIterator]();
  let next = chunks.next();
  for (;;) {
    const pause = new Promise<undefined>((resolve) => setTimeout(resolve, PAUSE_MS, undefined));
    const read = await (lines.length > 0 ? Promise.race([next, pause]) : next);
    if (read === undefined || read.done === true || lines.length >= BATCH_LINES) {
      const isLast = read?.done === true;
      if (isLast && rest !== '') lines.push(rest.trim());
      if (lines.length > 0) yield lines;
      lines = [];
      if (isLast) return;
      if (read === undefined) continue;
    }
    const parts = (rest + read.value.toString()).split('\n');
    rest = parts.pop()!;
    for (const line of parts) lines.push(line.trim());
    next = chunks.next();
  }
}

function addressOf(text: string): bigint | undefined {
  const digits = /^(?:0x)?([0-9a-f]{1,16})$/i.exec(text)?.[1];
  return digits === undefined ? undefined : BigInt(`0x${digits}`);
}

const hex = (value: bigint): string => `0x${value.toString(16)}`;

/** Function and place of each frame on a line each, and an empty line. */
function plainOf(frames: readonly SourceFrame[]): string {
  if (frames.length === 0) return '??\n??:0:0\n\n';
  return `${frames.map(({ name, file, line, column }) => `${name || '??'}\n${file ?? '??'}:${line ?? 0}:${column ?? 0}\n`).join('')}\n`;
}

function jsonOf(address: bigint, module: string, frames: readonly SourceFrame[]): unknown {
  const symbols = frames.map(({ name, file, line, column, functionStart }) => ({
    Column: column ?? 0,
    Discriminator: 0,
    FileName: file ?? '',
    FunctionName: name,
    Line: line ?? 0,
    StartAddress: functionStart === undefined ? '' : hex(functionStart),
    StartFileName: '',
    StartLine: 0,
  }));
  return { Address: hex(address), ModuleName: module, Symbol: symbols };
}
