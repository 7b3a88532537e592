/**
 * Files as other tools write them. `perf-script*.txt` are the output of perf 6.1, `perf-stackcollapse.folded` of perf's own script
 * of that name, `py-spy.*` of py-spy 0.4.2 on a Python program of two threads, `go-cpu.pb.gz` is a profile by Go 1.19's runtime/pprof, and `xenctx-*.txt` of
 * Xen 4.17's xenctx on a unikernel: with a symbol map (most stacks are left out by it, and words are taken for frames), with frame pointers, and with -S.
 */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { openProfile } from '../../extension/engine/formats/open.ts';
import { openFile } from '../../extension/engine/openFile.ts';
import { EVERYTHING } from '../../extension/engine/profile/filter.ts';
import { heaviestFunctions } from '../../extension/engine/profile/functionTotals.ts';
import { writeFolded } from '../../extension/engine/formats/foldedWrite.ts';
import type { Profile } from '../../extension/engine/profile/profile.ts';
import { ProfileViews } from '../../extension/engine/profile/views.ts';

const open = (name: string): Profile => openProfile(readFileSync(path.join(import.meta.dirname, name)), name);
const top = (profile: Profile): [string, number][] =>
  heaviestFunctions(new ProfileViews(profile).weighted(EVERYTHING)).map(({ fn, self }) => [profile.table.functions[fn]!.name, self]);
const folded = (profile: Profile): string[] => writeFolded(new ProfileViews(profile).weighted(EVERYTHING)).trimEnd().split('\n');

const folder = mkdtempSync(path.join(tmpdir(), 'foreign-'));
afterAll(() => rmSync(folder, { recursive: true }));

describe('perf script', () => {
  it('with call chains', () => {
    const text = readFileSync(path.join(import.meta.dirname, 'perf-script.txt'), 'utf8');
    const profile = open('perf-script.txt');
    expect(profile.sampleCount).toBe(text.match(/cpu-clock:/g)!.length);
    expect(top(profile)[0]![0]).toBe('inner');
    expect(folded(profile).some((line) => line.startsWith('spin;__libc_start_call_main;main;inner '))).toBe(true);
    const inner = profile.table.functions.find(({ name }) => name === 'inner')!;
    expect(inner.module).toMatch(/spin$/);
    expect(profile.facts.threads).toHaveLength(1);
    expect(profile.samples.hasTimes).toBe(true);
    expect(profile.facts.durationMs).toBeGreaterThan(300);
  });
  it('without call chains', () => {
    const profile = open('perf-script-flat.txt');
    expect(profile.sampleCount).toBe(36);
    expect(folded(profile).some((line) => line.startsWith('spin;inner '))).toBe(true);
  });
});

it("Go's profile has the figures that go tool pprof prints", () => {
  const profile = open('go-cpu.pb.gz');
  expect(profile.facts.unit).toBe('nanoseconds');
  const found = new Map(top(profile));
  expect([...found.values()].reduce((sum, self) => sum + self, 0)).toBe(1.05e9);
  expect(found.get('sort.partition')).toBe(0.37e9);
  expect(found.get('runtime.asyncPreempt')).toBe(0.24e9);
});

it("perf's stackcollapse", () => {
  const profile = open('perf-stackcollapse.folded');
  expect(top(profile)[0]).toEqual(['inner', 53]);
  expect(folded(profile)).toContain('spin;__libc_start_call_main;main;inner 53');
});

describe('py-spy', () => {
  it('folded, where a function is one whatever its line', () => {
    const profile = open('py-spy.folded');
    expect(new ProfileViews(profile).header()).toMatchObject({ samples: 45 });
    const prove = profile.table.functions.filter(({ name }) => name === 'prove');
    expect(prove).toHaveLength(1);
    expect(prove[0]!.file).toBe('bake.py');
    expect(folded(profile).some((line) => line.includes(';<module>;main;prove;knead;<genexpr> '))).toBe(true);
  });
  it('speedscope, with its threads', () => {
    const profile = open('py-spy.speedscope.json');
    expect(profile.facts.unit).toBe('seconds');
    expect(profile.facts.threads.map(({ name }) => name)).toEqual([
      expect.stringMatching(/^Thread \d+ ""$/),
      expect.stringMatching(/^Thread \d+ "watcher"$/),
    ]);
    expect(profile.table.functions.find(({ name }) => name === 'knead')!.file).toMatch(/bake\.py$/);
    expect(top(profile)[0]![0]).toMatch(/^(<genexpr>|watch)$/);
  });
});

