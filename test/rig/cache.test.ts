import { existsSync } from 'node:fs';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { kept, keyOf } from './cache.ts';

let cache: string;
beforeAll(async () => {
  cache = await mkdtemp(path.join(tmpdir(), 'ringside-cache-'));
  vi.stubEnv('RINGSIDE_CACHE', cache);
});
afterAll(async () => {
  vi.unstubAllEnvs();
  await rm(cache, { recursive: true });
});

test('two who want the same build it once', async () => {
  let builds = 0;
  const build = async (into: string) => {
    builds++;
    await sleep(50);
    await writeFile(path.join(into, 'made'), 'whole');
  };
  const key = await keyOf(['two']);
  const [one, two] = await Promise.all([kept('thing', key, build), kept('thing', key, build)]);
  expect(two).toBe(one);
  expect(builds).toBe(1);
  expect(await readFile(path.join(one, 'made'), 'utf8')).toBe('whole');
});

test('a build that fails leaves nothing that passes for built', async () => {
  const key = await keyOf(['half']);
  const half = kept('thing', key, async (into) => {
    await writeFile(path.join(into, 'made'), 'half');
    throw new Error('out of flour');
  });
  await expect(half).rejects.toThrow('out of flour');
  expect((await readdir(path.join(cache, 'rig'))).some((name) => name.includes(key))).toBe(false);
  const folder = await kept('thing', key, () => Promise.resolve());
  expect(existsSync(path.join(folder, 'made'))).toBe(false);
});

test('a key follows the content of every file', async () => {
  const folder = await mkdtemp(path.join(cache, 'source-'));
  await writeFile(path.join(folder, 'a'), 'one');
  const before = await keyOf(['x'], [folder]);
  expect(await keyOf(['x'], [folder])).toBe(before);
  await writeFile(path.join(folder, 'a'), 'two');
  expect(await keyOf(['x'], [folder])).not.toBe(before);
});
