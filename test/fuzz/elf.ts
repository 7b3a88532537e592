/** Damaged ELF files through everything the engine does with symbols: each run ends in answers or in a typed error, soon. */
import { readFileSync } from 'node:fs';
import { MemorySource } from '../../extension/engine/elf/byteSource.ts';
import { ElfFile } from '../../extension/engine/elf/elfFile.ts';
import { FileError } from '../../extension/engine/elf/errors.ts';
import { Symbolizer } from '../../extension/engine/symbols/symbolizer.ts';
import { textAddresses } from '../symbols/compare.ts';
import { mutated, type Target } from './mutate.ts';

/** Of processor time: the machine may be busy with other things. */
const SLOWEST_MS = 1000;

export interface Seed {
  readonly name: string;
  readonly bytes: Uint8Array;
  readonly targets: readonly Target[];
  readonly addresses: readonly bigint[];
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
  const { sections, header, segments } = new ElfFile(new MemorySource(bytes, name));
  const targets: Target[] = [
    { name: 'header', offset: 0, size: 64 },
    { name: 'section headers', offset: header.sectionsOffset, size: header.sectionCount * header.sectionEntryBytes },
    { name: 'program headers', offset: header.segmentsOffset, size: segments.length * header.segmentEntryBytes },
  ];
  for (const section of sections) {
    if (!/^\.(z?debug_(?!loc|str$|line_str|macro)|symtab|strtab|shstrtab|note)/.test(section.name)) continue;
    const target = { name: section.name, offset: section.offset, size: section.size };
    // what leads to everything else is damaged more often, and its beginning most
    targets.push(target);
    if (/info|abbrev|line$|rnglists|ranges|addr/.test(section.name)) targets.push(target, { ...target, size: Math.min(section.size, 512) });
  }
  return { name, bytes, targets, addresses: textAddresses(path, 40) };
}

/** Runs `from` to `from + count` on the seeds in turn. */
export function fuzzElf(seeds: readonly Seed[], count: number, from = 0): FuzzResult {
  const failures: string[] = [];
  const kinds = { refused: 0, partial: 0, whole: 0 };
  let slowestMs = 0;
  for (let run = from; run < from + count; run++) {
    const seed = seeds[run % seeds.length]!;
    const { bytes, what } = mutated(seed.bytes, seed.targets, run);
    const start = process.cpuUsage();
    try {
      kinds[outcome(bytes, seed)]++;
    } catch (error) {
      failures.push(`run ${run} of ${seed.name} (${what}): ${error instanceof Error ? error.stack : String(error)}`);
    }
    const { user, system } = process.cpuUsage(start);
    const ms = (user + system) / 1000;
    if (ms > SLOWEST_MS) failures.push(`run ${run} of ${seed.name} (${what}) took ${ms.toFixed(0)} ms`);
    slowestMs = Math.max(slowestMs, ms);
    if (failures.length >= 20) break;
  }
  return { runs: count, ...kinds, slowestMs, failures };
}

function outcome(bytes: Uint8Array, { name, addresses }: Seed): 'refused' | 'partial' | 'whole' {
  let symbols: Symbolizer;
  try {
    symbols = new Symbolizer(new ElfFile(new MemorySource(bytes, name)));
  } catch (error) {
    if (error instanceof FileError) return 'refused';
    throw error;
  }
  symbols.lookupAll(addresses);
  for (const address of addresses.slice(0, 4)) {
    symbols.lookup(address);
    symbols.functionRange(address);
  }
  return symbols.faults.length > 0 ? 'partial' : 'whole';
}
