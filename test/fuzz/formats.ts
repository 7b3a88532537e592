/**
 * Damaged files of every format through the importers: each ends in a profile or in a FormatError, soon, and the profile can be shown. A pprof file that
 * comes in piece by piece ends as it does when it is there as a whole.
 */
import { ImportedFile } from '../../extension/engine/formats/importedFile.ts';
import type { Incoming, Steps } from '../../extension/engine/formats/importer.ts';
import { openProfile } from '../../extension/engine/formats/open.ts';
import { readPprof } from '../../extension/engine/formats/pprofRead.ts';
import { EVERYTHING } from '../../extension/engine/profile/filter.ts';
import { ProfileViews } from '../../extension/engine/profile/views.ts';
import { mutated } from './mutate.ts';
import { textMutated } from './mutateText.ts';

/** Of processor time: the machine may be busy with other things. */
const SLOWEST_MS = 1000;

export interface FormatSeed {
  readonly name: string;
  readonly bytes: Uint8Array;
  readonly isText: boolean;
}

export interface FormatFuzzResult {
  readonly runs: number;
  readonly refused: number;
  readonly opened: number;
  readonly slowestMs: number;
  /** What must not happen, with the run that repeats it. */
  readonly failures: readonly string[];
}

/** Runs `from` to `from + count` on the seeds in turn. */
export function fuzzFormats(seeds: readonly FormatSeed[], count: number, from = 0): FormatFuzzResult {
  const failures: string[] = [];
  const kinds = { refused: 0, opened: 0 };
  let slowestMs = 0;
  for (let run = from; run < from + count && failures.length < 20; run++) {
    const seed = seeds[run % seeds.length]!;
    const whole = [{ name: 'file', offset: 0, size: seed.bytes.length }];
    const bytes = seed.isText && run % 4 !== 0 ? textMutated(seed.bytes, run) : mutated(seed.bytes, whole, run).bytes;
    const start = process.cpuUsage();
    try {
      kinds[outcome(bytes, seed.name)]++;
      if (seed.name.endsWith('.pb')) samePieceByPiece(bytes, seed.name, run);
    } catch (error) {
      failures.push(`run ${run} of ${seed.name}: ${error instanceof Error ? error.stack : String(error)}`);
    }
    const { user, system } = process.cpuUsage(start);
    const ms = (user + system) / 1000;
    if (ms > SLOWEST_MS) failures.push(`run ${run} of ${seed.name} took ${ms.toFixed(0)} ms`);
    slowestMs = Math.max(slowestMs, ms);
  }
  return { runs: count, ...kinds, slowestMs, failures };
}

function outcome(bytes: Uint8Array, name: string): 'refused' | 'opened' {
  let views: ProfileViews;
  try {
    views = new ProfileViews(openProfile(bytes, name));
  } catch (error) {
    if (error instanceof Error && error.name === 'FormatError') return 'refused';
    throw error;
  }
  for (const filter of [EVERYTHING, { ...EVERYTHING, inverted: true }]) {
    const { table } = views.flame({ filter, rootNode: 0, widthPx: 1000 });
    if (!table.total.every((weight) => Number.isFinite(weight))) throw new Error('a weight that is no number');
  }
  views.heatMap({ filter: EVERYTHING, maxColumns: 100, rows: 10 });
  views.functions({ filter: EVERYTHING, order: 'self', descending: true, offset: 0, limit: 10 });
  return 'opened';
}

/** Comes in by one to `most` bytes at a time. */
class Trickle implements Incoming {
  readonly name: string;
  readonly expectedBytes: number;
  private readonly whole: Uint8Array;
  private readonly most: number;
  private length: number;

  constructor(whole: Uint8Array, name: string, most: number) {
    this.whole = whole;
    this.name = name;
    this.expectedBytes = whole.length;
    this.most = most;
    // what the kind of a file is told by is there
    this.length = Math.min(whole.length, 4096);
  }

  get bytes(): Uint8Array {
    return this.whole.subarray(0, this.length);
  }

  get isWhole(): boolean {
    return this.length === this.whole.length;
  }

  more(): void {
    this.length = Math.min(this.whole.length, this.length + 1 + ((this.length * 31) % this.most));
  }
}

function samePieceByPiece(bytes: Uint8Array, name: string, run: number): void {
  const file = new Trickle(bytes, name, 1 + (run % 1500));
  const inPieces = told(readPprof(file), () => file.more());
  const atOnce = told(readPprof(new ImportedFile(name, bytes)), () => undefined);
  if (inPieces !== atOnce) throw new Error(`piece by piece: ${inPieces}; at once: ${atOnce}`);
}

/** What comes of an import, in a line. */
function told(steps: Steps | null, more: () => void): string {
  if (!steps) return 'of another format';
  try {
    for (;;) {
      const step = steps.next();
      if (step.done !== true) {
        if (step.value.waits === true) more();
        continue;
      }
      const { samples } = step.value;
      return `${samples.count} samples`;
    }
  } catch (error) {
    if (error instanceof Error && error.name === 'FormatError') return 'refused';
    throw error;
  }
}
