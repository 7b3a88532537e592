/**
 * A profile as a gzipped profile.proto (https://github.com/google/pprof/blob/main/proto/profile.proto). Two values a sample: its weight, and the
 * time it stands for where the rate is known. Labels carry what a flame graph forgets: `vcpu`, `state`, `thread`, and `time` (ns since the start).
 *
 * Samples that differ in nothing but their time are one sample of the file with a `time` label for each: other tools add them up anyway, and
 * ten million of them take a tenth of the space.
 */
import { once } from 'node:events';
import { createGzip } from 'node:zlib';
import * as proto from 'pprof-format';
import type { Profile } from '../profile/profile.ts';
import { checksumComment, evidenceComment, toComments } from './comments.ts';
import { encodeSamples, type SampleStrings } from './pprofSamples.ts';

export const STATE_NAMES = ['running', 'runnable', 'blocked'] as const;

/** In pieces, with pauses between, so that the engine goes on answering. */
export async function writePprof(profile: Profile): Promise<Uint8Array> {
  const zip = createGzip();
  const packed: Buffer[] = [];
  zip.on('data', (piece: Buffer) => packed.push(piece));
  const ended = once(zip, 'end');
  for (const piece of encode(profile)) if (!zip.write(piece)) await once(zip, 'drain');
  zip.end();
  await ended;
  return Buffer.concat(packed);
}

function* encode(profile: Profile): Generator<Uint8Array> {
  const strings = new proto.StringTable();
  const text = (value: string): number => strings.dedup(value);
  const { facts, table } = profile;
  const periodNs = facts.info ? Math.round(1e9 / facts.info.rateHz) : 0;
  const sampleType = [new proto.ValueType({ type: text(facts.unit), unit: text(facts.unit === 'samples' ? 'count' : facts.unit) })];
  if (periodNs > 0) sampleType.push(new proto.ValueType({ type: text('time'), unit: text('nanoseconds') }));
  const mappings = new Mappings(profile, text);
  const sampleStrings: SampleStrings = {
    vcpu: text('vcpu'),
    state: text('state'),
    states: STATE_NAMES.map(text),
    thread: text('thread'),
    threads: new Map(facts.threads.map(({ id, name }) => [id, text(name)])),
    time: text('time'),
    nanoseconds: text('nanoseconds'),
  };
  // Messages of one kind that follow each other, or stand apart, are one list: the samples can come behind the rest.
  yield new proto.Profile({
    sampleType,
    mapping: mappings.list,
    location: table.locations.map((location, id) => ({
      id: id + 1,
      mappingId: mappings.idOf(id),
      address: location.address ?? 0,
      line: isUnresolved(profile, id) ? [] : location.frames.map(({ fn, line }) => ({ functionId: fn + 1, line })),
    })),
    function: table.functions.map((fn, id) => ({
      id: id + 1,
      name: text(fn.name),
      systemName: text(fn.linkageName || fn.name),
      filename: text(fn.file),
      startLine: fn.startLine,
    })),
    timeNanos: facts.info ? BigInt(Date.parse(facts.info.startedAt) || 0) * 1_000_000n : 0,
    durationNanos: Math.round(facts.durationMs * 1e6),
    ...(periodNs > 0 ? { periodType: new proto.ValueType({ type: text('time'), unit: text('nanoseconds') }), period: periodNs } : {}),
    comment: [
      ...toComments(facts),
      ...evidenceComment(table.evidence.toText(table.locations.length)),
      ...checksumComment(table.checksums),
    ].map(text),
    defaultSampleType: text(facts.unit),
    stringTable: strings,
  }).encode();
  yield* encodeSamples(profile, periodNs, sampleStrings);
}

function isUnresolved(profile: Profile, location: number): boolean {
  const { address, frames } = profile.table.locations[location]!;
  return address !== null && frames.every(({ fn }) => profile.table.functions[fn]!.unresolved);
}

/** One mapping a module. */
class Mappings {
  readonly list: proto.Mapping[];
  private readonly ids = new Map<string, number>();
  private readonly profile: Profile;

  constructor(profile: Profile, text: (value: string) => number) {
    this.profile = profile;
    const ranges = new Map<string, { low: bigint; high: bigint }>();
    profile.table.locations.forEach(({ address }, location) => {
      const module = this.moduleOf(location);
      const range = ranges.get(module) ?? { low: 0n, high: 0n };
      ranges.set(module, range);
      if (address === null) return;
      if (range.low === 0n || address < range.low) range.low = address;
      if (address >= range.high) range.high = address + 1n;
    });
    this.list = [...ranges].map(([module, { low, high }], index) => {
      this.ids.set(module, index + 1);
      return new proto.Mapping({
        id: index + 1,
        memoryStart: low,
        memoryLimit: high,
        filename: text(module),
        // All true: what has no name here has none, and no tool should look for it on the reader's machine.
        hasFunctions: true,
        hasFilenames: true,
        hasLineNumbers: true,
        hasInlineFrames: true,
      });
    });
  }

  idOf(location: number): number {
    return this.ids.get(this.moduleOf(location))!;
  }

  private moduleOf(location: number): string {
    const { locations, functions } = this.profile.table;
    return functions[locations[location]!.frames[0]!.fn]!.module;
  }
}
