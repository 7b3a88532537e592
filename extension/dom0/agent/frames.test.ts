import { expect, test } from 'vitest';
import { FrameReader, MARKER, type Frame } from './frames.ts';

function frame(kind: string, payload: string | Buffer, length = Buffer.byteLength(payload)): Buffer {
  const head = Buffer.alloc(5);
  head.writeUInt32LE(length);
  head.write(kind, 4, 'latin1');
  return Buffer.concat([head, Buffer.from(payload)]);
}

const stream = Buffer.concat([
  Buffer.from('Welcome to dom0\r\n\0RINGSIDE nearly\n'),
  MARKER,
  frame('J', '{"a":1}'),
  frame('P', Buffer.from([0, 1, 2, 255])),
  frame('P', ''),
  frame('D', '{}'),
]);
const expected = [
  ['J', '{"a":1}'],
  ['P', '\x00\x01\x02\xff'],
  ['P', ''],
  ['D', '{}'],
];
const plain = (frames: Frame[]): string[][] => frames.map(({ kind, payload }) => [kind, payload.toString('latin1')]);

test.each([1, 2, 3, 7, 64, stream.length])('frames come whole from pieces of %d bytes', (size) => {
  const reader = new FrameReader();
  const frames: Frame[] = [];
  for (let at = 0; at < stream.length; at += size) frames.push(...reader.push(stream.subarray(at, at + size)));
  expect(plain(frames)).toEqual(expected);
  expect(reader.started).toBe(true);
});

test('noise alone is no start', () => {
  const reader = new FrameReader();
  expect(reader.push(Buffer.alloc(1000, 'x'))).toEqual([]);
  expect(reader.started).toBe(false);
});

test('noise without an end is refused', () => {
  const reader = new FrameReader();
  expect(() => {
    for (let i = 0; i < 100; i++) reader.push(Buffer.alloc(65536, 'x'));
  }).toThrow(/did not start/);
});

test.each([
  ['a type nobody knows', frame('X', '')],
  ['a length nobody sends', frame('P', '', 0xffffffff)],
])('%s is refused', (_, bytes) => {
  const reader = new FrameReader();
  reader.push(MARKER);
  expect(() => reader.push(bytes)).toThrow(/damaged/);
});
