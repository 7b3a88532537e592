import { describe, expect, test } from 'vitest';
import { evaluate, type ExpressionContext } from './cfiExpression.ts';

const memory = new Map<bigint, bigint>([
  [0x1000n, 0x1122334455667788n],
  [0x2000n, 0xffffffffffffffffn],
]);
const context: ExpressionContext = {
  register: (number) => [0x10n, 0xffff_8000_0000_1000n, 0x0ff0n][number],
  memory: (address, bytes) => {
    const word = memory.get(address);
    return word === undefined ? undefined : BigInt.asUintN(bytes * 8, word);
  },
};
const value = (...bytes: number[]): bigint | undefined => evaluate(Uint8Array.from(bytes), context);

describe('DWARF expressions', () => {
  test.each<[string, number[], bigint | undefined]>([
    ['a literal', [0x4f], 31n],
    ['one byte, signed', [0x09, 0xff], 0xffffffffffffffffn],
    ['two bytes', [0x0a, 0x34, 0x12], 0x1234n],
    ['four bytes, signed', [0x0d, 0xfe, 0xff, 0xff, 0xff], 0xfffffffffffffffen],
    ['eight bytes', [0x0e, 8, 7, 6, 5, 4, 3, 2, 0xf1], 0xf102030405060708n],
    ['an address', [0x03, 1, 0, 0, 0, 0, 0x80, 0xff, 0xff], 0xffff800000000001n],
    ['unsigned LEB', [0x10, 0xe5, 0x8e, 0x26], 624485n],
    ['signed LEB', [0x11, 0x9b, 0xf1, 0x59], BigInt.asUintN(64, -624485n)],
    ['a register and an offset', [0x70, 0x78], 8n],
    ['a register with an address of the high half', [0x71, 0x08], 0xffff_8000_0000_1008n],
    ['bregx', [0x92, 0x02, 0x10], 0x1000n],
    ['a word of memory', [0x72, 0x10, 0x06], 0x1122334455667788n],
    ['part of a word', [0x72, 0x10, 0x94, 0x02], 0x7788n],
    ['dup, over, pick', [0x31, 0x12, 0x32, 0x14, 0x15, 0x03, 0x22, 0x22, 0x22], 5n],
    ['swap and minus', [0x31, 0x35, 0x16, 0x1c], 4n],
    ['rot', [0x31, 0x32, 0x33, 0x17, 0x1c], BigInt.asUintN(64, 1n - 2n)],
    ['signed division', [0x09, 0xf9, 0x32, 0x1b], BigInt.asUintN(64, -3n)],
    ['modulo', [0x37, 0x33, 0x1d], 1n],
    ['multiplication wraps', [0x0e, 0, 0, 0, 0, 0, 0, 0, 0x80, 0x32, 0x1e], 0n],
    ['abs, neg, not', [0x09, 0xfb, 0x19, 0x1f, 0x20], 4n],
    ['shifts', [0x31, 0x34, 0x24, 0x32, 0x25], 4n],
    ['arithmetic shift', [0x09, 0x80, 0x33, 0x26], BigInt.asUintN(64, -16n)],
    ['a shift by more than the word', [0x31, 0x10, 0x80, 0x01, 0x24], 0n],
    ['and, or, xor', [0x3c, 0x3a, 0x1a, 0x31, 0x21, 0x33, 0x27], 10n],
    ['signed comparison', [0x09, 0xff, 0x31, 0x2d], 1n],
    ['plus_uconst', [0x31, 0x23, 0x80, 0x01], 129n],
    ['a branch that is taken', [0x31, 0x28, 1, 0, 0x32, 0x33], 3n],
    ['a branch that is not', [0x30, 0x28, 1, 0, 0x32, 0x33], 3n],
    ["the linker's for a procedure linkage table", [0x72, 0x08, 0x70, 0x00, 0x3f, 0x1a, 0x3b, 0x2a, 0x33, 0x24, 0x22], 0xff8n],
    ['an unknown register', [0x75, 0x00], undefined],
    ['unknown memory', [0x31, 0x06], undefined],
    ['an empty stack', [0x22], undefined],
    ['nothing', [], undefined],
    ['a division by zero', [0x31, 0x30, 0x1b], undefined],
    ['a modulo by zero', [0x31, 0x30, 0x1d], undefined],
    ['an unknown operation', [0x31, 0x31, 0xf0], undefined],
    ['an operation that is cut off', [0x0e, 1, 2], undefined],
    ['a jump out', [0x2f, 0x00, 0x7f], undefined],
    ['an endless loop', [0x2f, 0xfd, 0xff], undefined],
    ['an endless push', [0x31, 0x2f, 0xfc, 0xff], undefined],
  ])('%s', (_, bytes, expected) => {
    expect(value(...bytes)).toBe(expected);
  });

  test('whatever the bytes, it ends', () => {
    let state = 99;
    const begun = performance.now();
    for (let round = 0; round < 20_000; round++) {
      const bytes = Uint8Array.from({ length: 1 + (round % 24) }, () => (state = (Math.imul(state, 1664525) + 1013904223) >>> 0) >>> 24);
      const result = evaluate(bytes, context, 0x7fff_0000n);
      expect(result === undefined || (result >= 0n && result < 1n << 64n)).toBe(true);
    }
    expect(performance.now() - begun).toBeLessThan(20_000);
  });
});