describe('xenctx', () => {
  it('with frame pointers and without names', () => {
    const profile = open('xenctx-fp.txt');
    expect(profile.sampleCount).toBe(10);
    expect(profile.table.functions.every(({ unresolved }) => unresolved)).toBe(true);
    // the instruction pointer as it is, return addresses moved into their calls
    expect(folded(profile).some((line) => /^0x102b2a;0x10296f;0x10228c;0x1013aa \d+$/.test(line))).toBe(true);
  });
  it('with names, where words of the stack that can be no code are left out', () => {
    const profile = open('xenctx-map.txt');
    expect(profile.sampleCount).toBe(11);
    expect(top(profile).find(([name]) => name === 'hypercall_page')).toBeDefined();
    expect(folded(profile).join()).not.toContain('_start');
  });
  it('with whole stacks (-S)', () => {
    const profile = open('xenctx-S.txt');
    expect(folded(profile)[0]!.split(';').slice(-3)).toEqual(['0x103473', '0x103483', '0x1033bd 1']);
    expect(profile.facts.warnings[0]).toMatch(/-f/);
  });
});

/** Simulated: the shape is uniprof's, the addresses are of a program that is built here. */
it("uniprof's addresses are named by an ELF file", async () => {
  const source = path.join(folder, 'guest.c');
  const elf = path.join(folder, 'guest.elf');
  writeFileSync(
    source,
    'int sink;\nvoid leaf(void) { sink++; }\nvoid caller(void) { leaf(); leaf(); sink++; }\nvoid _start(void) { caller(); for (;;); }\n',
  );
  execFileSync('gcc', ['-g', '-O0', '-nostdlib', '-static', '-o', elf, source]);
  const symbols = new Map(
    execFileSync('nm', [elf], { encoding: 'utf8' })
      .split('\n')
      .map((line) => line.split(' '))
      .map(([address, , name]) => [name, BigInt(`0x${address === '' ? '0' : address!}`)]),
  );
  const at = (name: string, offset: bigint): string => `0x${(symbols.get(name)! + offset).toString(16)}`;
  const trace = `${at('leaf', 4n)}\n${at('caller', 9n)}\n${at('_start', 9n)}\n`;
  const file = path.join(folder, 'traces');
  const head = '#unikernel stack tracer using libxencall hypercall interface\n#tracing domid 7 on 2026-01-01 00:00:00 UTC (+0000)\n\n';
  writeFileSync(file, `${head}${trace}1\n\n${trace}1\n\n${at('leaf', 4n)}\n0\n\n`);
  const nameless = openProfile(readFileSync(file), 'traces');
  expect(nameless.facts.title).toBe('traces (domain 7)');
  expect(nameless.table.functions.some(({ unresolved }) => unresolved)).toBe(true);
  const profile = await openFile({
    file,
    symbols: { kind: 'elf', path: elf, origin: 'chosen' },
    signal: new AbortController().signal,
    onProgress: () => undefined,
    onProfile: () => undefined,
  });
  expect(folded(profile)).toEqual(['[incomplete stack];leaf 1', '_start;caller;leaf 2']);
  const leaf = new ProfileViews(profile).hotPaths({ filter: EVERYTHING, limit: 1 }).paths[0]!.steps.at(-1)!.frame;
  expect(leaf).toMatchObject({ name: 'leaf', file: source, line: 2 });
});

it.each([
  ['perf-script.txt', 'spin 1 2.0: cycles:\n\t1 a (b)\n\nnonsense\n', /file:4: neither an event of perf script/],
  ['uniprof', '#unikernel stack tracer using x\n\n0x1\nwhat?\n', /file:4: neither an address nor the end of a trace/],
  ['xenctx', 'rip: 0000000000102c80\nrip: what\n', /file:2: registers without an instruction pointer/],
  ['speedscope', '{\n "$schema": "https://www.speedscope.app/file-format-schema.json",\n "profiles": ]\n}', /file:3:14: JSON, but broken/],
])('a broken %s says where', (_, text, message) => expect(() => openProfile(Buffer.from(text), 'file')).toThrow(message));
