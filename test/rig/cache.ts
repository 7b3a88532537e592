/** What is built once and kept: a folder each, named by a hash of what it is made of. */
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, readdir, readFile, rename, rm, stat, utimes } from 'node:fs/promises';
import path from 'node:path';
import { cacheDir } from '../setup.mjs';
import { withLock } from './lock.ts';

const unusedDays = 14;

/** A short name for these texts and for the contents of these files or folders. */
export async function keyOf(texts: readonly string[], files: readonly string[] = []): Promise<string> {
  const hash = createHash('sha256').update(JSON.stringify(texts));
  for (const file of files) await addFile(hash, file);
  return hash.digest('hex').slice(0, 16);
}

async function addFile(hash: ReturnType<typeof createHash>, file: string): Promise<void> {
  if ((await stat(file)).isDirectory()) {
    for (const name of (await readdir(file)).sort()) await addFile(hash, path.join(file, name));
    return;
  }
  const content = await readFile(file);
  hash.update(`${path.basename(file)} ${content.length}\n`).update(content);
}

/**
 * The folder KIND-KEY of the cache, built where it is missing. A build that fails or is killed leaves nothing that passes for built;
 * of two at the same time, the second waits and takes what the first has made.
 *
 * @returns the folder's path
 */
export async function kept(kind: string, key: string, build: (into: string) => Promise<void>): Promise<string> {
  const cache = path.join(cacheDir(), 'rig');
  const folder = path.join(cache, `${kind}-${key}`);
  if (!existsSync(folder)) {
    await withLock(path.join(cache, `${kind}.lock`), async () => {
      if (existsSync(folder)) return;
      const unfinished = path.join(cache, `building-${kind}`);
      await rm(unfinished, { recursive: true, force: true });
      await mkdir(unfinished, { recursive: true });
      await build(unfinished);
      await rename(unfinished, folder);
      await dropUnused(cache, kind);
    });
  }
  const now = new Date();
  await utimes(folder, now, now);
  return folder;
}

async function dropUnused(cache: string, kind: string): Promise<void> {
  for (const name of await readdir(cache)) {
    if (!new RegExp(`^${kind}-[0-9a-f]{16}$`).test(name)) continue;
    const ageDays = (Date.now() - (await stat(path.join(cache, name))).mtimeMs) / 86_400_000;
    if (ageDays > unusedDays) await rm(path.join(cache, name), { recursive: true, force: true });
  }
}
