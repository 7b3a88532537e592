import { constants, createDeflate, type Deflate, deflateSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { type Photograph, PhotographDecoder, PhotographError, type TextPage } from './photograph.ts';

/** Small repeatable noise (Numerical Recipes' linear congruential generator). */
export function noise(seed: number): () => number {
  let state = seed >>> 0;
  return () => (state = (Math.imul(state, 1664525) + 1013904223) >>> 0) / 2 ** 32;
}

function record(index: number, stackBytes: number): Buffer {
  const bytes = Buffer.alloc(4 + 160 + stackBytes);
  bytes.writeUInt32LE(160 + stackBytes, 0);
  bytes.writeBigUInt64LE(1_000_000_007n * BigInt(index), 4);
  bytes.writeUInt16LE(index % 7, 12);
  bytes.writeUInt8(index % 3, 14);
  bytes.writeUInt8(index % 4, 15);
  bytes.writeUInt32LE(17_000 + index, 16);
  for (let i = 0; i < 17; i++) bytes.writeBigUInt64LE(0xffff_8000_0000_0001n + BigInt(index * 17 + i), 20 + i * 8);
  bytes.writeBigUInt64LE(0xffff_9000_0000_0000n + BigInt(index * 8), 156);
  for (let i = 0; i < stackBytes; i++) bytes[164 + i] = (index * 31 + i * 7) & 0xff;
  return bytes;
}

function flushed(deflate: Deflate, batches: readonly Buffer[]): Promise<Buffer[]> {
  const out: Buffer[] = [];
  let pieces: Buffer[] = [];
  deflate.on('data', (piece: Buffer) => pieces.push(piece));
  return batches.reduce<Promise<Buffer[]>>(
    (before, batch) =>
      before.then(
        () =>
          new Promise((resolve) => {
            deflate.write(batch);
            deflate.flush(constants.Z_SYNC_FLUSH, () => {
              out.push(Buffer.concat(pieces));
              pieces = [];
              resolve(out);
            });
          }),
      ),
    Promise.resolve(out),
  );
}

async function all(decoder: PhotographDecoder, chunks: readonly Uint8Array[]): Promise<Photograph[]> {
  const photographs: Photograph[] = [];
  for (const chunk of chunks) photographs.push(...(await decoder.push(chunk)));
  return photographs;
}

function check(photographs: readonly Photograph[], sizes: readonly number[]): void {
  expect(photographs.length).toBe(sizes.length);
  photographs.forEach((photograph, index) => {
    expect(photograph.timeNs).toBe(1_000_000_007 * index);
    expect(photograph.vcpu).toBe(index % 7);
    expect(photograph.state).toBe(index % 3);
    expect([photograph.truncated, photograph.unmapped]).toEqual([(index & 1) === 1, (index & 2) === 2]);
    expect(photograph.pauseNs).toBe(17_000 + index);
    expect([...photograph.registers]).toEqual(Array.from({ length: 17 }, (_, i) => 0xffff_8000_0000_0001n + BigInt(index * 17 + i)));
    expect(photograph.stackBase).toBe(0xffff_9000_0000_0000n + BigInt(index * 8));
    expect(Buffer.from(photograph.stack).equals(record(index, sizes[index]!).subarray(164))).toBe(true);
  });
}

describe('the photograph stream', () => {
  const random = noise(7);
  const sizes = Array.from({ length: 400 }, () => Math.floor(random() ** 4 * 20_000));
  const batches = Array.from({ length: 40 }, (_, b) =>
    Buffer.concat(sizes.slice(b * 10, b * 10 + 10).map((size, i) => record(b * 10 + i, size))),
  );

  test('every flushed batch is whole as soon as it is pushed', async () => {
    const chunks = await flushed(createDeflate(), batches);
    const decoder = new PhotographDecoder();
    const photographs: Photograph[] = [];
    for (const [i, chunk] of chunks.entries()) {
      photographs.push(...(await decoder.push(chunk)));
      expect(photographs.length).toBe((i + 1) * 10);
    }
    check(photographs, sizes);
  });

  test('cut anywhere, it reads the same', async () => {
    const stream = Buffer.concat(await flushed(createDeflate(), batches));
    for (const longest of [1, 3, 100, 5000, 1_000_000]) {
      const pieces: Buffer[] = [];
      const part = longest === 1 ? stream.subarray(0, 20_000) : stream;
      for (let at = 0; at < part.length;) {
        const length = 1 + Math.floor(random() * longest);
        pieces.push(part.subarray(at, at + length));
        at += length;
      }
      const photographs = await all(new PhotographDecoder(), pieces);
      check(photographs, sizes.slice(0, longest === 1 ? photographs.length : sizes.length));
      expect(photographs.length).toBeGreaterThan(10);
    }
  });

  test('pages of text come between photographs, wherever the stream is cut', async () => {
    const page = Buffer.alloc(4 + 24 + 4096, 0x90);
    page.writeUInt32LE(24 + 4096, 0);
    page.fill(0, 4, 28);
    page.writeUInt8(255, 14);
    page.writeBigUInt64LE(0xffff_8000_0010_0000n, 20);
    const [stream] = await flushed(createDeflate(), [Buffer.concat([page, record(0, 8), record(1, 72), page])]);
    for (const longest of [1, 7, 100_000]) {
      const pages: TextPage[] = [];
      const pieces: Buffer[] = [];
      for (let at = 0; at < stream!.length; at += longest) pieces.push(stream!.subarray(at, at + longest));
      check(await all(new PhotographDecoder((text) => pages.push(text)), pieces), [8, 72]);
      expect(pages.map(({ address, bytes }) => [address, bytes.length])).toEqual(Array(2).fill([0xffff_8000_0010_0000n, 4096]));
      expect(pages[1]!.bytes.every((byte) => byte === 0x90)).toBe(true);
    }
  });

  test('whole photographs before a fault are kept, then the fault is told for good', async () => {
    const bad = record(2, 8);
    bad.writeUInt8(9, 14);
    const decoder = new PhotographDecoder();
    const [stream] = await flushed(createDeflate(), [Buffer.concat([record(0, 8), record(1, 8), bad])]);
    check(await decoder.push(stream!), [8, 8]);
    for (let i = 0; i < 2; i++) await expect(decoder.push(Buffer.from([1]))).rejects.toMatchObject({ fault: 'bad-record' });
  });

  test.each([
    ['not zlib', Buffer.from('hello, I am a login banner'), 'not-inflatable'],
    ['a record too short', deflateSync(Buffer.alloc(200)), 'bad-record'],
    ['a record too long', deflateSync(Buffer.alloc(200, 0xff)), 'bad-record'],
    ['a bomb', deflateSync(Buffer.alloc(600 * 1024 * 1024)), 'too-large'],
  ])('%s is refused', async (_, bytes, fault) => {
    const before = process.memoryUsage().rss;
    await expect(new PhotographDecoder().push(bytes)).rejects.toMatchObject({ name: 'PhotographError', fault });
    expect(process.memoryUsage().rss - before).toBeLessThan(700 * 1024 * 1024);
  });

  test('damage anywhere ends in a typed error or in fewer photographs, never in a hang', async () => {
    const stream = Buffer.concat(await flushed(createDeflate(), batches.slice(0, 4)));
    let faults = 0;
    for (let round = 0; round < 300; round++) {
      const damaged = Buffer.from(stream);
      for (let i = 0; i < 1 + random() * 4; i++) damaged[Math.floor(random() * damaged.length)] = Math.floor(random() * 256);
      const decoder = new PhotographDecoder();
      try {
        expect((await all(decoder, [damaged.subarray(0, 5000), damaged.subarray(5000), Buffer.from([0])])).length).toBeLessThanOrEqual(40);
      } catch (error) {
        expect(error).toBeInstanceOf(PhotographError);
        faults++;
      }
    }
    expect(faults).toBeGreaterThan(100);
  });

  test('bytes after the end of the stream are ignored', async () => {
    const decoder = new PhotographDecoder();
    check(await decoder.push(deflateSync(record(0, 64))), [64]);
    expect(await decoder.push(deflateSync(record(1, 64)))).toEqual([]);
  });
});
