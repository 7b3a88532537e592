/** `ringside symbolize ELF`: addresses on standard input to functions, files and lines, in the shapes of llvm-symbolizer. */
import { parseArgs } from 'node:util';
import { MOST_THREADS } from '../engine/symbols/crew.ts';
import { lookupMany } from '../engine/symbols/lookup.ts';
import { openSymbols } from '../engine/symbols/symbolizer.ts';
import { jsonLines, plainLines } from './symbolizeOutput.ts';
import { numberOption, UsageError } from './usage.ts';

const options = {
  json: { type: 'boolean' },
  'debug-file-directory': { type: 'string', multiple: true },
  index: { type: 'string' },
  threads: { type: 'string' },
} as const;

/** @returns exit code: 1 where a line of the input is no address */
export async function symbolize(args: string[], stdin: NodeJS.ReadableStream, stdout: NodeJS.WritableStream): Promise<number> {
  const { values, positionals } = parseArgs({ args, allowPositionals: true, options });
  const [file, ...rest] = positionals;
  if (file === undefined || rest.length > 0) throw new UsageError('ringside symbolize takes one ELF file');
  const threads = values.threads === undefined ? undefined : Math.round(numberOption('threads', values.threads, 1, 1, MOST_THREADS));
  const symbols = openSymbols(file, { debugDirectories: values['debug-file-directory'] ?? [], index: values.index });
  let exitCode = 0;
  try {
    for await (const lines of batches(stdin)) {
      const addresses = lines.map(addressOf);
      if (addresses.includes(undefined)) exitCode = 1;
      const answers = await lookupMany(
        symbols,
        addresses.map((address) => address ?? 0n),
        threads,
      );
      for (const chunk of values.json
        ? jsonLines(file, lines, addresses, answers, symbols.dwarf.addresses)
        : plainLines(lines, addresses, answers))
        await written(stdout, chunk);
    }
    symbols.keep();
  } finally {
    symbols.close();
  }
  return exitCode;
}

/** Waits until the chunk has been taken and its memory may be used again. */
function written(stdout: NodeJS.WritableStream, chunk: Buffer): Promise<void> {
  return new Promise((resolve, reject) => stdout.write(chunk, (error) => (error ? reject(error) : resolve())));
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
  if (!/^(?:0x)?[0-9a-f]{1,16}$/i.test(text)) return undefined;
  return BigInt(/^0x/i.test(text) ? text : `0x${text}`);
}
