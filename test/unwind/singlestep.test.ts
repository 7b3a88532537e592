/**
 * Unwinding against exact truth: programs run one instruction at a time, photographed before every instruction they have, with the call stack that their own
 * calls and returns make (tracer.c).
 */
import { afterAll, describe, expect, test } from 'vitest';
import { ElfFile } from '../../extension/engine/elf/elfFile.ts';
import { noImage } from '../../extension/engine/unwind/image.ts';
import { unwind } from '../../extension/engine/unwind/unwind.ts';
import { compareWith, summary, type Tally } from './compare.ts';
import { Workshop } from './trace.ts';

const workshop = new Workshop();
afterAll(() => workshop.close());

const alone = ['-nostdlib', '-static', '-no-pie', '-ffreestanding', '-fno-stack-protector', '-g'];
const withoutCfi = ['-fno-asynchronous-unwind-tables', '-fno-unwind-tables', '-fno-dwarf2-cfi-asm', '-g0'];
const LEVELS = ['-O0', '-O1', '-O2', '-O3', '-Os'];

function expectExact(name: string, tally: Tally): void {
  console.log(summary(name, tally));
  expect(tally.wrong).toEqual([]);
  expect([tally.phantom, tally.missing]).toEqual([0, 0]);
  expect([...tally.incomplete]).toEqual([]);
}

describe('with call frame information, every frame is there and no other', { timeout: 120_000 }, () => {
  test.each([
    ...LEVELS,
    '-O2 -fno-omit-frame-pointer -mno-red-zone',
    '-O2 -fcf-protection=full -mno-red-zone -mgeneral-regs-only',
    '-O2 -fstack-clash-protection',
    '-O2 -fno-asynchronous-unwind-tables -gdwarf-2',
    '-O2 -fno-asynchronous-unwind-tables -gdwarf-4',
    '-O2 -fno-asynchronous-unwind-tables -gdwarf-5 -gdwarf64 -fno-dwarf2-cfi-asm',
  ])('%s', (flags) => {
    const program = workshop.build('work.c', 'cfi', [...alone, ...flags.split(' ')]);
    const tally = compareWith(program, workshop.trace(program, 8, 50));
    expectExact(flags, tally);
    expect(tally.photographs).toBeGreaterThan(2000);
    expect(tally.how.get('cfi')).toBeGreaterThan(tally.frames / 2);
  });
});

describe('with nothing but the code and its symbols, every frame is there and no other', { timeout: 120_000 }, () => {
  const pointers = ['-fno-omit-frame-pointer', '-fomit-frame-pointer'];
  test.each(pointers.flatMap((pointer) => LEVELS.map((level) => [pointer, level] as const)))('%s %s', (pointer, level) => {
    const built = workshop.build('work.c', 'bare', [...alone, ...withoutCfi, pointer, level]);
    const traced = workshop.trace(built, 8, 50);
    const tally = compareWith(workshop.without(built, '-R', '.eh_frame'), traced);
    expectExact(`no call frame information, ${pointer} ${level}`, tally);
    expect(tally.how.get('cfi')).toBeUndefined();
    expect(tally.photographs).toBeGreaterThan(2000);
  });
});

test.each(['-fno-omit-frame-pointer', '-fomit-frame-pointer'])(
  'of bare labels no frame is invented, and what is missing is marked, %s',
  { timeout: 120_000 },
  (pointer) => {
    const built = workshop.build('labels.c', 'labels', [...alone, ...withoutCfi, '-O2', pointer]);
    const tally = compareWith(workshop.without(built, '-R', '.eh_frame'), workshop.trace(built, 8, 50));
    console.log(summary(`bare labels, ${pointer}`, tally));
    expect(tally.wrong).toEqual([]);
    expect(tally.photographs).toBeGreaterThan(150);
    const early = [...tally.incomplete.values()].reduce((sum, n) => sum + n, 0);
    expect(early).toBeLessThan(tally.photographs / 10);
  },
);

test.each(['-O2', '-O0', '-O2 -fno-omit-frame-pointer'])(
  'what an exception interrupted is its handler’s caller, %s',
  { timeout: 120_000 },
  (flags) => {
    const program = workshop.build('interrupts.c', 'interrupts', [...alone, ...flags.split(' ')]);
    const elf = ElfFile.open(program);
    const traced = workshop.trace(program, 6, 30, 'interrupts', elf.symbols.named('exception_entry')!.address.toString(16));
    const inHandler = elf.symbols.named('exception_exit')!.address;
    elf.close();
    expect(traced.filter(({ truth }) => truth.includes(inHandler)).length).toBeGreaterThan(200);
    expectExact(`exceptions, ${flags}`, compareWith(program, traced));
    const bare = workshop.without(program, '-R', '.eh_frame', '-R', '.debug_frame');
    expectExact(`exceptions, no call frame information, ${flags}`, compareWith(bare, traced));
  },
);

describe('with the code alone, no frame is invented and what is missing is marked', { timeout: 120_000 }, () => {
  test.each(['-fno-omit-frame-pointer', '-fomit-frame-pointer'])('%s', (pointer) => {
    const built = workshop.build('work.c', 'stripped', [...alone, ...withoutCfi, '-O2', pointer]);
    const traced = workshop.trace(built, 8, 50);
    const tally = compareWith(workshop.without(built, '-R', '.eh_frame', '--strip-all'), traced);
    console.log(summary(`stripped, ${pointer}`, tally));
    expect(tally.wrong).toEqual([]);
    // most functions are called directly, and found by it
    expect(tally.frames).toBeGreaterThan(tally.photographs * 3.5);
  });
});

test('without any image, frame pointers give frames of the true stack in their order, none confirmed', { timeout: 120_000 }, () => {
  const program = workshop.build('work.c', 'pointers', [...alone, '-O2', '-fno-omit-frame-pointer']);
  let frames = 0;
  for (const { photograph, truth } of workshop.trace(program, 8, 50)) {
    const unwound = unwind(photograph, noImage);
    let at = -1;
    for (const { address, confirmed } of unwound.frames.slice(1)) {
      const found = truth.indexOf(address, at + 1);
      expect(found).toBeGreaterThan(at);
      expect(confirmed).toBe(false);
      at = found;
      frames++;
    }
  }
  expect(frames).toBeGreaterThan(5000);
});

test.each(['-O0', '-O2', '-O2 -fno-omit-frame-pointer'])(
  'stacks that are switched as OCaml 5 does it, %s',
  { timeout: 120_000 },
  (flags) => {
    const program = workshop.build('fibers.c', 'fibers', [...alone, ...flags.split(' ')]);
    const tally = compareWith(program, workshop.trace(program, 20, 20, 'switches'));
    expectExact(`fibers, ${flags}`, tally);
    expect(tally.photographs).toBeGreaterThan(1000);
  },
);

describe('in a C library, with its assembly, signals and long jumps', { timeout: 120_000 }, () => {
  test.each(['-O0', '-O2'])('%s', (level) => {
    const program = workshop.build('hosted.c', 'hosted', ['-static', '-no-pie', '-g', level]);
    const tally = compareWith(program, workshop.trace(program, 3, 500));
    console.log(summary(`C library, ${level}`, tally));
    expect(tally.wrong).toEqual([]);
    expect(tally.photographs).toBeGreaterThan(8000);
    // __longjmp while it changes stacks, and a stub that no symbol and no call frame information covers
    const early = [...tally.incomplete.values()].reduce((sum, n) => sum + n, 0);
    expect(early).toBeLessThan(tally.photographs / 1000);
  });
});
