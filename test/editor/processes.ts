/** Finds the processes that carry a mark in their environment: everything a test's editor started, however far it moved from its parent. Linux only. */
import { readdir, readFile } from 'node:fs/promises';

export interface MarkedProcess {
  readonly pid: number;
  /** Arguments as the kernel keeps them. */
  readonly args: readonly string[];
}

/** Processes of this user whose environment holds `name=value`. */
export async function markedProcesses(name: string, value: string): Promise<MarkedProcess[]> {
  const wanted = `${name}=${value}`;
  const found: MarkedProcess[] = [];
  for (const entry of await readdir('/proc')) {
    if (!/^\d+$/.test(entry)) continue;
    const [environment, args] = await Promise.all([read(entry, 'environ'), read(entry, 'cmdline')]);
    if (environment.split('\0').includes(wanted)) found.push({ pid: Number(entry), args: args.split('\0').slice(0, -1) });
  }
  return found;
}

/** Ends every marked process: asks first, and kills what is still there after `graceMs`. */
export async function endMarked(name: string, value: string, graceMs = 3000): Promise<void> {
  const limit = Date.now() + graceMs;
  let signal: NodeJS.Signals = 'SIGTERM';
  for (;;) {
    const left = await markedProcesses(name, value);
    if (left.length === 0) return;
    for (const { pid } of left) send(pid, signal);
    await new Promise((resolve) => setTimeout(resolve, 100));
    if (Date.now() > limit + 5000)
      throw new Error(`these processes do not end: ${left.map(({ pid, args }) => `${pid} ${args[0] ?? ''}`).join(', ')}`);
    if (Date.now() > limit) signal = 'SIGKILL';
  }
}

export function send(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error; // it ended by itself
  }
}

/** A file of /proc that may vanish, or belong to another user, while it is read: empty then. */
function read(pid: string, file: string): Promise<string> {
  return readFile(`/proc/${pid}/${file}`, 'utf8').catch(() => '');
}
