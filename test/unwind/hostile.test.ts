/** Nothing that a guest or a file holds may hang the unwinder, crash it, or make it tell a stack that cannot be. */
import { afterAll, describe, expect, test } from 'vitest';
import { CfiTable } from '../../extension/engine/dwarf/cfi.ts';
import type { CfiSection } from '../../extension/engine/dwarf/cfiEntries.ts';
import { AddressSpace } from '../../extension/engine/elf/addresses.ts';
import { ElfFile } from '../../extension/engine/elf/elfFile.ts';
import { FileError } from '../../extension/engine/elf/errors.ts';
import { callSiteBefore, LONGEST_CALL_BYTES } from '../../extension/engine/unwind/callSite.ts';
import { type CodeImage, ElfCodeImage, noImage } from '../../extension/engine/unwind/image.ts';
import { type Photograph, RBP, RIP, RSP } from '../../extension/engine/unwind/photograph.ts';
import { unwind, type UnwoundStack } from '../../extension/engine/unwind/unwind.ts';
import { FunctionFlow } from '../../extension/engine/unwind/x86/functionFlow.ts';
import { Workshop } from './trace.ts';

const workshop = new Workshop();
afterAll(() => workshop.close());
const alone = ['-nostdlib', '-static', '-no-pie', '-ffreestanding', '-fno-stack-protector', '-O2', '-g'];

/** Small repeatable noise (Numerical Recipes' linear congruential generator), 0 to below `limit`. */
function noise(seed: number): (limit: number) => number {
  let state = seed >>> 0;
  return (limit) => Math.floor(((state = (Math.imul(state, 1664525) + 1013904223) >>> 0) / 2 ** 32) * limit);
}

/** Every claim that a stack makes must hold for it. */
function checkClaims(stack: UnwoundStack, image: CodeImage, depth = 1024): void {
  expect(stack.frames.length).toBeGreaterThan(0);
  expect(stack.frames.length).toBeLessThanOrEqual(depth);
  expect(stack.complete).toBe(stack.stopped === undefined);
  if (!image.proves) return;
  for (const { address, lookupAddress, how } of stack.frames.slice(1)) {
    const at = Number(address);
    expect(image.isText(Number(lookupAddress))).toBe(true);
    if (lookupAddress !== address) {
      const before = image.code(at - LONGEST_CALL_BYTES, LONGEST_CALL_BYTES);
      expect(before && callSiteBefore(before, at)).toBeDefined();
      expect(how).not.toBe('registers');
    }
  }
}

describe('hostile photographs', { timeout: 120_000 }, () => {
  const program = workshop.build('work.c', 'hostile', alone);
  const traced = workshop.trace(program, 2, 0);
  const images: [string, CodeImage][] = [
    ['with call frame information', new ElfCodeImage(ElfFile.open(program))],
    [
      'with the code alone',
      new ElfCodeImage(ElfFile.open(workshop.without(program, '-R', '.eh_frame', '-R', '.debug_frame', '--strip-all'))),
    ],
    ['with nothing', noImage],
  ];

  test.each(images)('damaged in every way, %s', (_, image) => {
    const random = noise(11);
    const interesting = traced.flatMap(({ truth }) => truth);
    let slowestMs = 0;
    for (let round = 0; round < 12_000; round++) {
      const { photograph } = traced[random(traced.length)]!;
      const registers = photograph.registers.slice();
      const stack = Uint8Array.from(photograph.stack.subarray(0, random(4) === 0 ? random(photograph.stack.length + 1) : undefined));
      const view = new DataView(stack.buffer);
      const anyWord = (): bigint => {
        switch (random(6)) {
          case 0:
            return photograph.stackBase + BigInt(random(stack.length + 64));
          case 1:
            return interesting[random(interesting.length)]!;
          case 2:
            return BigInt(random(2 ** 32)) << BigInt(random(33));
          case 3:
            return BigInt.asUintN(64, -BigInt(random(2 ** 32)));
          case 4:
            return BigInt(random(3));
          default:
            return (photograph.stackBase + BigInt(random(stack.length + 1))) & ~7n;
        }
      };
      for (let i = random(12); i > 0 && stack.length >= 8; i--) view.setBigUint64(random(stack.length - 7) & ~7, anyWord(), true);
      for (let i = random(3); i > 0; i--) registers[[RBP, RIP, RSP, 3, 12, random(17)][random(6)]!] = anyWord();
      const stackBase = random(20) === 0 ? anyWord() : photograph.stackBase;
      const begun = performance.now();
      checkClaims(unwind({ ...photograph, registers, stack, stackBase }, image), image);
      slowestMs = Math.max(slowestMs, performance.now() - begun);
    }
    expect(slowestMs).toBeLessThan(1000);
  });

  test.each(images)('a stack that is one long chain, %s', (_, image) => {
    // every word a return address of a function that calls itself, every frame pointer the next frame
    const { photograph, truth } = traced.find(({ truth: { length } }) => length > 20)!;
    for (const step of [8, 16, 32, 48, -16, 0, 4]) {
      const stack = new Uint8Array(1024 * 1024);
      const view = new DataView(stack.buffer);
      const base = 0xffff_9000_0000_0000n;
      for (let at = 0; at + 16 <= stack.length; at += Math.max(8, Math.abs(step))) {
        view.setBigUint64(at, BigInt.asUintN(64, base + BigInt(at + step)), true);
        view.setBigUint64(at + 8, truth[3]!, true);
      }
      const registers = photograph.registers.slice();
      registers[RSP] = base;
      registers[RBP] = base;
      const begun = performance.now();
      const unwound = unwind({ ...photograph, registers, stackBase: base, stack }, image);
      checkClaims(unwound, image);
      expect(performance.now() - begun).toBeLessThan(1000);
      checkClaims(unwind({ ...photograph, registers, stackBase: base, stack }, image, { depth: 5 }), image, 5);
    }
  });

  test('stacks switched in circles', () => {
    const fibers = workshop.build('fibers.c', 'circles', alone);
    const image = new ElfCodeImage(ElfFile.open(fibers));
    const random = noise(31);
    const switched = workshop.trace(fibers, 2, 0, 'switches');
    let slowestMs = 0;
    let deepest = 0;
    for (let round = 0; round < 6000; round++) {
      const { photograph } = switched[random(switched.length)]!;
      const stack = Uint8Array.from(photograph.stack);
      const view = new DataView(stack.buffer);
      // every pointer into the stacks, where one stack's is kept for another among them, points to anywhere in them
      const isPointer = (word: bigint): boolean => word >= photograph.stackBase && word < photograph.stackBase + BigInt(stack.length);
      for (let at = 0; at + 8 <= stack.length; at += 8) {
        if (random(3) > 0 && isPointer(view.getBigUint64(at, true)))
          view.setBigUint64(at, photograph.stackBase + BigInt(random(stack.length / 8) * 8), true);
      }
      const begun = performance.now();
      const unwound = unwind({ ...photograph, stack }, image);
      checkClaims(unwound, image);
      slowestMs = Math.max(slowestMs, performance.now() - begun);
      deepest = Math.max(deepest, unwound.frames.length);
    }
    expect(slowestMs).toBeLessThan(1000);
    // a circle is seen when it closes: no stack is deeper than all that was photographed
    expect(deepest).toBeLessThan(200);
  });

  test('pointers that no double can hold are no addresses, and are told as they are', () => {
    const odd = 0x0123_4567_89ab_cdefn;
    const photograph: Photograph = { ...traced[0]!.photograph, registers: new BigUint64Array(17).fill(odd), stackBase: odd };
    for (const [, image] of images) {
      const { frames, stopped } = unwind(photograph, image);
      expect([frames.length, frames[0]!.address, stopped]).toEqual([1, odd, 'outside-text']);
    }
  });
});

