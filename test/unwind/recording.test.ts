/** A recording whose symbols are proved or refuted while it goes on: what was named before is named again. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { ElfFile } from '../../extension/engine/elf/elfFile.ts';
import { Recording } from '../../extension/engine/recording/recording.ts';
import type { CaptureInfo } from '../../extension/protocol.ts';
import { recordOf, streamOf, textRecordOf } from './stream.ts';
import { Workshop } from './trace.ts';

const INFO: CaptureInfo = {
  guest: 'web',
  host: 'lab',
  kind: 'pv',
  vcpus: 1,
  rateHz: 99,
  xenVersion: null,
  startedAt: '2026-01-02T03:04:05Z',
};
const workshop = new Workshop();
const alone = ['-nostdlib', '-static', '-no-pie', '-ffreestanding', '-fno-stack-protector', '-O2', '-g', '-falign-functions=512'];
const program = workshop.build('work.c', 'recorded', alone);
const elf = ElfFile.open(program);
const { start, pages } = textOf(elf);
let chunks: Buffer[];

afterAll(() => {
  elf.close();
  workshop.close();
});

function textOf(file: ElfFile): { start: bigint; pages: Buffer[] } {
  const text = file.section('.text')!;
  const first = text.address & ~0xfffn;
  const count = Number((text.address + BigInt(text.size) - first + 4095n) / 4096n);
  return { start: first, pages: Array.from({ length: count - 1 }, (_, i) => Buffer.from(file.read(first + BigInt(i * 4096), 4096)!)) };
}

beforeAll(async () => {
  const photographs = workshop.trace(program, 1, 0).map(({ photograph }) => recordOf(photograph));
  const moved = Buffer.from(pages[1]!);
  moved.copyWithin(500, 480);
  chunks = await streamOf([
    Buffer.concat([textRecordOf(start, pages[0]!), ...photographs.slice(0, 300)]),
    Buffer.concat(photographs.slice(300, 400)),
    Buffer.concat([textRecordOf(start + 4096n, moved), ...photographs.slice(400, 500)]),
    Buffer.concat(photographs.slice(500, 600)),
  ]);
});

const namesOf = ({ profile }: Recording): string[] =>
  profile.table.functions.map(({ name }) => name).filter((name) => !name.startsWith('['));
const isAddress = (name: string): boolean => /^0x[0-9a-f]+$/.test(name);

test('names are withdrawn when a page tells that they are another build’s, and come back when one insists', async () => {
  const recording = new Recording(INFO, { kind: 'elf', path: program, origin: 'chosen' });
  await recording.push(chunks[0]!);
  await recording.push(chunks[1]!);
  expect(recording.profile.facts.proof).toMatchObject({ verdict: 'proved' });
  expect([recording.profile.sampleCount, namesOf(recording).some(isAddress)]).toEqual([400, false]);
  expect(recording.profile.facts.warnings).toEqual([]);

  await Promise.all([recording.push(chunks[2]!), recording.push(chunks[3]!)]);
  expect(recording.profile.facts.proof).toMatchObject({ verdict: 'mismatch' });
  expect([recording.profile.sampleCount, namesOf(recording).every(isAddress)]).toEqual([600, true]);
  expect(recording.profile.facts.warnings[0]).toContain('names are withheld');

  await recording.trustSymbols();
  expect(recording.profile.facts.proof).toMatchObject({ verdict: 'mismatch', trusted: true });
  expect([recording.profile.sampleCount, namesOf(recording).some(isAddress)]).toEqual([600, false]);
  recording.close();
});

test('who insists from the start is told all the same', async () => {
  const recording = new Recording(INFO, { kind: 'elf', path: program, origin: 'chosen' }, { trustSymbols: true });
  for (const chunk of chunks) await recording.push(chunk);
  expect(recording.profile.facts.proof).toMatchObject({ verdict: 'mismatch', trusted: true });
  expect(recording.profile.facts.warnings[0]).toContain('may be wrong');
  expect(namesOf(recording)).toContain('busy_leaf');
  recording.close();
});

test('other symbols are held against the same pages', async () => {
  const other = workshop.build('work.c', 'other', [...alone, '-O1']);
  const recording = new Recording(INFO, { kind: 'elf', path: other, origin: 'chosen' });
  for (const chunk of chunks.slice(0, 2)) await recording.push(chunk);
  expect(recording.profile.facts.proof).toMatchObject({ verdict: 'mismatch' });
  await recording.resymbolize({ kind: 'elf', path: program, origin: 'chosen' });
  expect(recording.profile.facts.proof).toMatchObject({ verdict: 'proved' });
  expect([recording.profile.sampleCount, namesOf(recording).some(isAddress)]).toEqual([400, false]);
  expect(recording.profile.facts.warnings).toEqual([]);
  recording.close();
});
