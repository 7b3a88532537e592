/** Reads profile.proto: our captures with everything in them, and other tools' as far as their shape goes. */
import * as proto from 'pprof-format';
import { categoryOf } from '../profile/category.ts';
import { Column } from '../profile/column.ts';
import { Evidence } from '../profile/evidence.ts';
import { LocationTable, unresolvedFunction, type LocatedFrame } from '../profile/locations.ts';
import { Profile } from '../profile/profile.ts';
import { evidenceIn, fromComments } from './comments.ts';
import { FormatError } from './errors.ts';
import { Threads, type ImportedFile, type Step, type Steps } from './importer.ts';
import { SAMPLE, SampleReader } from './pprofSamples.ts';
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
const SAMPLES_A_STEP = 2000;
const FIELDS_A_STEP = 20_000;

/** @throws FormatError where the file is damaged: it cannot be decoded, or refers to what it does not hold. */
export function readPprof(file: ImportedFile): Steps | null {
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

/** Where the samples are, and the rest of the file, decoded. */
interface Parts {
  readonly raw: proto.Profile;
  /** Beginnings and ends of the sample messages, in turn. */
  readonly samples: Float64Array;
}

function* split({ bytes, name }: ImportedFile): Generator<Step, Parts, undefined> {
  const reader = new WireReader(bytes);
  const rest: Uint8Array[] = [];
  const bounds = new Column(Float64Array);
  try {
    let restFrom = 0;
    for (let fields = 0; reader.at < bytes.length; fields++) {
      const start = reader.at;
      const tag = reader.varint();
      if (Math.floor(tag / 8) === SAMPLE && (tag & 7) === BYTES) {
        const length = reader.length();
        bounds.push(reader.at);
        bounds.push(reader.at + length);
        reader.at += length;
        if (start > restFrom) rest.push(bytes.subarray(restFrom, start));
        restFrom = reader.at;
      } else reader.skip(tag & 7);
      if (fields % FIELDS_A_STEP === 0) yield { profile: null, done: 0 };
    }
    rest.push(bytes.subarray(restFrom));
    return { raw: proto.Profile.decode(rest.length === 1 ? rest[0]! : Buffer.concat(rest)), samples: bounds.view() };
  } catch (cause) {
    const where = cause instanceof WireError ? `: ${cause.message}` : '';
    throw new FormatError(`${name} begins like a pprof profile (profile.proto), but is damaged or cut short${where}`, { cause });
  }
}

function* read(file: ImportedFile): Steps {
  const { bytes, name: title } = file;
  const { raw, samples } = yield* split(file);
  if (raw.sampleType.length === 0)
    throw new FormatError(`${title} begins like a pprof profile (profile.proto), but says of no value what it counts`);
  const strings = raw.stringTable.strings;
  const text = (index: number | bigint): string => {
    const value = strings[Number(index)];
    if (value === undefined) throw new FormatError(`${title}: string ${index} of ${strings.length} does not exist: the file is damaged`);
    return value;
  };
  const preferred = raw.sampleType.findIndex((type) => Number(type.type) === Number(raw.defaultSampleType) && Number(type.type) !== 0);
  // profile.proto, default_sample_type: where it is not set, the last is meant.
  const weightIndex = preferred < 0 ? raw.sampleType.length - 1 : preferred;
  const weightType = raw.sampleType[weightIndex]!;
  const unit = text(weightType.unit) === 'count' ? text(weightType.type) : text(weightType.unit);
  const table = new LocationTable();
  const locationIds = readLocations(raw, table, text, title);
  const lines = raw.comment.map(text);
  const comments = fromComments(lines);
  readEvidence(evidenceIn(lines), raw, table, locationIds);
  const profile = new Profile({ title, symbols: 'from the file', ...comments, unit, durationMs: Number(raw.durationNanos) / 1e6 }, table);
  const threads = new Threads(profile);
  const reader = new SampleReader(bytes, profile, {
    title,
    locationIds,
    weightIndex,
    text,
    thread: (name) => threads.idOf(name),
    states: STATE_NAMES,
  });
  for (let i = 0; i < samples.length; i += 2) {
    if (i % (2 * SAMPLES_A_STEP) === 0) yield { profile, done: samples[i]! / bytes.length };
    try {
      reader.read(samples[i]!, samples[i + 1]!);
    } catch (cause) {
      if (!(cause instanceof WireError)) throw cause;
      throw new FormatError(`${title}: sample ${i / 2 + 1} is damaged: ${cause.message}`, { cause });
    }
  }
  return profile;
}

/** A tool that has numbered the locations anew has not kept what belongs to them. */
function readEvidence(evidence: string, raw: proto.Profile, table: LocationTable, ids: ReadonlyMap<number, number>): void {
  if (evidence.length !== raw.location.length) return;
  for (const [i, way] of Evidence.fromText(evidence)) {
    const location = ids.get(i + 1);
    if (location !== undefined) table.vouch(location, way);
  }
}

function readLocations(raw: proto.Profile, table: LocationTable, text: (i: number | bigint) => string, title: string): Map<number, number> {
  const modules = new Map(raw.mapping.map((mapping) => [Number(mapping.id), text(mapping.filename)]));
  const functions = new Map(raw.function.map((fn) => [Number(fn.id), fn]));
  const ids = new Map<number, number>();
  for (const location of raw.location) {
    const module = modules.get(Number(location.mappingId)) ?? '';
    const address = BigInt.asUintN(64, BigInt(location.address));
    const frames: LocatedFrame[] = location.line.map((line) => {
      const fn = functions.get(Number(line.functionId));
      if (!fn)
        throw new FormatError(`${title}: a location names function ${line.functionId}, which the file does not hold: the file is damaged`);
      const [name, file] = [text(fn.name), text(fn.filename)];
      const linkageName = text(fn.systemName);
      const info = {
        name,
        linkageName,
        file,
        startLine: Number(fn.startLine),
        module,
        category: categoryOf(name, file),
        unresolved: false,
      };
      return { fn: table.internFunction(info), line: Math.min(Number(line.line), MAX_LINE) };
    });
    if (frames.length === 0) frames.push({ fn: table.internFunction(unresolvedFunction(address, module)), line: 0 });
    ids.set(Number(location.id), address === 0n ? table.named(frames) : table.atAddress(address, () => frames));
  }
  return ids;
}

/** No source has more lines: keeps a damaged number from being taken for one. */
const MAX_LINE = 0x7fffffff;
