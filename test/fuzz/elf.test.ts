/** A few thousand damaged files in every run of the tests; `npm run fuzz -- elf --count N` does more. */
import { expect, test } from 'vitest';
import { corpusFile } from '../symbols/corpus.ts';
import { fuzzElf, seedOf } from './elf.ts';

const seedNames = ['gcc-c-dwarf5', 'gcc-c-dwarf4', 'clang-c-dwarf5', 'gcc-c-dwarf64-compressed'];

test('a damaged ELF file gives answers or a typed error, soon', { timeout: 5 * 60_000 }, async () => {
  const seeds = [];
  for (const name of seedNames) seeds.push(seedOf(name, (await corpusFile(name)).path));
  const result = fuzzElf(seeds, 2000);
  console.log({ ...result, failures: result.failures.length });
  expect(result.failures.join('\n')).toBe('');
  expect(result.refused).toBeGreaterThan(0);
  expect(result.partial).toBeGreaterThan(0);
  expect(result.whole).toBeGreaterThan(0);
});
