/** speedscope's JSON (https://www.speedscope.app/file-format-schema.json): sampled and evented profiles are read. */
import { FormatError } from './errors.ts';
import { NamedProfile, type ImportedFile, type Steps } from './importer.ts';
import { asArray, asNumber, asRecord, asText } from './json.ts';

export const SCHEMA = 'https://www.speedscope.app/file-format-schema.json';
/** Units of speedscope that are times, in ns. */
const NS_BY_UNIT: Readonly<Record<string, number>> = { nanoseconds: 1, microseconds: 1e3, milliseconds: 1e6, seconds: 1e9 };

/** Each profile of the file becomes a thread. */
export function readSpeedscope(file: ImportedFile): Steps | null {
  const root = asRecord(file.json);
  return root?.['$schema'] === SCHEMA ? read(file, root) : null;
}

function* read(file: ImportedFile, root: Record<string, unknown>): Steps {
  const frames = asArray(asRecord(root['shared'])?.['frames']);
  const profiles = asArray(root['profiles'])?.map((profile) => asRecord(profile));
  if (!frames || !profiles) throw new FormatError(`${file.name}: shared.frames or profiles is missing`);
  const units = new Set(profiles.map((profile) => asText(profile?.['unit']) ?? 'none'));
  if (units.size > 1) throw new FormatError(`${file.name}: profiles of different units (${[...units].join(', ')}) cannot be added up`);
  const unit = [...units][0] ?? 'none';
  const built = new NamedProfile({ title: asText(root['name']) ?? file.name, unit: unit === 'none' ? 'samples' : unit });
  const locations = frames.map((value, i) => {
    const frame = asRecord(value);
    const name = asText(frame?.['name']);
    if (name === undefined) throw new FormatError(`${file.name}: shared.frames[${i}] has no name`);
    return built.location({ name, file: asText(frame!['file']) ?? '', line: asNumber(frame!['line']) ?? 0 });
  });
  for (const [i, profile] of profiles.entries()) {
    const where = `${file.name}: profiles[${i}]`;
    const locate = (index: unknown): number => {
      const location = locations[asNumber(index) ?? -1];
      if (location === undefined) throw new FormatError(`${where} names frame ${String(index)} of ${locations.length}`);
      return location;
    };
    const lane = asText(profile?.['name']) ?? `profile ${i + 1}`;
    const thread = profiles.length > 1 ? built.threads.idOf(lane) : 0;
    const reading: Reading = { built, profile: profile ?? {}, thread, nsByUnit: NS_BY_UNIT[unit] ?? 0, locate, where };
    let read: Generator<number>;
    if (profile?.['type'] === 'sampled') read = readSampled(reading);
    else if (profile?.['type'] === 'evented') read = readEvented(reading);
    else throw new FormatError(`${where} is neither sampled nor evented`);
    for (const done of read) yield { profile: built.profile, done: (i + done) / profiles.length };
  }
  return built.profile;
}

interface Reading {
  readonly built: NamedProfile;
  readonly profile: Record<string, unknown>;
  readonly thread: number;
  /** 0 where weights are no times. */
  readonly nsByUnit: number;
  readonly locate: (index: unknown) => number;
  readonly where: string;
}

/** Where weights are times, a sample was taken when those before it were over. */
function* readSampled({ built, profile, thread, nsByUnit, locate, where }: Reading): Generator<number> {
  const [samples, weights] = [asArray(profile['samples']), asArray(profile['weights'])];
  if (samples?.length !== weights?.length || !samples || !weights) throw new FormatError(`${where}: samples and weights differ in number`);
  let at = 0;
  for (let i = 0; i < samples.length; i++) {
    if (i % 256 === 0) yield i / samples.length;
    const [stack, weight] = [asArray(samples[i]), asNumber(weights[i])];
    if (weight === undefined || !stack) throw new FormatError(`${where}: sample ${i} is not a stack with a weight`);
    built.add(stack.map(locate), weight, { thread, timeNs: at * nsByUnit });
    at += weight;
  }
  ended(built, at * nsByUnit);
}

function* readEvented({ built, profile, thread, nsByUnit, locate, where }: Reading): Generator<number> {
  const stack: number[] = [];
  const start = asNumber(profile['startValue']) ?? 0;
  let last = start;
  const events = asArray(profile['events']) ?? [];
  for (let i = 0; i < events.length; i++) {
    if (i % 256 === 0) yield i / events.length;
    const event = asRecord(events[i]);
    const at = asNumber(event?.['at']);
    if (at === undefined || at < last) throw new FormatError(`${where}: event ${i} has no time, or one before the event before it`);
    if (at > last && stack.length > 0) built.add(stack, at - last, { thread, timeNs: (last - start) * nsByUnit });
    last = at;
    if (event!['type'] === 'O') stack.push(locate(event!['frame']));
    else if (stack.pop() !== locate(event!['frame']))
      throw new FormatError(`${where}: event ${i} closes a frame that is not the innermost`);
  }
  ended(built, (last - start) * nsByUnit);
}

function ended({ profile: { facts } }: NamedProfile, endNs: number): void {
  facts.durationMs = Math.max(facts.durationMs, endNs / 1e6);
}
