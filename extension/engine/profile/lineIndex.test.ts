/** Line totals held against a plain account: each sample's stack gone through, a line counted once a stack. */
import { expect, it } from 'vitest';
import { inSlices } from '../slices.ts';
import { Profile } from './profile.ts';
import { ProfileViews } from './views.ts';

/** A fixed row of numbers below `below`. */
function numbers(seed: number): (below: number) => number {
  let at = seed;
  return (below) => ((at = (Math.imul(at, 1_103_515_245) + 12_345) >>> 0) % 65_521) % below;
}

/** Simulated: functions that call and inline each other and themselves, some with lines of a header that others have, too, some without lines. */
function simulated(): { profile: Profile; grow: (samples: number) => void; account: () => Record<string, [self: number, total: number]> } {
  const random = numbers(11);
  const profile = new Profile({ title: 'simulated' });
  const { table } = profile;
  const functions = Array.from({ length: 12 }, (_, i) =>
    table.internFunction({
      name: `f${i}`,
      linkageName: '',
      file: i === 11 ? '' : i > 7 ? '/src/shared.h' : `/src/f${i % 3}.c`,
      startLine: 0,
      module: '',
      category: 'application',
      unresolved: false,
    }),
  );
  const frame = (): { fn: number; line: number } => ({ fn: functions[random(12)]!, line: random(4) });
  const locations = Array.from({ length: 400 }, (_, i) =>
    table.atAddress(BigInt(i), () => Array.from({ length: 1 + (random(3) === 0 ? random(3) : 0) }, frame)),
  );
  const taken: { stack: number[]; weight: number }[] = [];
  const grow = (samples: number): void => {
    for (let i = 0; i < samples; i++) {
      const sample = { stack: Array.from({ length: 1 + random(12) }, () => locations[random(400)]!), weight: 1 + random(3) };
      taken.push(sample);
      profile.add({ timeNs: i, vcpu: 0, state: 0, ...sample });
    }
  };
  const account = (): Record<string, [number, number]> => {
    const sums: Record<string, [number, number]> = {};
    for (const { stack, weight } of taken) {
      const lines = stack
        .flatMap((location) => table.locations[location]!.frames.toReversed())
        .map(({ fn, line }) => (table.functions[fn]!.file === '' || line === 0 ? null : `${table.functions[fn]!.file}:${line}`));
      for (const line of new Set(lines)) if (line !== null) (sums[line] ??= [0, 0])[1] += weight;
      const leaf = lines.at(-1);
      if (leaf) sums[leaf]![0] += weight;
    }
    return sums;
  };
  return { profile, grow, account };
}

function told(views: ProfileViews): Record<string, [self: number, total: number]> {
  const rows = views.lineTotals().hottest(Infinity, 'total');
  return Object.fromEntries(rows.map(({ file, line, self, total }) => [`${file}:${line}`, [self, total]]));
}

it('counts the same at once, in slices, and asked while a slice is due', async () => {
  const { profile, grow, account } = simulated();
  grow(3000);
  expect(profile.stacks.size).toBeGreaterThan(3 * 4096);
  const expected = account();
  expect(told(new ProfileViews(profile))).toEqual(expected);

  const sliced = new ProfileViews(profile);
  await inSlices(sliced.preparing());
  expect(told(sliced)).toEqual(expected);

  const asked = new ProfileViews(profile);
  const steps = asked.preparing();
  for (let step = 0; step < 8; step++) expect(steps.next().done).toBe(false);
  expect(told(asked)).toEqual(expected);
  await inSlices(steps);
  expect(told(asked)).toEqual(expected);
});

it('keeps up with a profile that grows, between the slices too', async () => {
  const { profile, grow, account } = simulated();
  const views = new ProfileViews(profile);
  for (const samples of [1, 500, 2500]) {
    grow(samples);
    const steps = views.preparing();
    for (let step = 0; step < 3; step++) steps.next();
    grow(300);
    expect(told(views)).toEqual(account());
    await inSlices(steps);
    expect(told(views)).toEqual(account());
  }
});

it('ends when nobody waits any more', async () => {
  const stop = new AbortController();
  stop.abort(new Error('closed'));
  const endless = { next: () => ({ done: false as const, value: undefined }) };
  await expect(inSlices(endless, stop.signal)).rejects.toThrow('closed');
});
