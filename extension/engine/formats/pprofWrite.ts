/**
 * A profile as a gzipped profile.proto (https://github.com/google/pprof/blob/main/proto/profile.proto). Two values a sample: its weight, and the
 * time it stands for where the rate is known. Labels carry what a flame graph forgets: `vcpu`, `state` and `time` (ns since the start).
 */
import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import * as proto from 'pprof-format';
import type { Profile } from '../profile/profile.ts';
import { toComments } from './comments.ts';

export const STATE_NAMES = ['running', 'runnable', 'blocked'] as const;

export async function writePprof(profile: Profile): Promise<Uint8Array> {
  return promisify(gzip)(encode(profile));
}

function encode(profile: Profile): Uint8Array {
  const strings = new proto.StringTable();
  const text = (value: string): number => strings.dedup(value);
  const { facts, table } = profile;
  const periodNs = facts.info ? Math.round(1e9 / facts.info.rateHz) : 0;
  const sampleType = [new proto.ValueType({ type: text(facts.unit), unit: text(facts.unit === 'samples' ? 'count' : facts.unit) })];
  if (periodNs > 0) sampleType.push(new proto.ValueType({ type: text('time'), unit: text('nanoseconds') }));
  const module = table.functions.find((fn) => fn.module)?.module ?? facts.title;
  const { low, high } = addressRange(profile);
  const mapping = new proto.Mapping({
    id: 1,
    memoryStart: low,
    memoryLimit: high,
    filename: text(module),
    // All true: what has no name here has none, and no tool should look for it on the reader's machine.
    hasFunctions: true,
    hasFilenames: true,
    hasLineNumbers: true,
    hasInlineFrames: true,
  });
  return new proto.Profile({
    sampleType,
    sample: samples(profile, periodNs, text),
    mapping: [mapping],
    location: table.locations.map((location, id) => ({
      id: id + 1,
      mappingId: 1,
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
    comment: toComments(facts).map(text),
    defaultSampleType: text(facts.unit),
    stringTable: strings,
  }).encode();
}

function isUnresolved(profile: Profile, location: number): boolean {
  const { address, frames } = profile.table.locations[location]!;
  return address !== null && frames.every(({ fn }) => profile.table.functions[fn]!.unresolved);
}

function addressRange(profile: Profile): { low: bigint; high: bigint } {
  let [low, high] = [0n, 0n];
  for (const { address } of profile.table.locations) {
    if (address === null) continue;
    if (low === 0n || address < low) low = address;
    if (address >= high) high = address + 1n;
  }
  return { low, high };
}

function samples(profile: Profile, periodNs: number, text: (value: string) => number): proto.SampleInput[] {
  const [vcpu, state, time, ns] = [text('vcpu'), text('state'), text('time'), text('nanoseconds')];
  const states = STATE_NAMES.map(text);
  const stacks = new Map<number, number[]>();
  const stackOf = (leaf: number): number[] => {
    let ids = stacks.get(leaf);
    if (!ids) {
      ids = profile.stacks
        .path(leaf)
        .map((node) => profile.stacks.key(node) + 1)
        .reverse(); // leaf first, ids from 1
      stacks.set(leaf, ids);
    }
    return ids;
  };
  return Array.from({ length: profile.sampleCount }, (_, i) => {
    const weight = Math.round(profile.weights.get(i));
    return {
      locationId: stackOf(profile.leaves.get(i)),
      value: periodNs > 0 ? [weight, weight * periodNs] : [weight],
      label: [
        { key: vcpu, num: profile.vcpus.get(i) },
        { key: state, str: states[profile.states.get(i)]! },
        { key: time, num: Math.round(profile.timesNs.get(i)), numUnit: ns },
      ],
    };
  });
}
