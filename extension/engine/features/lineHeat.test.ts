import { expect, it } from 'vitest';
import type { LineCosts, ViewFilter } from '../../protocol.ts';
import { EVERYTHING, zoomedTo } from '../profile/filter.ts';
import { Profile } from '../profile/profile.ts';
import { ProfileViews } from '../profile/views.ts';
import { heatLabel, lineHeat } from './lineHeat.ts';

/** Simulated: main.c:3 calls hash, of which mix, on hash.c:20, is inlined at hash.c:10; a second later blocked in hash.c:11. */
function simulated(): ProfileViews {
  const profile = new Profile({ title: 'kv' });
  const { table } = profile;
  const fn = (name: string, file: string): number =>
    table.internFunction({ name, linkageName: '', file, startLine: 0, module: '', category: 'application', unresolved: false });
  const main = table.named([{ fn: fn('main', '/build/kv/main.c'), line: 3 }]);
  const mix = table.named([
    { fn: fn('mix', '/build/kv/hash.c'), line: 20 },
    { fn: fn('hash', '/build/kv/hash.c'), line: 10 },
  ]);
  const blocked = table.named([{ fn: fn('hash', '/build/kv/hash.c'), line: 11 }]);
  profile.add({ timeNs: 0, vcpu: 0, state: 0, weight: 3, stack: [main, mix] });
  profile.add({ timeNs: 1e9, vcpu: 0, state: 2, weight: 1, stack: [main, blocked] });
  return new ProfileViews(profile);
}

const views = simulated();

it('counts a sample to its inlined line and to the call site', () =>
  expect(lineHeat(views, EVERYTHING, ['/build/kv/hash.c'])).toEqual({
    grandTotal: 4,
    line: [10, 11, 20],
    self: [0, 1, 3],
    total: [3, 1, 3],
  }));
it('follows the filter', () =>
  expect(lineHeat(views, { ...EVERYTHING, states: 'on-cpu' }, ['/build/kv/hash.c'])).toMatchObject({ grandTotal: 3, line: [10, 20] }));
it('follows the range of time', () =>
  expect(lineHeat(views, { ...EVERYTHING, timeMs: [500, 2000] }, ['/build/kv/hash.c'])).toMatchObject({ grandTotal: 1, line: [11] }));
it('follows the zoom, also where frames are hidden, and takes no frame of a graph that is turned round for one', () => {
  const nodeOf = (filter: ViewFilter, name: string): number => {
    const { tree, functions } = views.weighted(filter);
    return Array.from({ length: tree.size }, (_, node) => node).findIndex(
      (node) => node > 0 && functions[tree.functionOf(node)]!.name === name,
    );
  };
  const hidden: ViewFilter = { ...EVERYTHING, hiddenFunctions: [views.profile.table.functions.findIndex(({ name }) => name === 'main')] };
  for (const filter of [EVERYTHING, hidden]) {
    const zoomed = zoomedTo(filter, nodeOf(filter, 'mix'));
    expect(lineHeat(views, zoomed, ['/build/kv/hash.c'])).toMatchObject({ grandTotal: 3, line: [10, 20], self: [0, 3], total: [3, 3] });
  }
  expect(lineHeat(views, zoomedTo(EVERYTHING, nodeOf(EVERYTHING, 'mix')), ['/build/kv/main.c'])).toMatchObject({ line: [3], total: [3] });
  const inverted = { ...EVERYTHING, inverted: true };
  expect(zoomedTo(inverted, 2)).toBe(inverted);
});
it('is silent about other files', () => expect(lineHeat(views, EVERYTHING, ['/build/kv/other.c'])).toBeNull());
it('writes what is worth writing', () => {
  const heat = lineHeat(views, EVERYTHING, ['/build/kv/hash.c'])!;
  expect([0, 1, 2].map((at) => heatLabel(heat, at, 'total'))).toEqual(['75.0 %', '25.0 %, self 25.0 %', '75.0 %, self 75.0 %']);
  expect([0, 1, 2].map((at) => heatLabel(heat, at, 'self'))).toEqual([null, '25.0 %', '75.0 %']);
  expect(heatLabel(heat, 0, 'off')).toBeNull();
});

it('follows the shape, too: what is left out costs nothing, and its time is its caller’s', () => {
  const of = (filter: Partial<ViewFilter>, file: string): LineCosts | null =>
    lineHeat(views, { ...EVERYTHING, ...filter }, [`/build/kv/${file}`]);
  const mix = views.profile.table.functions.findIndex(({ name }) => name === 'mix');
  expect(of({ hiddenFunctions: [mix] }, 'hash.c')).toMatchObject({ line: [10, 11], self: [3, 1], total: [3, 1] });
  expect(of({ focus: mix }, 'hash.c')).toMatchObject({ grandTotal: 3, line: [20], self: [3], total: [3] });
  expect(of({ focus: mix }, 'main.c')).toBeNull();
});
