import { describe, expect, test } from 'vitest';
import { StackMirrors } from './stackMirror.ts';

/** As the agent packs a stack: blocks that `known` has are left out. */
function pack(base: bigint, stack: Uint8Array, known: Uint8Array): Uint8Array {
  const first = Number(base & 0xffffn);
  const blocks = stack.length === 0 ? 0 : ((first + stack.length - 1) >> 6) - (first >> 6) + 1;
  const head = Buffer.alloc(4 + Math.ceil(blocks / 8));
  head.writeUInt32LE(stack.length);
  const parts = [head];
  for (let at = 0, i = 0; at < stack.length; i++) {
    const size = Math.min(64 - ((first + at) & 63), stack.length - at);
    const place = (first + at) & 0xffff;
    const part = Buffer.from(stack.subarray(at, at + size));
    if (!part.equals(known.subarray(place, place + size))) {
      head[4 + (i >> 3)]! |= 1 << (i & 7);
      parts.push(part);
      known.set(part, place);
    }
    at += size;
  }
  return Buffer.concat(parts);
}

describe('stacks in blocks', () => {
  test('come out as they went in, whatever came before', () => {
    let state = 5;
    const random = (): number => (state = (Math.imul(state, 1664525) + 1013904223) >>> 0) / 2 ** 32;
    const memory = Uint8Array.from({ length: 1 << 17 }, () => random() * 256);
    const known = [new Uint8Array(65536), new Uint8Array(65536)];
    const mirrors = new StackMirrors();
    let packedBytes = 0;
    for (let i = 0; i < 300; i++) {
      const vcpu = i & 1;
      for (let changes = random() * 20; changes > 0; changes--) memory[Math.floor(random() * memory.length)] = random() * 256;
      const at = Math.floor(random() * 65536);
      const stack = memory.slice(at, at + Math.floor(random() * 20_000));
      const packed = pack(0xffff_8000_0000_0000n + BigInt(at), stack, known[vcpu]!);
      packedBytes += packed.length;
      expect(Buffer.from(mirrors.stack(vcpu, 0xffff_8000_0000_0000n + BigInt(at), packed)!).equals(stack)).toBe(true);
    }
    expect(packedBytes).toBeLessThan(300 * 10_000 * 0.5);
  });

  test.each([
    ['no length', []],
    ['more than any agent copies', [0xff, 0xff, 0xff, 0x7f]],
    ['no bits', [64, 0, 0, 0]],
    ['a block that is not there', [64, 0, 0, 0, 1, 9]],
    ['more than its bits say', [64, 0, 0, 0, 0, 9]],
  ])('%s is no stack', (_, bytes) => expect(new StackMirrors().stack(0, 0x1000n, Uint8Array.from(bytes))).toBeNull());

  test('more vCPUs than any agent sends so are refused', () => {
    const mirrors = new StackMirrors();
    const empty = Uint8Array.of(0, 0, 0, 0);
    for (let vcpu = 0; vcpu < 128; vcpu++) expect(mirrors.stack(vcpu, 0n, empty)).toHaveLength(0);
    expect(mirrors.stack(128, 0n, empty)).toBeNull();
  });
});
