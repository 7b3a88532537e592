import { gunzipSync, gzipSync } from 'node:zlib';
import * as proto from 'pprof-format';
import { describe, expect, it } from 'vitest';
import { Profile } from '../profile/profile.ts';
import { unresolvedFunction } from '../profile/locations.ts';
import { EVERYTHING } from '../profile/filter.ts';
import { ProfileViews } from '../profile/views.ts';
import { writeFolded } from './foldedWrite.ts';
import { openGently, openProfile } from './open.ts';
import { writePprof } from './pprofWrite.ts';
import { piecesOf } from './wholeFile.ts';

/** Everything that is known of each sample, in order. */
/** A line a sample: its stack by names and lines, for locations are numbered anew in a file. */
const samplesOf = ({ samples, stacks, table }: Profile): string[] => {
  const names = table.locations.map(({ frames }) => frames.map(({ fn, line }) => `${table.functions[fn]!.name}:${line}`).join('<'));
  return Array.from({ length: samples.count }, (_, i) => {
    const kind = samples.kinds.get(i);
    const stack = stacks.path(samples.leaves.get(kind)).map((node) => names[stacks.key(node)]);
    const { vcpu, state, thread } = samples.lanes[samples.laneOf.get(kind)]!;
    return [samples.timesNs.get(i), samples.weight(i), vcpu, state, thread, ...stack].join(' ');
  });
};

function simulated(): Profile {
  const profile = new Profile({
    title: 'kv',
    info: { guest: 'kv', host: 'lab', kind: 'pv', vcpus: 2, rateHz: 100, xenVersion: '4.17', startedAt: '2026-01-02T03:04:05.678Z' },
    symbols: 'kv.elf',
    proof: { verdict: 'mismatch', detail: 'none of 3 pages', slide: '-0x1000', trusted: true },
    warnings: ['say this'],
    lost: 3,
    missed: 1,
    durationMs: 1500.5,
    cappedHz: 412,
    pause: { count: 2, medianNs: 20_000, p99Ns: 40_000, maxNs: 41_000, totalNs: 61_000, histogram: [0, 1, 1] },
  });
  const { table } = profile;
  const fn = (name: string, file: string): number =>
    table.internFunction({
      name,
      linkageName: `_Z${name}`,
      file,
      startLine: 7,
      module: 'kv.elf',
      category: 'application',
      unresolved: false,
    });
  const main = table.atAddress(0x100010n, () => [{ fn: fn('main', '/src/main.c'), line: 12 }]);
  const high = table.atAddress(0xffff82d040200abcn, () => [
    { fn: fn('inner', '/src/a.h'), line: 3 },
    { fn: fn('outer', '/src/a.c'), line: 44 },
  ]);
  const nameless = table.atAddress(0xdeadn, (address) => [{ fn: table.internFunction(unresolvedFunction(address, 'kv.elf')), line: 0 }]);
  table.vouch(main, 'cfi');
  table.vouch(main, 'registers');
  table.vouch(high, 'frame-pointer');
  profile.add({ timeNs: 5, vcpu: 0, state: 0, weight: 1, stack: [main, high] });
  profile.add({ timeNs: 10_000_005, vcpu: 1, state: 2, weight: 1, stack: [main, nameless] });
  return profile;
}

describe('a capture', () => {
  it('comes back with everything in it', async () => {
    const before = simulated();
    const after = openProfile(await writePprof(before), 'kv.pb.gz');
    const { title, ...facts } = after.facts;
    expect(title).toBe('kv.pb.gz');
    expect(facts).toEqual({ ...before.facts, title: undefined, missed: 1 });
    expect(after.table.functions.map(({ name, file, linkageName, unresolved }) => [name, file, linkageName, unresolved])).toEqual(
      before.table.functions.map(({ name, file, linkageName, unresolved }) => [name, file, linkageName, unresolved]),
    );
    expect(after.table.locations).toEqual(before.table.locations);
    expect(after.table.functions.map(({ evidence }) => evidence)).toEqual(['cfi', 'frame-pointer', 'frame-pointer', undefined]);
    expect(samplesOf(after)).toEqual(samplesOf(before));
    expect(writeFolded(new ProfileViews(after).weighted(EVERYTHING))).toBe('main;0xdead 1\nmain;outer;inner 1\n');
  });

  it('keeps every sample of a long recording, with its time', async () => {
    const before = simulated();
    const stacks = [0, 1].map((kind) => before.stacks.path(before.samples.leaves.get(kind)).map((node) => before.stacks.key(node)));
    before.facts.threads.push({ id: 1, name: 'main loop' });
    for (let i = 2; i < 1000; i++)
      before.add({
        timeNs: i * 10_000_005,
        vcpu: i % 3,
        state: (i % 2) as 0 | 1,
        thread: i % 5 === 0 ? 1 : 0,
        weight: i % 7 === 0 ? 3 : 1,
        stack: stacks[i & 1]!,
      });
    const after = openProfile(await writePprof(before), 'kv.pb.gz');
    expect(samplesOf(after)).toEqual(samplesOf(before));
    expect(after.facts.threads).toEqual(before.facts.threads);
  });

  it('keeps 64-bit addresses exactly', async () => {
    const raw = proto.Profile.decode(gunzipSync(await writePprof(simulated())));
    expect(raw.location.map((location) => BigInt.asUintN(64, BigInt(location.address)))).toContain(0xffff82d040200abcn);
  });
});

