/** Opens a file of any format that an importer knows. */
import type { Profile } from '../profile/profile.ts';
import { readCpuprofile } from './cpuprofile.ts';
import { FormatError } from './errors.ts';
import { readFolded } from './foldedRead.ts';
import { ImportedFile } from './importedFile.ts';
import type { Importer, Steps } from './importer.ts';
import { inflate, inflateGently } from './inflate.ts';
import { readPerfScript } from './perfScript.ts';
import { readPprof } from './pprofRead.ts';
import { readSpeedscope } from './speedscope.ts';
import { readUniprof } from './uniprof.ts';
import { readXenctx } from './xenctx.ts';

/** The surest marks first; folded stacks are little more than lines that end in a number, and profile.proto is little more than bytes. */
const importers: readonly Importer[] = [readSpeedscope, readCpuprofile, readXenctx, readUniprof, readPerfScript, readFolded, readPprof];

/** @throws FormatError where no importer knows the file, or the one that does finds it broken */
export function openProfile(bytes: Uint8Array, name: string): Profile {
  const steps = whole(new ImportedFile(name, inflate(bytes, name)));
  for (;;) {
    const step = steps.next();
    if (step.done === true) return step.value;
  }
}

/** How an opening goes. */
export interface Opening {
  /** Called a few times a second. */
  readonly onProgress: (stage: 'unpacking' | 'parsing', done: number, total: number) => void;
  /** Called as soon as there is something to show. */
  readonly onProfile: (profile: Profile) => void;
  readonly signal: AbortSignal;
}

/** Works this long at a time, then lets other requests through. */
const SLICE_MS = 12;

/** The same, with pauses. @throws the signal's reason where it is aborted, too */
export async function openGently(bytes: Uint8Array, name: string, { onProgress, onProfile, signal }: Opening): Promise<Profile> {
  const inflated = await inflateGently(bytes, name, (done) => onProgress('unpacking', done, bytes.length), signal);
  const steps = whole(new ImportedFile(name, inflated));
  let shown: Profile | null = null;
  let [pauseAt, tellAt] = [performance.now() + SLICE_MS, 0];
  for (;;) {
    const step = steps.next();
    if (step.done === true) return step.value;
    const now = performance.now();
    if (now < pauseAt) continue;
    const { profile } = step.value;
    if (profile && profile !== shown) onProfile((shown = profile));
    if (now >= tellAt) {
      onProgress('parsing', Math.round(step.value.done * inflated.length), inflated.length);
      tellAt = now + 200;
    }
    await new Promise((resolve) => setImmediate(resolve));
    signal.throwIfAborted();
    pauseAt = performance.now() + SLICE_MS;
  }
}

function importSteps(file: ImportedFile): Steps {
  for (const read of importers) {
    const steps = read(file);
    if (steps) return steps;
  }
  throw (
    file.jsonFault ??
    new FormatError(
      `${file.name} is none of the formats Ringside opens: pprof, folded stacks, speedscope JSON, .cpuprofile, perf script, xenctx or uniprof output`,
    )
  );
}

function* whole(file: ImportedFile): Steps {
  const profile = yield* importSteps(file);
  const sealing = profile.samples.sealing();
  while (sealing.next().done !== true) yield { profile, done: 1 };
  return profile;
}
