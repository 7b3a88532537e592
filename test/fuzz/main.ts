/** `npm run fuzz -- elf --count N [--from RUN]`: damaged files until one does what it must not. */
import { parseArgs } from 'node:util';
import { corpusFile } from '../symbols/corpus.ts';
import { fuzzElf, seedOf } from './elf.ts';

const seedNames = ['gcc-c-dwarf5', 'gcc-c-dwarf4', 'clang-c-dwarf5', 'gcc-c-dwarf64-compressed', 'gcc-cpp-dwarf5', 'arm64-gcc-c'];
const STEP = 2000;

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { count: { type: 'string', default: '10000' }, from: { type: 'string', default: '0' } },
});
if (positionals[0] !== 'elf') throw new Error('npm run fuzz -- elf [--count N] [--from RUN]');
const seeds = [];
for (const name of seedNames) seeds.push(seedOf(name, (await corpusFile(name)).path));
const total = { runs: 0, refused: 0, partial: 0, whole: 0, slowestMs: 0, peakMiB: 0 };
const failures: string[] = [];
const first = Number(values.from);
for (let run = first; run < first + Number(values.count) && failures.length === 0; run += STEP) {
  const result = fuzzElf(seeds, Math.min(STEP, first + Number(values.count) - run), run);
  failures.push(...result.failures);
  for (const key of ['runs', 'refused', 'partial', 'whole'] as const) total[key] += result[key];
  total.slowestMs = Math.max(total.slowestMs, Math.round(result.slowestMs));
  total.peakMiB = Math.round(process.resourceUsage().maxRSS / 1024);
  console.log(JSON.stringify(total));
}
for (const failure of failures) console.error(failure);
process.exitCode = failures.length > 0 ? 1 : 0;
