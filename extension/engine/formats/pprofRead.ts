/** Reads profile.proto: our captures with everything in them, and other tools' as far as their shape goes. */
import * as proto from 'pprof-format';
import type { VcpuState } from '../../protocol.ts';
import { categoryOf } from '../profile/category.ts';
import { LocationTable, unresolvedFunction, type LocatedFrame } from '../profile/locations.ts';
import { Profile } from '../profile/profile.ts';
import { fromComments } from './comments.ts';
import { FormatError } from './errors.ts';
import type { ImportedFile } from './importer.ts';
import { STATE_NAMES } from './pprofWrite.ts';

/** Tags (field << 3 | wire type) of profile.proto's message fields, one of which begins a file. */
const PROFILE_TAGS = new Set([0x0a, 0x12, 0x1a, 0x22, 0x2a, 0x32]);

/** @throws FormatError where the file is damaged: it cannot be decoded, or refers to what it does not hold. */
export function readPprof(file: ImportedFile): Profile | null {
  const raw = decode(file);
  if (!raw) return null;
  const title = file.name;
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
  const comments = fromComments(raw.comment.map(text));
  const profile = new Profile({ title, symbols: 'from the file', ...comments, unit, durationMs: Number(raw.durationNanos) / 1e6 }, table);
  for (const sample of raw.sample) {
    const stack = sample.locationId.map((id) => {
      const location = locationIds.get(Number(id));
      if (location === undefined)
        throw new FormatError(`${title}: a sample names location ${id}, which the file does not hold: the file is damaged`);
      return location;
    });
    profile.add({ ...labels(sample, text), weight: Number(sample.value[weightIndex] ?? 0), stack: stack.reverse() });
  }
  return profile;
}

/** null where the bytes are no profile.proto: a profile declares at least one sample type. */
function decode({ bytes, name }: ImportedFile): proto.Profile | null {
  // Field 1 (sample_type) comes first in every writer seen; text that happens to parse would begin otherwise.
  if (bytes.length === 0 || !PROFILE_TAGS.has(bytes[0]!)) return null;
  let raw: proto.Profile;
  try {
    raw = proto.Profile.decode(bytes);
  } catch (cause) {
    throw new FormatError(`${name} begins like a pprof profile (profile.proto), but is damaged or cut short`, { cause });
  }
  return raw.sampleType.length > 0 ? raw : null;
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
      return { fn: table.internFunction(info), line: Number(line.line) };
    });
    if (frames.length === 0) frames.push({ fn: table.internFunction(unresolvedFunction(address, module)), line: 0 });
    ids.set(Number(location.id), address === 0n ? table.named(frames) : table.atAddress(address, () => frames));
  }
  return ids;
}

function labels(sample: proto.Sample, text: (i: number | bigint) => string): { vcpu: number; state: VcpuState; timeNs: number } {
  const found = { vcpu: 0, state: 0 as VcpuState, timeNs: 0 };
  for (const label of sample.label) {
    const key = text(label.key);
    if (key === 'vcpu') found.vcpu = Number(label.num);
    else if (key === 'time') found.timeNs = Number(label.num);
    else if (key === 'state') found.state = Math.max(0, STATE_NAMES.indexOf(text(label.str) as 'running')) as VcpuState;
  }
  return found;
}
