/** The index on disk: the same answers from it as from the file, and never a wrong one. */
import { copyFile, mkdtemp, readdir, readFile, rm, stat, truncate, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { contentKey, readIndex } from '../../extension/engine/symbols/answerIndex.ts';
import { lookupMany } from '../../extension/engine/symbols/lookup.ts';
import { openSymbols, type SourceFrame } from '../../extension/engine/symbols/symbolizer.ts';
import { textAddresses } from './compare.ts';
import { corpusFile } from './corpus.ts';

let folder = '';
beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'ringside-index-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

async function frames(file: string, addresses: readonly bigint[], index?: string): Promise<(readonly SourceFrame[])[]> {
  const symbols = openSymbols(file, { index });
  try {
    const answers = await lookupMany(symbols, addresses);
    symbols.keep();
    return addresses.map((_, i) => answers.framesOf(i));
  } finally {
    symbols.close();
  }
}

const kept = async (): Promise<string[]> => (await readdir(path.join(folder, 'index'))).map((name) => path.join(folder, 'index', name));

test('answers come back as they were, in any order, and others are added', async () => {
  const { path: file } = await corpusFile('gcc-cpp-dwarf5');
  const index = path.join(folder, 'index');
  const addresses = textAddresses(file, 600);
  const expected = await frames(file, addresses);
  expect(await frames(file, addresses.slice(0, 400), index)).toEqual(expected.slice(0, 400));
  expect(await kept()).toHaveLength(1);
  expect(await frames(file, addresses.slice(0, 400).toReversed(), index)).toEqual(expected.slice(0, 400).toReversed());
  expect(await frames(file, addresses, index)).toEqual(expected);
  expect(await frames(file, [...addresses, ...addresses], index)).toEqual([...expected, ...expected]);
});

test('what is cut off, damaged or of another key is not believed', async () => {
  const { path: file } = await corpusFile('gcc-c-dwarf5');
  const index = path.join(folder, 'index');
  const addresses = textAddresses(file, 100);
  const expected = await frames(file, addresses, index);
  const [answers] = await kept();
  const whole = await readFile(answers!);
  const key = path.basename(answers!, '.answers');
  expect(readIndex(index, key)).toBeDefined();
  for (const damage of [
    () => truncate(answers!, whole.length - 1),
    () => truncate(answers!, 10),
    () => writeFile(answers!, Buffer.from(whole).fill(0, whole.length >> 1, (whole.length >> 1) + 4)),
    () => writeFile(answers!, Buffer.from(whole).fill(99, 17, 18)),
  ]) {
    await damage();
    expect(readIndex(index, key)).toBeUndefined();
    expect(await frames(file, addresses, index)).toEqual(expected);
    expect(await readFile(answers!)).toEqual(whole);
  }
  await copyFile(answers!, path.join(index, `${'0'.repeat(40)}.answers`));
  expect(readIndex(index, '0'.repeat(40))).toBeUndefined();
});

test('a file is known by what is in it, wherever it is', async () => {
  const { path: file } = await corpusFile('gcc-c-dwarf5');
  const copy = path.join(folder, 'copy');
  await copyFile(file, copy);
  const { atime, mtime } = await stat(file);
  const keyOf = (): string | undefined => {
    const symbols = openSymbols(copy);
    const key = contentKey(symbols.files);
    symbols.close();
    return key;
  };
  await utimes(copy, atime, mtime);
  const before = keyOf();
  expect(keyOf()).toBe(before);
  const bytes = await readFile(copy);
  bytes[20]! ^= 1;
  await writeFile(copy, bytes);
  await utimes(copy, atime, mtime);
  expect(keyOf()).not.toBe(before);
});

test('two at the same time', async () => {
  const { path: file } = await corpusFile('gcc-c-dwarf5');
  const index = path.join(folder, 'index');
  const addresses = textAddresses(file, 200);
  const expected = await frames(file, addresses);
  const both = await Promise.all([frames(file, addresses.slice(0, 150), index), frames(file, addresses.slice(50), index)]);
  expect(both).toEqual([expected.slice(0, 150), expected.slice(50)]);
  expect(await frames(file, addresses, index)).toEqual(expected);
  expect(await kept()).toHaveLength(1);
});
