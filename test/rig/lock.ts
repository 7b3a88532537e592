/** A lock between processes that cannot be left behind: flock(1) holds it for as long as this process is there to hold its pipe open. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir } from 'node:fs/promises';
import path from 'node:path';

/** Runs work while holding the lock; waits for others to let go of it first, which may take as long as their build. */
export async function withLock<T>(file: string, work: () => Promise<T>): Promise<T> {
  await mkdir(path.dirname(file), { recursive: true });
  const holder = spawn('flock', ['--exclusive', file, 'sh', '-c', 'echo held; cat'], { stdio: ['pipe', 'pipe', 'inherit'] });
  const ended = once(holder, 'close');
  const held = await Promise.race([once(holder.stdout, 'data').then(() => true), ended.then(() => false)]);
  if (!held) throw new Error(`could not lock ${file} with flock(1)`);
  try {
    return await work();
  } finally {
    holder.stdin.end();
    await ended;
  }
}
