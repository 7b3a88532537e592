/** What llvm-symbolizer says of addresses, to hold our answers against. */
import { spawn } from 'node:child_process';

export const LLVM_SYMBOLIZER = 'llvm-symbolizer-19';

/** One frame as llvm-symbolizer has it: empty and 0 where it knows nothing. */
export interface LlvmFrame {
  readonly FunctionName: string;
  readonly FileName: string;
  readonly Line: number;
}

/** Frames of each address, innermost first; names as they stand in the file. */
export async function llvmFrames(file: string, addresses: readonly bigint[]): Promise<LlvmFrame[][]> {
  const child = spawn(LLVM_SYMBOLIZER, ['--output-style=JSON', '--no-demangle', '-e', file], { stdio: ['pipe', 'pipe', 'inherit'] });
  const chunks: Buffer[] = [];
  child.stdout.on('data', (chunk: Buffer) => chunks.push(chunk));
  const ended = new Promise<number | null>((resolve, reject) => child.once('error', reject).once('close', resolve));
  child.stdin.end(addresses.map((address) => `0x${address.toString(16)}\n`).join(''));
  const code = await ended;
  if (code !== 0) throw new Error(`${LLVM_SYMBOLIZER} ended with ${code}`);
  const lines = Buffer.concat(chunks).toString().trim().split('\n');
  if (lines.length !== addresses.length) throw new Error(`${LLVM_SYMBOLIZER} answered ${lines.length} of ${addresses.length} addresses`);
  return lines.map((line) => (JSON.parse(line) as { Symbol: LlvmFrame[] }).Symbol);
}
