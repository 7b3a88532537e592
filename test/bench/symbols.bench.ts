/**
 * `npm run bench -- symbols [--file ELF]... [--only PART-OF-NAME] [--pairs N] [--addresses N]`: `ringside symbolize` beside llvm-symbolizer,
 * as whole processes in turn, on large C++ programs and on a kernel where one is installed. Ratios are of medians, ours over llvm's.
 */
import { mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { ElfFile } from '../../extension/engine/elf/elfFile.ts';
import { must } from '../rig/run.ts';
import { textAddresses } from '../symbols/compare.ts';
import { LLVM_SYMBOLIZER } from '../symbols/llvm.ts';
import { type Bulk, bulkFile } from './bulk.ts';
import { type Cost, costOf, medianCost } from './processes.ts';

const programs: readonly Bulk[] = [
  { name: 'gcc-cpp-30', compiler: 'g++', flags: ['-O2', '-g', '-fno-gnu-unique'], copies: 4 },
  { name: 'gcc-cpp-90', compiler: 'g++', flags: ['-O2', '-g', '-fno-gnu-unique'], copies: 12 },
  { name: 'clang-cpp-200', compiler: 'clang++-19', flags: ['-O2', '-g', '-gdwarf-5'], copies: 28 },
];
const command = path.join(import.meta.dirname, '../../dist/ringside.cjs');

export async function bench(args: string[]): Promise<void> {
  const { values } = parseArgs({
    args,
    options: {
      file: { type: 'string', multiple: true },
      only: { type: 'string', default: '' },
      pairs: { type: 'string', default: '5' },
      addresses: { type: 'string', default: '10000' },
    },
  });
  await must(process.execPath, ['build.mjs']);
  const work = mkdtempSync(path.join(tmpdir(), 'ringside-bench-'));
  const rows: Record<string, string | number>[] = [];
  try {
    for await (const file of files(values.file, values.only)) {
      for (const { count, warm } of [
        { count: Number(values.addresses), warm: false },
        { count: Number(values.addresses), warm: true },
        { count: 1, warm: false },
      ]) {
        const input = path.join(work, 'addresses');
        writeFileSync(
          input,
          textAddresses(file, count)
            .map((address) => `0x${address.toString(16)}\n`)
            .join(''),
        );
        const ours = [process.execPath, command, 'symbolize', '--json', ...(warm ? ['--index', path.join(work, 'index')] : []), file];
        const theirs = [LLVM_SYMBOLIZER, '--output-style=JSON', '-e', file];
        if (warm) await costOf(ours, input);
        const costs: { theirs: Cost; ours: Cost }[] = [];
        for (let pair = 0; pair < Number(values.pairs); pair++)
          costs.push({ theirs: await costOf(theirs, input), ours: await costOf(ours, input) });
        const row = { file: path.basename(file), 'debug MB': debugMegabytes(file), addresses: count, index: warm ? 'warm' : 'none' };
        rows.push({ ...row, ...compared(medianCost(costs.map((cost) => cost.theirs)), medianCost(costs.map((cost) => cost.ours))) });
        console.log(JSON.stringify(rows.at(-1)));
      }
    }
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
  console.table(rows);
}

function compared(theirs: Cost, ours: Cost): Record<string, string | number> {
  const ratio = (key: keyof Cost): number => Number((ours[key] / theirs[key]).toFixed(2));
  return {
    'llvm ms': Math.round(theirs.wallMs),
    'ours ms': Math.round(ours.wallMs),
    wall: ratio('wallMs'),
    cpu: ratio('cpuMs'),
    'llvm MiB': Math.round(theirs.peakMiB),
    'ours MiB': Math.round(ours.peakMiB),
    memory: ratio('peakMiB'),
  };
}

/** The files named, or the programs that are built here and the kernels that Debian has installed with their debug information. */
async function* files(named: readonly string[] | undefined, only: string): AsyncGenerator<string> {
  if (named) return yield* named;
  for (const program of programs) if (program.name.includes(only)) yield await bulkFile(program);
  for (const folder of ['/usr/lib/debug/boot']) {
    for (const name of statSync(folder, { throwIfNoEntry: false }) ? readdirSync(folder) : []) {
      if (name.startsWith('vmlinux-') && name.includes(only)) yield path.join(folder, name);
    }
  }
}

function debugMegabytes(file: string): number {
  const elf = ElfFile.open(file);
  const bytes = elf.sections.reduce((sum, { name, size }) => (/^\.z?debug_/.test(name) ? sum + size : sum), 0);
  elf.close();
  return Math.round(bytes / 1e6);
}
