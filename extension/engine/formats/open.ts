/** Opens a file of any format that an importer knows. */
import type { Profile } from '../profile/profile.ts';
import { pause, SLICE_MS } from '../slices.ts';
import { readCpuprofile } from './cpuprofile.ts';
import { FormatError } from './errors.ts';
import { readFolded } from './foldedRead.ts';
import { ImportedFile } from './importedFile.ts';
import type { Importer, Steps } from './importer.ts';
import { inflate, Unpacking } from './inflate.ts';
import { readPerfScript } from './perfScript.ts';
import { readPprof } from './pprofRead.ts';
import { readSpeedscope } from './speedscope.ts';
import { readUniprof } from './uniprof.ts';
import type { Pieces } from './wholeFile.ts';
import { readXenctx } from './xenctx.ts';

/** The surest marks first; folded stacks are little more than lines that end in a number, and profile.proto is little more than bytes. */
const importers: readonly Importer[] = [readSpeedscope, readCpuprofile, readXenctx, readUniprof, readPerfScript, readFolded, readPprof];

/** @throws FormatError where no importer knows the file, or the one that does finds it broken */
export function openProfile(bytes: Uint8Array, name: string): Profile {
  const steps = whole(importSteps(new ImportedFile(name, inflate(bytes, name))));
  for (;;) {
    const step = steps.next();
    if (step.done === true) return step.value;
  }
}

/** How an opening goes. */
export interface Opening {
  /** Called a few times a second. */
  readonly onProgress: (stage: 'reading' | 'parsing', done: number, total: number) => void;
  /** Called as soon as there is something to show. */
  readonly onProfile: (profile: Profile) => void;
  readonly signal: AbortSignal;
}

/** The same, with pauses. @throws the signal's reason where it is aborted, too */
export async function openGently(file: Pieces, name: string, { onProgress, onProfile, signal }: Opening): Promise<Profile> {
  const unpacking = new Unpacking(file, name);
  const stop = (): void => unpacking.stop();
  signal.addEventListener('abort', stop, { once: true });
  let tellAt = 0;
  const tell = (stage: 'reading' | 'parsing', done: number, total: number): void => {
    const now = performance.now();
    if (now < tellAt) return;
    onProgress(stage, done, total);
    tellAt = now + 200;
  };
  const moreBytes = async (): Promise<void> => {
    try {
      await unpacking.more();
    } finally {
      signal.throwIfAborted();
    }
  };
  try {
    while (!unpacking.isWhole && unpacking.bytes.length < FIRST_BYTES) await moreBytes();
    const early = isText(unpacking.bytes) ? null : readPprof(unpacking);
    while (!early && !unpacking.isWhole) {
      tell('reading', unpacking.packedDone, file.size);
      await moreBytes();
    }
    const steps = whole(early ?? importSteps(new ImportedFile(name, unpacking.bytes)));
    let shown: Profile | null = null;
    let pauseAt = performance.now() + SLICE_MS;
    let showAt: number | null = null;
    for (;;) {
      const step = steps.next();
      if (step.done === true) return step.value;
      const { profile, done, waits = false } = step.value;
      const now = performance.now();
      if (profile) showAt ??= now + FIRST_LOOK_MS;
      if (!waits && now < pauseAt) continue;
      if (profile && profile !== shown && now >= showAt!) {
        onProfile((shown = profile));
        tellAt = 0;
      }
      tell('parsing', Math.round(done * unpacking.expectedBytes), unpacking.expectedBytes);
      if (waits) await moreBytes();
      await pause();
      signal.throwIfAborted();
      pauseAt = performance.now() + SLICE_MS;
    }
  } finally {
    signal.removeEventListener('abort', stop);
    unpacking.stop();
  }
}

/** Samples are read for so long before there is a first look: a graph of a few frames would only flicker. */
const FIRST_LOOK_MS = 25;

/** What the kind of a packed file is told by. */
const FIRST_BYTES = 64 * 1024;

/** Whether the first bytes hold no control characters that text has no use for. */
function isText(bytes: Uint8Array): boolean {
  return !bytes.subarray(0, 1024).some((byte) => byte < 0x09 || (byte > 0x0d && byte < 0x20 && byte !== 0x1b));
}

function* importSteps(file: ImportedFile): Steps {
  const json = file.parseJson();
  while (json.next().done !== true) yield { profile: null, done: 0 };
  for (const read of importers) {
    const steps = read(file);
    if (steps) return yield* steps;
  }
  throw (
    file.jsonFault ??
    new FormatError(
      `${file.name} is none of the formats Ringside opens: pprof, folded stacks, speedscope JSON, .cpuprofile, perf script, xenctx or uniprof output`,
    )
  );
}

function* whole(steps: Steps): Steps {
  const profile = yield* steps;
  const sealing = profile.samples.sealing();
  while (sealing.next().done !== true) yield { profile, done: 1 };
  return profile;
}
