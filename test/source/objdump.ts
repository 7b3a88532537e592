/** Disassembly with line numbers as binutils prints it: what ours is held against. */
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

export interface DumpedInstruction {
  readonly address: bigint;
  readonly text: string;
  /** `file:line` of the last heading before it; undefined where there was none in its function. */
  readonly place: string | undefined;
}

/** The whole of a file's code, by the function that it stands under. */
export async function dumped(file: string): Promise<Map<string, DumpedInstruction[]>> {
  const args = ['-dlw', '-z', '-C', '--no-show-raw-insn', file];
  const { stdout } = await promisify(execFile)('objdump', args, { maxBuffer: 512 * 1024 * 1024 });
  const functions = new Map<string, DumpedInstruction[]>();
  let [inside, place]: [DumpedInstruction[], string | undefined] = [[], undefined];
  for (const row of stdout.split('\n')) {
    const [, heading] = /^[0-9a-f]{16} <(.*)>:$/.exec(row) ?? [];
    const [, at] = /^(\S.*:\d+)(?: \(discriminator \d+\))?$/.exec(row) ?? [];
    const [, address, text] = /^\s*([0-9a-f]+):\t(.*)$/.exec(row) ?? [];
    if (heading !== undefined) {
      functions.set(heading, (inside = []));
      place = undefined;
    } else if (at !== undefined) place = at;
    else if (address !== undefined) inside.push({ address: BigInt(`0x${address}`), text: text!.trimEnd(), place });
  }
  return functions;
}
