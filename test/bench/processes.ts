/** Whole processes, measured from outside as the kernel counts them. */
import { spawn } from 'node:child_process';
import { closeSync, openSync } from 'node:fs';

export interface Cost {
  readonly wallMs: number;
  /** Of processor time, all threads. */
  readonly cpuMs: number;
  readonly peakMiB: number;
}

/** Waits for the command as its parent: getrusage tells a process what its children took, and Node cannot ask it. */
const waiter = `
import os, resource, subprocess, sys, time
start = time.monotonic()
code = subprocess.call(sys.argv[1:])
wall = time.monotonic() - start
used = resource.getrusage(resource.RUSAGE_CHILDREN)
print(code, wall, used.ru_utime + used.ru_stime, used.ru_maxrss, file=sys.stderr)
`;

/**
 * Runs a command to its end with a file as its input, its output thrown away.
 * @throws where it does not end with 0
 */
export async function costOf(command: readonly string[], inputFile: string, env: Record<string, string> = {}): Promise<Cost> {
  const input = openSync(inputFile, 'r');
  const child = spawn('python3', ['-c', waiter, ...command], {
    stdio: [input, 'ignore', 'pipe'],
    env: { ...process.env, ...env },
  });
  closeSync(input);
  let said = '';
  child.stderr!.setEncoding('utf8').on('data', (text: string) => (said += text));
  await new Promise((resolve, reject) => child.once('error', reject).once('close', resolve));
  const [code, wall, cpu, peak] = (said.trim().split('\n').at(-1) ?? '').split(' ').map(Number);
  if (code !== 0 || peak === undefined) throw new Error(`${command.join(' ')} failed: ${said}`);
  return { wallMs: wall! * 1000, cpuMs: cpu! * 1000, peakMiB: peak / 1024 };
}

export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
}

/** Medians of each figure by itself. */
export function medianCost(costs: readonly Cost[]): Cost {
  return {
    wallMs: median(costs.map(({ wallMs }) => wallMs)),
    cpuMs: median(costs.map(({ cpuMs }) => cpuMs)),
    peakMiB: median(costs.map(({ peakMiB }) => peakMiB)),
  };
}
