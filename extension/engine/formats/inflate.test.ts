import { gzipSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { FormatError } from './errors.ts';
import { inflate, Unpacking } from './inflate.ts';
import { piecesOf, type Pieces } from './wholeFile.ts';

const MiB = 2 ** 20;

async function unpack(pieces: Pieces, limit?: number): Promise<Uint8Array> {
  const unpacking = new Unpacking(pieces, 'kitchen.txt', limit);
  while (!unpacking.isWhole) await unpacking.more();
  return unpacking.bytes;
}

test.each([0, 1, 5 * MiB])('%i bytes are the same, packed or not, in pieces or as a whole', async (length) => {
  const bytes = Buffer.alloc(length, 'one two three ');
  expect(bytes.equals(await unpack(piecesOf(bytes)))).toBe(true);
  expect(bytes.equals(await unpack(piecesOf(gzipSync(bytes))))).toBe(true);
  expect(bytes.equals(inflate(bytes, 'kitchen.txt'))).toBe(true);
  expect(bytes.equals(inflate(gzipSync(bytes), 'kitchen.txt'))).toBe(true);
});

test('what is larger than the limit is refused by name, packed or not, also where it is more than its size says', async () => {
  const bytes = Buffer.alloc(3 * MiB);
  const words = 'kitchen.txt holds more than 2 MiB; Ringside opens no more';
  await expect(unpack(piecesOf(bytes), 2 * MiB)).rejects.toThrow(new FormatError(words));
  await expect(unpack(piecesOf(gzipSync(bytes)), 2 * MiB)).rejects.toThrow(new FormatError(words));
  await expect(unpack({ ...piecesOf(bytes), size: MiB }, 2 * MiB)).rejects.toThrow(new FormatError(words));
  expect(() => inflate(gzipSync(bytes), 'kitchen.txt', 2 * MiB)).toThrow(new FormatError(words));
});

test('what was packed and is cut short says so', async () => {
  const cut = gzipSync(Buffer.from('one two three '.repeat(1000))).subarray(0, 40);
  await expect(unpack(piecesOf(cut))).rejects.toThrow(/^kitchen\.txt is gzipped, but cannot be unpacked: it is cut short or damaged$/);
  expect(() => inflate(cut, 'kitchen.txt')).toThrow(/cut short or damaged/);
});
