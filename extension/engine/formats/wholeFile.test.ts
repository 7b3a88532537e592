import { execFileSync } from 'node:child_process';
import { mkdtemp, readdir, readFile, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { readWhole, writeWhole } from './wholeFile.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'ringside-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

test('what is written is what is read, and nothing else is left', async () => {
  const file = path.join(folder, 'one.pb.gz');
  await writeWhole(file, Buffer.from('first'));
  await writeWhole(file, Buffer.from('second'));
  expect(Buffer.from(await readWhole(file)).toString()).toBe('second');
  expect(await readdir(folder)).toEqual(['one.pb.gz']);
});

test('a file that is not there, and a folder that is not there, are named', async () => {
  await expect(readWhole(path.join(folder, 'none'))).rejects.toThrow(/none cannot be read: ENOENT/);
  await expect(writeWhole(path.join(folder, 'no/one.pb.gz'), Buffer.from('x'))).rejects.toThrow(
    /could not be saved as .*no\/one\.pb\.gz: ENOENT/,
  );
});

test('a full disk leaves what was there before', async (context) => {
  const [command, ...args] = [
    ...(process.getuid?.() === 0 ? [] : ['sudo', '-n']),
    'mount',
    '-t',
    'tmpfs',
    '-o',
    'size=64k,mode=777',
    'tmpfs',
    folder,
  ];
  try {
    execFileSync(command, args, { stdio: 'ignore' });
  } catch {
    context.skip('no small file system could be mounted: it takes root, or a sudo that asks for no password');
  }
  try {
    const file = path.join(folder, 'one.pb.gz');
    await writeWhole(file, Buffer.from('first'));
    await expect(writeWhole(file, Buffer.alloc(1 << 20))).rejects.toThrow(/could not be saved as .*one\.pb\.gz: ENOSPC/);
    expect(await readFile(file, 'utf8')).toBe('first');
    expect(await readdir(folder)).toEqual(['one.pb.gz']);
  } finally {
    execFileSync(command === 'sudo' ? 'sudo' : 'umount', command === 'sudo' ? ['-n', 'umount', folder] : [folder]);
  }
});

test('a file of more than 1 GiB is refused before it is read', async () => {
  const file = path.join(folder, 'cellar.folded');
  await writeFile(file, 'main 1\n');
  await truncate(file, 2 ** 30 + 2 ** 20);
  await expect(readWhole(file)).rejects.toThrow(/cellar\.folded is 1025 MiB; Ringside opens captures up to 1024 MiB$/);
});
