/** Whether a guest runs the code of an ELF file: against files that are, that are not, that lie elsewhere, and that hold no code. */
import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { ElfFile } from '../../extension/engine/elf/elfFile.ts';
import { TextProof, type TextFinding } from '../../extension/engine/guest/textProof.ts';
import { ElfCodeImage, textRanges } from '../../extension/engine/unwind/image.ts';
import { addressOf, toUnsigned } from '../../extension/engine/unwind/address.ts';
import type { TextPage } from '../../extension/engine/unwind/photograph.ts';
import { Workshop } from './trace.ts';

const workshop = new Workshop();
afterAll(() => workshop.close());
const alone = ['-nostdlib', '-static', '-no-pie', '-ffreestanding', '-fno-stack-protector', '-O2', '-g', '-falign-functions=256'];
const program = workshop.build('work.c', 'guest', alone);

/** Small repeatable noise (Numerical Recipes' linear congruential generator), 0 to below 1. */
function noise(seed: number): () => number {
  let state = seed >>> 0;
  return () => (state = (Math.imul(state, 1664525) + 1013904223) >>> 0) / 2 ** 32;
}

/** What a loader makes of a file: its pages of text, as a guest would have them. */
function pagesOf(file: string, slide = 0): TextPage[] {
  const elf = ElfFile.open(file);
  const pages: TextPage[] = [];
  for (const { start, end } of textRanges(elf)) {
    for (let at = start - (start % 4096); at < end; at += 4096) {
      const bytes = Buffer.alloc(4096);
      const from = Math.max(at, start);
      const to = Math.min(at + 4096, end);
      bytes.set(elf.read(toUnsigned(from), to - from)!, from - at);
      pages.push({ address: toUnsigned(at + slide), bytes });
    }
  }
  elf.close();
  return pages;
}

function compare(file: string, pages: readonly TextPage[]): TextFinding {
  const elf = ElfFile.open(file);
  const proof = new TextProof(elf, new ElfCodeImage(elf).hypercallPage);
  for (const page of pages) proof.add(page);
  const finding = proof.finding();
  elf.close();
  return finding;
}

/** The program built from a source in which one thing is changed. */
function changed(name: string, from: string, to: string): string {
  const source = readFileSync(path.join(import.meta.dirname, 'work.c'), 'utf8');
  expect(source).toContain(from);
  const file = path.join(workshop.folder, `${name}.c`);
  writeFileSync(file, source.replace(from, to));
  const built = path.join(workshop.folder, name);
  execFileSync('gcc', [...alone, '-w', '-o', built, file]);
  return built;
}

const pages = pagesOf(program);
const bytes = pages.length * 4096;

test('the right file is proved by any page of it', () => {
  expect(pages.length).toBeGreaterThan(1);
  const { bytes: compared, ...finding } = compare(program, pages);
  expect(finding).toEqual({
    verdict: 'proved',
    slide: 0,
    pages: pages.length,
    equalPages: pages.length,
    outsidePages: 0,
    differingBytes: 0,
    differing: [],
    firstOther: null,
  });
  expect(compared).toBeGreaterThan(bytes / 2);
  expect(compare(program, pages.slice(1, 2)).verdict).toBe('proved');
  expect(compare(program, []).verdict).toBe('unchecked');
});

test('so is the file without its symbols, or packed into a program without sections', () => {
  expect(compare(workshop.without(program, '--strip-all'), pages).verdict).toBe('proved');
});

test('a file that holds no code proves nothing', () => {
  const elf = ElfFile.open(workshop.without(program, '--only-keep-debug'));
  const proof = new TextProof(elf, NaN);
  expect([proof.isPossible, proof.add(pages[0]!), proof.finding().verdict]).toEqual([false, false, 'unchecked']);
});

describe('another build is told', () => {
  test.each([
    ['one function does more', 'sink ^= a; return tail_end(a + 1);', 'sink ^= a * a; sink += a >> 7; return tail_end(a + 1);'],
    ['one function is gone', 'NOINLINE u64 fib(int n) { return n < 2 ? (u64)n : fib(n - 1) + fib(n - 2); }', '#define fib(n) (n)'],
  ])('%s', (name, from, to) => {
    const other = changed(name.replaceAll(' ', '-'), from, to);
    const finding = compare(other, pages);
    expect(finding.verdict).toBe('mismatch');
    expect(finding.firstOther).not.toBeNull();
    expect(compare(other, pagesOf(other)).verdict).toBe('proved');
  });

  test('another program altogether', () => {
    const finding = compare(workshop.build('hosted.c', 'other', ['-static', '-O2']), pages);
    expect([finding.verdict, finding.equalPages]).toEqual(['mismatch', 0]);
  });

  test('even where the first of its pages are the same', () => {
    // one byte more in the last page but one: what is behind it has moved
    const moved = pages.map(({ address, bytes: old }) => ({ address, bytes: Uint8Array.from(old) }));
    const last = moved.at(-1)!.bytes;
    last.copyWithin(101, 100);
    expect(compare(program, moved.slice(0, -1)).verdict).toBe('proved');
    expect(compare(program, moved)).toMatchObject({ verdict: 'mismatch', firstOther: addressOf(moved.at(-1)!.address) });
  });
});