describe('a large capture', { timeout: 120_000 }, () => {
  const large = new Profile({ title: 'large', durationMs: 1000 });
  const at = (i: number): number =>
    large.table.atAddress(BigInt(0x1000 + i), () => [
      {
        fn: large.table.internFunction({
          name: `f${i}`,
          linkageName: `f${i}`,
          file: '',
          startLine: 0,
          module: '',
          category: 'application',
          unresolved: false,
        }),
        line: 0,
      },
    ]);
  for (let i = 0; i < 120_000; i++)
    large.add({ timeNs: i, vcpu: i % 2, state: 0, weight: 1, stack: [at(i % 7), at(i % 300), at(Math.floor(i / 3))] });

  const gently = async (bytes: Uint8Array): Promise<{ profile: Profile; shown: number[] }> => {
    const shown: number[] = [];
    const profile = await openGently(piecesOf(bytes), 'large.pb.gz', {
      onProgress: () => undefined,
      onProfile: (part) => shown.push(part.sampleCount),
      signal: new AbortController().signal,
    });
    return { profile, shown };
  };

  it('is shown while it is read, a part from everywhere first, and comes back whole', async () => {
    const { profile, shown } = await gently(await writePprof(large));
    expect(shown).toHaveLength(1);
    expect(shown[0]).toBeLessThan(large.sampleCount / 2);
    expect(samplesOf(profile)).toEqual(samplesOf(large));
    expect(profile.facts.durationMs).toBe(1000);
  });

  it('is read, too, where other tools put samples before the tables, or more tables behind them', async () => {
    const raw = gunzipSync(await writePprof(large));
    const samplesFirst = gzipSync(proto.Profile.decode(raw).encode());
    const { profile } = await gently(samplesFirst);
    expect(profile.sampleCount).toBe(large.sampleCount);
    expect(profile.functions.size).toBe(large.functions.size);
    const late = Buffer.from([0x50, 0x80, 0xe4, 0x97, 0xd0, 0x12]); // duration_nanos, 5 s
    const again = await gently(gzipSync(Buffer.concat([raw, late])));
    expect(again.profile.facts.durationMs).toBe(5000);
    expect(samplesOf(again.profile)).toEqual(samplesOf(large));
  });

  it('says so where it is cut short while a part of it is shown', async () => {
    const packed = await writePprof(large);
    await expect(gently(packed.subarray(0, packed.length - 5000))).rejects.toThrow('cannot be unpacked');
    const raw = gunzipSync(packed);
    await expect(gently(gzipSync(raw.subarray(0, raw.length - 5)))).rejects.toThrow('damaged or cut short');
  });
});

describe('a file that is no profile', () => {
  it.each([
    ['nothing', new Uint8Array(), /none of the formats/],
    ['text', Buffer.from('Dear reader\n'), /none of the formats/],
    ['a gzip cut short', gzipSync(Buffer.alloc(1000, 'x')).subarray(0, 15), /cannot be unpacked/],
    ['random bytes', Buffer.from('0a8f77de0142', 'hex'), /none of the formats|damaged/],
  ])('%s is refused in words', (_, bytes, message) => expect(() => openProfile(bytes, 'file')).toThrow(message));

  it('is refused where it refers to what it does not hold', async () => {
    const raw = proto.Profile.decode(gunzipSync(await writePprof(simulated())));
    raw.location.length = 1;
    expect(() => openProfile(raw.encode(), 'cut')).toThrow(/cut: a sample names location \d, which the file does not hold/);
  });

  it('never ends in another error, or a hang, when bytes are changed', async () => {
    const bytes = gunzipSync(await writePprof(simulated()));
    for (let at = 0; at < bytes.length; at++) {
      const changed = Uint8Array.from(bytes);
      changed[at]! ^= 1 << (at % 8);
      try {
        openProfile(changed, 'changed');
      } catch (error) {
        expect(error).toHaveProperty('name', 'FormatError');
      }
    }
  });
});
