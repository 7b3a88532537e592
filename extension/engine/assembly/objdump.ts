/** Runs the disassembler of binutils over a range of a file, and reads what it prints. */
import { execFile, type ExecFileException } from 'node:child_process';

/** A range of a kernel takes some ten milliseconds; a file with very many symbols a second or two. */
const PATIENCE_MS = 20_000;
const MOST_OUTPUT_BYTES = 64 * 1024 * 1024;

export interface Instruction {
  /** Moved by the slide. */
  readonly address: bigint;
  /** Mnemonic and operands. */
  readonly text: string;
}

export interface ObjdumpRequest {
  /** The program: a path, or a name in PATH. */
  readonly program: string;
  readonly file: string;
  /** As linked. */
  readonly start: bigint;
  /** First address after the range. */
  readonly end: bigint;
  /** Added to all addresses, those in operands as well. */
  readonly slide: bigint;
  readonly signal: AbortSignal;
}

/** @throws Error that names the program or the file, and the next step */
export async function disassemble({ program, file, start, end, slide, signal }: ObjdumpRequest): Promise<Instruction[]> {
  const range = [`--start-address=${moved(start, slide)}`, `--stop-address=${moved(end, slide)}`, `--adjust-vma=${moved(0n, slide)}`];
  const args = ['--disassemble', '--disassemble-zeroes', '--no-show-raw-insn', '--wide', '--demangle', ...range, '--', file];
  return parseObjdump(await run(program, args, file, signal));
}

const moved = (address: bigint, slide: bigint): string => `0x${BigInt.asUintN(64, address + slide).toString(16)}`;

function run(program: string, args: readonly string[], file: string, signal: AbortSignal): Promise<string> {
  return new Promise((resolve, reject) => {
    const options = {
      signal,
      timeout: PATIENCE_MS,
      killSignal: 'SIGKILL' as const,
      maxBuffer: MOST_OUTPUT_BYTES,
      windowsHide: true,
      // what it prints is read by a program
      env: { ...process.env, LC_ALL: 'C', DEBUGINFOD_URLS: '' },
    };
    execFile(program, [...args], options, (error, stdout, stderr) => {
      if (error) reject(new Error(reason(error, program, file, stderr), { cause: error }));
      else resolve(stdout);
    });
  });
}

function reason(error: ExecFileException, program: string, file: string, stderr: string): string {
  if (error.code === 'ENOENT' || error.code === 'EACCES')
    return `The disassembler ${program} cannot be run: install binutils, or name its objdump in the setting ringside.objdump`;
  if (error.killed) return `${program} took longer than ${PATIENCE_MS / 1000} seconds over ${file} and was ended`;
  const [said = error.message] = stderr.split('\n').filter((line) => line.trim() !== '');
  return `${program} could not disassemble ${file}: ${said}. Where its objdump is of another architecture, name one for x86-64 in the setting ringside.objdump`;
}

/** Lines such as `  104a35:\tmovzbl (%rax,%rcx,1),%esi`; all others are headings. */
export function parseObjdump(output: string): Instruction[] {
  const instructions: Instruction[] = [];
  for (const line of output.split('\n')) {
    const [, address, text] = /^\s*([0-9a-f]+):\t(.*)$/.exec(line) ?? [];
    if (address !== undefined && text !== undefined) instructions.push({ address: BigInt(`0x${address}`), text: text.trimEnd() });
  }
  return instructions;
}