describe('hostile call frame information', () => {
  const elf = ElfFile.open(workshop.build('hosted.c', 'frames', ['-static', '-O2', '-g']));
  const section = elf.section('.eh_frame')!;
  const whole = elf.data(section);
  const sectionOf = (bytes: Uint8Array, isEh: boolean): CfiSection => ({
    name: 'damaged',
    bytes,
    order: { littleEndian: true, addresses: new AddressSpace(0) },
    isEh,
    bases: { section: Number(section.address), text: 0x401000, data: NaN },
    addressSize: 8,
  });

  function readAll(bytes: Uint8Array, isEh: boolean): { functions: number; faults: number } {
    const table = new CfiTable([sectionOf(bytes, isEh)]);
    let functions = 0;
    for (const fn of table.functions()) {
      functions++;
      for (const row of fn.rows) if (!(row.start >= fn.start && row.end > row.start)) throw new Error('a row outside of its function');
    }
    for (const fault of table.faults) expect(fault).toBeInstanceOf(FileError);
    return { functions, faults: table.faults.length };
  }

  test('damaged anywhere, it is read as far as it can be, in bounded time', { timeout: 120_000 }, () => {
    const random = noise(5);
    const part = whole.subarray(0, 20_000);
    const sound = readAll(part, true).functions;
    expect(sound).toBeGreaterThan(100);
    let faulty = 0;
    for (let round = 0; round < 600; round++) {
      const bytes = Uint8Array.from(part);
      for (let i = 1 + random(8); i > 0; i--) bytes[random(bytes.length)] = [0, 0xff, 0x80, 0x7f, random(256)][random(5)]!;
      const begun = performance.now();
      const { faults } = readAll(bytes, round % 3 !== 0);
      expect(performance.now() - begun).toBeLessThan(5000);
      if (faults > 0) faulty++;
    }
    expect(faulty).toBeGreaterThan(300);
  });

  test('one bad entry costs itself and no other', () => {
    const part = Uint8Array.from(whole.subarray(0, 20_000));
    const sound = readAll(part, true).functions;
    // an instruction that does not exist, in the padding of a function's entry
    const view = new DataView(part.buffer);
    let at = 0;
    for (let i = 0; i < 50 || view.getUint32(at + 4, true) === 0; i++) at += 4 + view.getUint32(at, true);
    const end = at + 4 + view.getUint32(at, true);
    expect([...part.subarray(end - 2, end)]).toEqual([0, 0]);
    part[end - 1] = 0x3f;
    const { functions, faults } = readAll(part, true);
    expect([functions, faults]).toEqual([sound - 1, 2]); // the whole's last entry is cut off
  });

  test('noise is no call frame information', () => {
    const random = noise(17);
    for (let round = 0; round < 2000; round++) {
      readAll(
        Uint8Array.from({ length: random(400) }, () => (random(3) === 0 ? random(256) : random(20))),
        round % 2 === 0,
      );
    }
  });
});

test('instructions that are noise are followed in bounded time', () => {
  const random = noise(23);
  for (let round = 0; round < 300; round++) {
    const code = Uint8Array.from(
      { length: 2000 },
      () => [0x50 + random(16), 0x70 + random(16), 0xeb, 0x48, 0x83, 0xe4, random(256)][random(7)]!,
    );
    const begun = performance.now();
    const flow = new FunctionFlow(code);
    for (let at = 0; at < code.length; at++) flow.stateAt(at);
    expect(performance.now() - begun).toBeLessThan(3000);
  }
});
