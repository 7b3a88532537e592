/** Reads profile.proto: our captures with everything in them, and other tools' as far as their shape goes. */
import * as proto from 'pprof-format';
import { categoryOf } from '../profile/category.ts';
import { Evidence } from '../profile/evidence.ts';
import { LocationTable, unresolvedFunction, type LocatedFrame } from '../profile/locations.ts';
import { Profile } from '../profile/profile.ts';
import { evidenceIn, fromComments } from './comments.ts';
import { FormatError } from './errors.ts';
import { Threads, type ImportedFile, type Steps } from './importer.ts';
import { SAMPLE, SampleReader } from './pprofSamples.ts';
import { STATE_NAMES } from './pprofWrite.ts';
import { BYTES, WireError, WireReader } from './protobuf.ts';

/** Tags (field << 3 | wire type) of profile.proto's message fields, one of which begins a file. */
const PROFILE_TAGS = new Set([0x0a, 0x12, 0x1a, 0x22, 0x2a, 0x32]);
const SAMPLES_A_STEP = 5000;

/** @throws FormatError where the file is damaged: it cannot be decoded, or refers to what it does not hold. */
export function readPprof(file: ImportedFile): Steps | null {
  const parts = split(file);
  return parts && read(file, parts);
}

/** Where the samples are, and the rest of the file, decoded. */
interface Parts {
  readonly raw: proto.Profile;
  /** Beginnings and ends of the sample messages, in turn. */
  readonly samples: Float64Array;
}

/** null where the bytes are no profile.proto: a profile declares at least one sample type. */
function split({ bytes, name }: ImportedFile): Parts | null {
  // Field 1 (sample_type) comes first in every writer seen; text that happens to parse would begin otherwise.
  if (bytes.length === 0 || !PROFILE_TAGS.has(bytes[0]!)) return null;
  try {
    const reader = new WireReader(bytes);
    const rest: Uint8Array[] = [];
    const bounds: number[] = [];
    while (reader.at < bytes.length) {
      const start = reader.at;
      const tag = reader.varint();
      if (Math.floor(tag / 8) === SAMPLE && (tag & 7) === BYTES) {
        const length = reader.length();
        bounds.push(reader.at, reader.at + length);
        reader.at += length;
      } else {
        reader.skip(tag & 7);
        const last = rest.at(-1);
        // Neighbours are one piece.
        if (last && last.byteOffset + last.length === bytes.byteOffset + start)
          rest[rest.length - 1] = new Uint8Array(bytes.buffer, last.byteOffset, last.length + reader.at - start);
        else rest.push(bytes.subarray(start, reader.at));
      }
    }
    const raw = proto.Profile.decode(rest.length === 1 ? rest[0]! : Buffer.concat(rest));
    return raw.sampleType.length > 0 ? { raw, samples: Float64Array.from(bounds) } : null;
  } catch (cause) {
    const where = cause instanceof WireError ? `: ${cause.message}` : '';
    throw new FormatError(`${name} begins like a pprof profile (profile.proto), but is damaged or cut short${where}`, { cause });
  }
}

function* read({ bytes, name: title }: ImportedFile, { raw, samples }: Parts): Steps {
  const strings = raw.stringTable.strings;
  const text = (index: number | bigint): string => {
    const value = strings[Number(index)];
    if (value === undefined) throw new FormatError(`${title}: string ${index} of ${strings.length} does not exist: the file is damaged`);
    return value;
  };
  const weightIndex = Math.max(
    0,
    raw.sampleType.findIndex((type) => Number(type.type) === Number(raw.defaultSampleType) && Number(type.type) !== 0),
  );
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
