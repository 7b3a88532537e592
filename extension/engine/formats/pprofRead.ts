/**
 * Reads profile.proto: our captures with everything in them, and other tools' as far as their shape goes. Where the tables stand before the samples, as
 * ours do, samples are read while the rest of the file is still being unpacked.
 */
import { Column } from '../profile/column.ts';
import { LocationTable } from '../profile/locations.ts';
import { Profile } from '../profile/profile.ts';
import { evidenceIn, fromComments, takeChecksums } from './comments.ts';
import { FormatError } from './errors.ts';
import { Threads, type Incoming, type Step, type Steps } from './importer.ts';
import { SAMPLE, SampleReader } from './pprofSamples.ts';
import { PprofTables, type PprofLocations } from './pprofTables.ts';
import { STATE_NAMES } from './pprofWrite.ts';
import { BYTES, VARINT, WireError, WireReader } from './protobuf.ts';

/** Wire types of profile.proto's fields, by field. Numbers can be packed where there are many. */
const WIRE_TYPES: Readonly<Record<number, readonly number[]>> = {
  ...Object.fromEntries([1, 2, 3, 4, 5, 6, 11].map((field) => [field, [BYTES]])),
  ...Object.fromEntries([7, 8, 9, 10, 12, 14, 15].map((field) => [field, [VARINT]])),
  13: [VARINT, BYTES],
};
/** Looked at before a file is taken for one. */
const FIRST_FIELDS = 8;
/** A few milliseconds, whether of many fields or of a few long ones. */
const BYTES_A_STEP = 1 << 15;
const SAMPLES_A_STEP = 200;

/** @throws FormatError where the file is damaged: it cannot be decoded, or refers to what it does not hold. */
export function readPprof(file: Incoming): Steps | null {
  return beginsLikeProfile(file.bytes) ? read(file) : null;
}

/** The first fields are profile.proto's, whichever come first. */
function beginsLikeProfile(bytes: Uint8Array): boolean {
  const reader = new WireReader(bytes);
  try {
    for (let fields = 0; fields < FIRST_FIELDS && reader.at < bytes.length; fields++) {
      const tag = reader.varint();
      if (WIRE_TYPES[Math.floor(tag / 8)]?.includes(tag & 7) !== true) return false;
      reader.skip(tag & 7);
    }
  } catch (error) {
    if (!(error instanceof WireError)) throw error;
    // Cut short, and a profile nonetheless where there is more of it than a few bytes of anything.
    return bytes.length > 16;
  }
  return bytes.length > 0;
}

function* read(file: Incoming): Steps {
  try {
    return (yield* readAsItComes(file)) ?? (yield* readAtLast(file));
  } catch (cause) {
    if (!(cause instanceof WireError)) throw cause;
    throw new FormatError(`${file.name} begins like a pprof profile (profile.proto), but is damaged or cut short: ${cause.message}`, {
      cause,
    });
  }
}

/** null where samples stand before what they need, or tables behind samples. */
function* readAsItComes(file: Incoming): Generator<Step, Profile | null, undefined> {
  const tables = new PprofTables(file);
  let begun: Begun | null = null;
  let count = 0;
  for (const field of fields(file)) {
    if ('done' in field) yield { ...field, profile: begun?.profile ?? null };
    else if (field.number !== SAMPLE) {
      if (begun) return null;
      tables.take(field.number, field.wireType, field.reader);
    } else {
      if (!begun && !tables.canBegin) return null;
      begun ??= begin(file, tables);
      readSample(file.name, field, begun, ++count);
    }
  }
  return yield* finished(begun ?? begin(file, tables));
}

/** Samples are read when all tables are there. */
function* readAtLast(file: Incoming): Generator<Step, Profile, undefined> {
  const tables = new PprofTables(file);
  const places = new Column(Float64Array);
  for (const field of fields(file)) {
    if ('done' in field) yield { ...field, profile: null };
    else if (field.number !== SAMPLE) tables.take(field.number, field.wireType, field.reader);
    else {
      places.push(field.reader.at);
      field.reader.skip(BYTES);
    }
  }
  const begun = begin(file, tables);
  const { bytes } = file;
  const reader = new WireReader(bytes);
  for (let i = 0; i < places.length; i++) {
    if (i % SAMPLES_A_STEP === 0) yield { profile: begun.profile, done: i / places.length };
    reader.at = places.get(i);
    readSample(file.name, { reader, bytes }, begun, i + 1);
  }
  return yield* finished(begun);
}

interface Field {
  number: number;
  wireType: number;
  /** Stands at the value; whoever takes it leaves it at the next field. */
  readonly reader: WireReader;
  /** What the reader reads. */
  bytes: Uint8Array;
}

/** The fields of a file one after another (always the same object), each when all of it is there; and now and then how far it is. */
function* fields(file: Incoming): Generator<Field | Omit<Step, 'profile'>, void, undefined> {
  const reader = new WireReader(file.bytes);
  const field: Field = { number: 0, wireType: 0, reader, bytes: file.bytes };
  let { isWhole } = file;
  for (let stepAt = 0; ;) {
    const start = reader.at;
    if (start >= field.bytes.length && isWhole) return;
    const done = start / Math.max(1, file.expectedBytes, field.bytes.length);
    if (start >= stepAt) {
      stepAt = start + BYTES_A_STEP;
      yield { done };
    }
    try {
      const tag = reader.varint();
      const value = reader.at;
      field.wireType = tag & 7;
      field.number = Math.floor(tag / 8);
      if (!isWhole) reader.skip(field.wireType);
      reader.at = value;
    } catch (cause) {
      if (!(cause instanceof WireError) || isWhole) throw cause;
      // The rest of the field is still to come; or what is wrong will be told when all is there.
      if (file.bytes.length === field.bytes.length && !file.isWhole) yield { done, waits: true };
      ({ isWhole } = file);
      field.bytes = file.bytes;
      reader.moveTo(field.bytes, start, field.bytes.length);
      continue;
    }
    yield field;
  }
}

/** A profile that samples go into. */
interface Begun {
  readonly profile: Profile;
  readonly locations: PprofLocations;
  readonly samples: SampleReader;
}

function begin(file: Incoming, tables: PprofTables): Begun {
  const title = file.name;
  const { index: weightIndex, unit } = tables.weight();
  const table = new LocationTable();
  const lines = tables.comments();
  takeChecksums(lines, table.checksums);
  const locations = tables.locate(table, evidenceIn(lines));
  const profile = new Profile({ title, symbols: 'from the file', ...fromComments(lines), unit, durationMs: tables.durationMs }, table);
  const threads = new Threads(profile);
  const samples = new SampleReader(profile, {
    title,
    location: (id) => locations.idOf(id),
    weightIndex,
    text: (i) => tables.text(i),
    thread: (name) => threads.idOf(name),
    states: STATE_NAMES,
  });
  return { profile, locations, samples };
}

/** With the locations, too, that have no sample. */
function* finished({ profile, locations }: Begun): Generator<Step, Profile, undefined> {
  const rest = locations.rest();
  while (rest.next().done !== true) yield { profile, done: 1 };
  return profile;
}

function readSample(name: string, { reader, bytes }: Pick<Field, 'reader' | 'bytes'>, { samples }: Begun, number: number): void {
  const length = reader.length();
  const from = reader.at;
  reader.at += length;
  try {
    samples.read(bytes, from, from + length);
  } catch (cause) {
    if (!(cause instanceof WireError)) throw cause;
    throw new FormatError(`${name}: sample ${number} is damaged: ${cause.message}`, { cause });
  }
}
