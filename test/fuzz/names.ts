/** Damaged mangled names through every demangler: each ends in a name of bounded length or in none, soon. */
import { ElfFile } from '../../extension/engine/elf/elfFile.ts';
import { demangled } from '../../extension/engine/symbols/demangle.ts';
import { corpusFile } from '../symbols/corpus.ts';
import { numbers } from '../symbols/generated.ts';

/** Of processor time, for one name: the machine may be busy with other things. */
const SLOWEST_MS = 200;
/** A name is shown, sent and kept: what a few bytes stand for must not fill the memory. */
const LONGEST = 1 << 20;

const CORPUS = ['gcc-cpp-dwarf5', 'clang-cpp-dwarf5', 'rustc-v0-names'];
const BY_HAND = [
  'camlStdlib__List__map_481',
  'camlDune__exe__Unikernel.start_12_34',
  'base_GHCziShow_zdfShowInt_closure',
  'main_Main_zpzpzp_entry',
];
/** What refers to what came before, opens, closes, or counts in one of the manglings. */
const PIECES = [
  ...[
    'S_',
    'S0_',
    'S1_',
    'SZ_',
    'T_',
    'T0_',
    'I',
    'E',
    'J',
    'N',
    'Dp',
    'Dt',
    'DT',
    'L',
    'X',
    'UlvE_',
    'Q',
    'R',
    'P',
    'F',
    'K',
    'M',
    'A9_',
    'B_',
    'C',
    'Q',
  ],
  ...[
    '99999999999',
    '0',
    '_',
    'z',
    'zz',
    'Z',
    'ZL',
    'fp',
    'cl',
    'B0_',
    'B9_',
    'Kj',
    'Kjffffffffffffffff_',
    '$LT$',
    '..',
    '$u',
    '\u0000',
    '\u00e9',
    's_',
    'u8',
  ],
  ...['PPPPPPPPPPPPPPPPPPPPPPPP', 'S_S_S_S_S_S_S_S_', 'NNNNNNNNNNNNNNNN', 'IJIJIJIJIJIJIJ', 'TTTTTTTTTTTTTTT'],
];

export interface NameFuzzResult {
  readonly runs: number;
  readonly named: number;
  readonly unnamed: number;
  readonly longest: number;
  readonly slowestMs: number;
  /** What must not happen, with the run that repeats it. */
  readonly failures: readonly string[];
}

export async function nameSeeds(): Promise<string[]> {
  const seeds: string[] = [...BY_HAND];
  for (const name of CORPUS) {
    const elf = ElfFile.open((await corpusFile(name)).path);
    try {
      for (const each of elf.symbols.functions()) if (/^_(Z|R)/.test(each.name)) seeds.push(each.name);
    } finally {
      elf.close();
    }
  }
  return seeds;
}

/** Runs `from` to `from + count` on the seeds in turn. */
export function fuzzNames(seeds: readonly string[], count: number, from = 0): NameFuzzResult {
  const failures: string[] = [];
  const kinds = { named: 0, unnamed: 0 };
  let longest = 0;
  let slowestMs = 0;
  for (let run = from; run < from + count && failures.length < 20; run++) {
    const name = damaged(seeds[run % seeds.length]!, seeds, run);
    const start = process.cpuUsage();
    try {
      const plain = demangled(name);
      kinds[plain === undefined ? 'unnamed' : 'named']++;
      longest = Math.max(longest, plain?.length ?? 0);
      if (plain !== undefined && plain.length > LONGEST) failures.push(`run ${run} (${name}) gave ${plain.length} characters`);
    } catch (error) {
      failures.push(`run ${run} (${name}): ${error instanceof Error ? error.stack : String(error)}`);
    }
    const { user, system } = process.cpuUsage(start);
    const ms = (user + system) / 1000;
    if (ms > SLOWEST_MS) failures.push(`run ${run} (${name}) took ${ms.toFixed(0)} ms`);
    slowestMs = Math.max(slowestMs, ms);
  }
  return { runs: count, ...kinds, longest, slowestMs, failures };
}

function damaged(seed: string, seeds: readonly string[], run: number): string {
  const random = numbers(run * 2654435761 + 1);
  for (let i = 0; i < 4; i++) random(2);
  let name = seed;
  for (let count = random(3) === 0 ? 1 + random(4) : 1; count > 0; count--) {
    const at = 2 + random(name.length);
    const length = random(3) === 0 ? random(60) : random(4);
    switch (random(5)) {
      case 0: // cut out
        name = name.slice(0, at) + name.slice(at + length);
        break;
      case 1: // put in, often many times
        name = name.slice(0, at) + PIECES[random(PIECES.length)]!.repeat(random(4) === 0 ? 1 + random(200) : 1) + name.slice(at);
        break;
      case 2: // a part again, elsewhere
        name =
          name.slice(0, at) +
          name
            .slice(random(name.length))
            .slice(0, 1 + random(40))
            .repeat(1 + random(8)) +
          name.slice(at);
        break;
      case 3: {
        // the end of another
        const other = seeds[random(seeds.length)]!;
        name = name.slice(0, at) + other.slice(random(other.length));
        break;
      }
      default:
        name = name.slice(0, at) + String.fromCharCode(33 + random(94)) + name.slice(at + 1);
    }
  }
  return name;
}
