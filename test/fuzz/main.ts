/** `npm run fuzz -- elf|formats|names [--count N] [--from RUN]`: damaged files until one does what it must not. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { corpusFile } from '../symbols/corpus.ts';
import { companionSeeds } from './companions.ts';
import { fuzzElf, seedOf, type Seed } from './elf.ts';
import { fuzzFormats } from './formats.ts';
import { formatSeeds } from './formatSeeds.ts';
import { fuzzNames, nameSeeds } from './names.ts';

const elfSeedNames = ['gcc-c-dwarf5', 'gcc-c-dwarf4', 'clang-c-dwarf5', 'gcc-c-dwarf64-compressed', 'gcc-cpp-dwarf5', 'arm64-gcc-c'];
const STEP = 2000;

interface Result {
  readonly slowestMs: number;
  readonly failures: readonly string[];
}

const targets: Record<string, () => Promise<(count: number, from: number) => Result | Promise<Result>>> = {
  elf: async () => {
    const seeds: Seed[] = [];
    for (const name of elfSeedNames) seeds.push(seedOf(name, (await corpusFile(name)).path));
    const work = mkdtempSync(path.join(tmpdir(), 'ringside-fuzz-'));
    process.on('exit', () => rmSync(work, { recursive: true, force: true }));
    seeds.push(...(await companionSeeds(work)));
    return (count, from) => fuzzElf(seeds, count, from);
  },
  formats: async () => {
    const seeds = await formatSeeds();
    return (count, from) => fuzzFormats(seeds, count, from);
  },
  names: async () => {
    const seeds = await nameSeeds();
    return (count, from) => fuzzNames(seeds, count, from);
  },
};

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { count: { type: 'string', default: '10000' }, from: { type: 'string', default: '0' } },
});
const target = targets[positionals[0] ?? ''];
if (!target) throw new Error(`npm run fuzz -- ${Object.keys(targets).join('|')} [--count N] [--from RUN]`);
const fuzz = await target();
const total: Record<string, number> = {};
const failures: string[] = [];
const first = Number(values.from);
for (let run = first; run < first + Number(values.count) && failures.length === 0; run += STEP) {
  const { failures: found, slowestMs, ...counts } = await fuzz(Math.min(STEP, first + Number(values.count) - run), run);
  failures.push(...found);
  for (const [key, value] of Object.entries(counts)) total[key] = (total[key] ?? 0) + Number(value);
  total['slowestMs'] = Math.max(total['slowestMs'] ?? 0, Math.round(slowestMs));
  total['peakMiB'] = Math.round(process.resourceUsage().maxRSS / 1024);
  console.log(JSON.stringify(total));
}
for (const failure of failures) console.error(failure);
process.exitCode = failures.length > 0 ? 1 : 0;