test('a few bytes patched at run time are no other build, and are told', () => {
  const patched = pages.map(({ address, bytes: old }) => ({ address, bytes: Uint8Array.from(old) }));
  patched[0]!.bytes.set([0xcc], 1000);
  patched[0]!.bytes.set([0xe9, 1, 2, 3, 4], 2000);
  const finding = compare(program, patched);
  expect(finding.verdict).toBe('proved');
  expect(finding.differingBytes).toBeGreaterThanOrEqual(4);
  expect(finding.differing[0]).toBe(addressOf(patched[0]!.address) + 1000);
});

test('what Xen writes into the hypercall page does not count', () => {
  const guest = workshop.build('hypercalls.c', 'stubs', [...alone, '-O0']);
  const random = noise(3);
  const elf = ElfFile.open(guest);
  const page = new ElfCodeImage(elf).hypercallPage;
  elf.close();
  expect(page % 4096).toBe(0);
  const filled = pagesOf(guest).map((one) => {
    const isStubs = addressOf(one.address) === page;
    return isStubs ? { ...one, bytes: Uint8Array.from({ length: 4096 }, () => random() * 256) } : one;
  });
  expect(compare(guest, filled)).toMatchObject({ verdict: 'proved', outsidePages: 1 });
});

describe('where it was loaded is found', () => {
  const pie = workshop.build('work.c', 'pie', [
    '-nostdlib',
    '-fpie',
    '-Wl,-pie,--no-dynamic-linker',
    '-ffreestanding',
    '-fno-stack-protector',
    '-O2',
  ]);
  test.each([0, 0x20_0000, 0x5555_5555_4000, -0x7fff_8000_0000])('%d bytes from where it was linked', (slide) => {
    expect(compare(pie, pagesOf(pie, slide))).toMatchObject({ verdict: 'proved', slide });
  });

  test('by one page out of thousands', { timeout: 60_000 }, () => {
    const compiler = execFileSync('gcc', ['-print-prog-name=cc1'], { encoding: 'utf8' }).trim();
    const all = pagesOf(compiler, 0x1234_5000);
    const some = [100, 2000, 3999].map((i) => all[i]!);
    expect(all.length).toBeGreaterThan(4000);
    expect(compare(compiler, some.slice(1, 2))).toMatchObject({ verdict: 'proved', slide: 0x1234_5000 });
    expect(compare(compiler, some)).toMatchObject({ verdict: 'proved', equalPages: 3 });
    // and not found where it is none of them, soon enough
    const begun = performance.now();
    expect(compare(compiler, pages).verdict).toBe('mismatch');
    expect(performance.now() - begun).toBeLessThan(20_000);
  });

  test('not by padding, which is the same everywhere', () => {
    const nops = { address: 0x7000n, bytes: new Uint8Array(4096).fill(0x90) };
    expect(compare(program, [nops]).verdict).toBe('mismatch');
  });
});

test('code outside of the file is nobody’s proof, against it or for it', () => {
  const elsewhere = { address: 0x7000_0000n, bytes: Uint8Array.from({ length: 4096 }, noise(9)).map((_, i) => (i * 37) & 255) };
  expect(compare(program, [elsewhere, ...pages])).toMatchObject({ verdict: 'proved', outsidePages: 1 });
  expect(compare(program, [elsewhere])).toMatchObject({ verdict: 'mismatch', outsidePages: 1, firstOther: 0x7000_0000 });
});

test('hostile pages are few, short, and cost little', () => {
  const random = noise(21);
  const elf = ElfFile.open(program);
  const proof = new TextProof(elf, NaN);
  const begun = performance.now();
  for (let i = 0; i < 2000; i++) {
    const page = Uint8Array.from({ length: random() * 5000 }, () => random() * 256);
    proof.add({
      address: BigInt.asUintN(64, BigInt(Math.floor((random() - 0.5) * 2 ** 50)) << BigInt(Math.floor(random() * 16))),
      bytes: page,
    });
  }
  proof.add({ address: 2n ** 64n - 4096n, bytes: new Uint8Array(4096) });
  expect(proof.finding().pages).toBeLessThanOrEqual(256);
  expect(performance.now() - begun).toBeLessThan(20_000);
  elf.close();
});
