/** Damaged ELF files through everything the engine does with symbols: each run ends in answers or in a typed error, soon. */
import { readFileSync, writeFileSync } from 'node:fs';
import { MemorySource } from '../../extension/engine/elf/byteSource.ts';
import { ElfFile } from '../../extension/engine/elf/elfFile.ts';
import { FileError } from '../../extension/engine/elf/errors.ts';
import { readIndex } from '../../extension/engine/symbols/answerIndex.ts';
import { openSymbols, Symbolizer } from '../../extension/engine/symbols/symbolizer.ts';
import { textAddresses } from '../symbols/compare.ts';
import { mutated, type Target } from './mutate.ts';

/** Of processor time: the machine may be busy with other things. */
const SLOWEST_MS = 1000;
/**
 * What all runs together may take of memory beyond what the undamaged seeds take: the peak of the process, which holds the seed, its damaged copy, and
 * whatever the collector has not yet given back.
 */
const MOST_MIB = 256;

const peakMiB = (): number => process.resourceUsage().maxRSS / 1024;

export interface Seed {
  readonly name: string;
  readonly bytes: Uint8Array;
  readonly targets: readonly Target[];
  readonly addresses: readonly bigint[];
  /** The bytes are a file beside a program that is whole. */
  readonly beside?: { readonly program: string; readonly companion: string };
  /** The bytes are a file of the index. */
  readonly index?: { readonly folder: string; readonly key: string; readonly companion: string };
}

export interface FuzzResult {
  readonly runs: number;
  /** Runs that could not be opened, that lost some of their debug information, and that were read in full. */
  readonly refused: number;
  readonly partial: number;
  readonly whole: number;
  readonly slowestMs: number;
  /** What must not happen, with the run that repeats it. */
  readonly failures: readonly string[];
}

export function seedOf(name: string, path: string): Seed {
  const bytes = readFileSync(path);
  return { name, bytes, targets: targetsOf(name, bytes), addresses: textAddresses(path, 40) };
}

export function targetsOf(name: string, bytes: Uint8Array): Target[] {
  const { sections, header, segments } = new ElfFile(new MemorySource(bytes, name));
  const targets: Target[] = [
    { name: 'header', offset: 0, size: 64 },
    { name: 'section headers', offset: header.sectionsOffset, size: header.sectionCount * header.sectionEntryBytes },
    { name: 'program headers', offset: header.segmentsOffset, size: segments.length * header.segmentEntryBytes },
  ];
  for (const section of sections) {
    if (!/^\.(z?debug_(?!loc|str$|line_str|macro)|gnu_debugdata|symtab|strtab|shstrtab|note)/.test(section.name)) continue;
    const target = { name: section.name, offset: section.offset, size: section.size };
    // what leads to everything else is damaged more often, and its beginning most
    targets.push(target);
    if (/info|abbrev|line$|rnglists|ranges|addr|debugdata/.test(section.name))
      targets.push(target, { ...target, size: Math.min(section.size, 512) });
  }
  return targets;
}

/** Runs `from` to `from + count` on the seeds in turn. */
export async function fuzzElf(seeds: readonly Seed[], count: number, from = 0): Promise<FuzzResult> {
  const failures: string[] = [];
  const kinds = { refused: 0, partial: 0, whole: 0 };
  let slowestMs = 0;
  for (const seed of seeds) await outcome(seed.bytes, seed);
  const mostMiB = peakMiB() + MOST_MIB;
  for (let run = from; run < from + count; run++) {
    const seed = seeds[run % seeds.length]!;
    const { bytes, what } = mutated(seed.bytes, seed.targets, run);
    const start = process.cpuUsage();
    try {
      kinds[await outcome(bytes, seed)]++;
    } catch (error) {
      failures.push(`run ${run} of ${seed.name} (${what}): ${error instanceof Error ? error.stack : String(error)}`);
    }
    const { user, system } = process.cpuUsage(start);
    const ms = (user + system) / 1000;
    if (ms > SLOWEST_MS) failures.push(`run ${run} of ${seed.name} (${what}) took ${ms.toFixed(0)} ms`);
    slowestMs = Math.max(slowestMs, ms);
    if (peakMiB() > mostMiB) {
      failures.push(`run ${run} of ${seed.name} (${what}) took more than ${MOST_MIB} MiB beyond what the seeds take`);
      break;
    }
    if (failures.length >= 20) break;
  }
  return { runs: count, ...kinds, slowestMs, failures };
}

type Outcome = 'refused' | 'partial' | 'whole';

async function outcome(bytes: Uint8Array, seed: Seed): Promise<Outcome> {
  const { name, addresses, beside, index } = seed;
  if (index) {
    writeFileSync(index.companion, bytes);
    const read = readIndex(index.folder, index.key);
    if (read && Buffer.compare(bytes, seed.bytes) !== 0) throw new Error('a damaged index was believed');
    return read ? 'whole' : 'refused';
  }
  if (beside) writeFileSync(beside.companion, bytes);
  let symbols: Symbolizer;
  try {
    symbols = beside ? openSymbols(beside.program) : new Symbolizer(new ElfFile(new MemorySource(bytes, name)));
  } catch (error) {
    if (error instanceof FileError) return 'refused';
    throw error;
  }
  try {
    await symbols.prepare();
    symbols.lookupAll(addresses);
    for (const address of addresses.slice(0, 4)) {
      symbols.lookup(address);
      symbols.functionRange(address);
    }
    return symbols.faults.length > 0 ? 'partial' : 'whole';
  } finally {
    symbols.close();
  }
}
