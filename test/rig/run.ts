/** Commands on this machine. */
import { spawn } from 'node:child_process';

export interface CommandResult {
  readonly stdout: string;
  readonly stderr: string;
  /** Exit code; null where a signal or the time limit ended it. */
  readonly code: number | null;
}

export interface CommandOptions {
  readonly input?: string;
  readonly timeoutMs?: number;
}

/** Runs a command to its end, whatever its exit code. */
export function run(command: string, args: readonly string[], options: CommandOptions = {}): Promise<CommandResult> {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { timeout: options.timeoutMs ?? 120_000, killSignal: 'SIGKILL' });
    let stdout = '';
    let stderr = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text));
    child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text));
    child.stdin.on('error', () => undefined); // ended before it read all its input: its exit code tells
    child.stdin.end(options.input ?? '');
    child.on('error', (cause) => reject(new Error(`could not start ${command}`, { cause })));
    child.on('close', (code) => resolve({ stdout, stderr, code }));
  });
}

/** The same, but anything other than success is an error. Returns standard output. */
export async function must(command: string, args: readonly string[], options: CommandOptions = {}): Promise<string> {
  const { stdout, stderr, code } = await run(command, args, options);
  if (code === 0) return stdout;
  throw new Error(`${command} ${args.join(' ')} ended with ${code ?? 'a signal'}: ${stderr.trim() || stdout.trim()}`);
}
