/** `ringside symbolize ELF`: addresses on standard input to functions, files and lines, in the shapes of llvm-symbolizer. */
import { createInterface } from 'node:readline';
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
  let output = '';
  const write = async (text: string): Promise<void> => {
    output += text;
    if (output.length < 64 * 1024) return;
    const chunk = output;
    output = '';
    if (!stdout.write(chunk)) await new Promise((resolve) => stdout.once('drain', resolve));
  };
  try {
    for await (const line of createInterface({ input: stdin })) {
      const text = line.trim();
      const address = addressOf(text);
      if (address === undefined) {
        exitCode = 1;
        await write(
          values.json ? `${JSON.stringify({ Address: text, Error: { Message: 'not an address' }, ModuleName: file })}\n` : `${text}\n`,
        );
        continue;
      }
      const frames = symbols.lookup(address);
      await write(values.json ? `${JSON.stringify(jsonOf(address, file, frames))}\n` : plainOf(frames));
    }
    stdout.write(output);
  } finally {
    symbols.close();
  }
  return exitCode;
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
