/** A few thousand damaged files in every run of the tests; `npm run fuzz -- elf --count N` does more. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { MemorySource } from '../../extension/engine/elf/byteSource.ts';
import { ElfFile } from '../../extension/engine/elf/elfFile.ts';
import { Symbolizer } from '../../extension/engine/symbols/symbolizer.ts';
import { corpusFile } from '../symbols/corpus.ts';
import { companionSeeds } from './companions.ts';
import { fuzzElf, seedOf } from './elf.ts';

const seedNames = ['gcc-c-dwarf5', 'gcc-c-dwarf4', 'clang-c-dwarf5', 'gcc-c-dwarf64-compressed'];

test('a damaged ELF file gives answers or a typed error, soon', { timeout: 5 * 60_000 }, async () => {
  const seeds = [];
  for (const name of seedNames) seeds.push(seedOf(name, (await corpusFile(name)).path));
  const work = await mkdtemp(path.join(tmpdir(), 'ringside-fuzz-'));
  onTestFinished(() => rm(work, { recursive: true, force: true }));
  seeds.push(...(await companionSeeds(work)));
  const result = await fuzzElf(seeds, 2400);
  console.log({ ...result, failures: result.failures.length });
  expect(result.failures.join('\n')).toBe('');
  expect(result.refused).toBeGreaterThan(0);
  expect(result.partial).toBeGreaterThan(0);
  expect(result.whole).toBeGreaterThan(0);
});

test('range lists that have lost their ends, so that every function has all ranges after its own', async () => {
  const { name, bytes, addresses } = seedOf('gcc-c-dwarf4', (await corpusFile('gcc-c-dwarf4')).path);
  const damaged = Uint8Array.from(bytes);
  const { offset, size } = new ElfFile(new MemorySource(bytes, name)).section('.debug_ranges')!;
  const view = new DataView(damaged.buffer);
  let lists = 0;
  for (let at = offset; at < offset + size - 16; at += 16) {
    if (view.getBigUint64(at, true) !== 0n || view.getBigUint64(at + 8, true) !== 0n) continue;
    view.setBigUint64(at + 8, 1n, true);
    lists++;
  }
  expect(lists).toBeGreaterThan(100);
  for (const look of [(symbols: Symbolizer) => symbols.lookup(addresses[0]!), (symbols: Symbolizer) => symbols.lookupAll(addresses)]) {
    const symbols = new Symbolizer(new ElfFile(new MemorySource(damaged, name)));
    look(symbols);
    expect(symbols.faults.map(({ fault }) => fault)).toContain('too-large');
  }
});
