import { expect, it } from 'vitest';
import type { ViewFilter } from '../../protocol.ts';
import { EVERYTHING } from '../profile/filter.ts';
import { Profile } from '../profile/profile.ts';
import { ProfileViews } from '../profile/views.ts';
import { countedIn, selectedName, shownTotal, sourceAnswers, type Active } from './sourceAnswers.ts';

/** Simulated: main (main.c:3 and :7) calls ns::hash<int> (hash.cpp:10), into which mix (hash.cpp:20) is inlined. */
function simulated(): ProfileViews {
  const profile = new Profile({ title: 'kv' });
  const { table } = profile;
  const fn = (name: string, file: string): number =>
    table.internFunction({ name, linkageName: '', file, startLine: 0, module: '', category: 'application', unresolved: false });
  const at = (line: number): number => table.named([{ fn: fn('main', '/build/kv/main.c'), line }]);
  const hash = fn('ns::hash<int>(int)', '/build/kv/hash.cpp');
  const mix = table.named([
    { fn: fn('mix', '/build/kv/hash.cpp'), line: 20 },
    { fn: hash, line: 10 },
  ]);
  profile.add({ timeNs: 0, vcpu: 0, state: 0, weight: 3, stack: [at(3), mix] });
  profile.add({ timeNs: 0, vcpu: 0, state: 0, weight: 2, stack: [at(7), table.named([{ fn: hash, line: 12 }])] });
  profile.add({ timeNs: 0, vcpu: 0, state: 0, weight: 1, stack: [at(7)] });
  return new ProfileViews(profile);
}

const views = simulated();
/** As the editor's side would tell: the file of that name. */
const answers = sourceAnswers((path = '') => Promise.resolve({ views, filter: EVERYTHING, rootNode: 0, selectedNode: 0, files: [path] }));
const around = answers['ringside/around'];
const path = '/build/kv/hash.cpp';

it('finds the function that a line is in', async () => {
  const functionAt = async (file: string, line: number) => (await around({ path: file, line, word: '' }))?.frame.name;
  expect(await functionAt(path, 20)).toBe('mix');
  expect(await functionAt(path, 10)).toBe('ns::hash<int>(int)');
  expect(await functionAt(path, 11)).toBe('ns::hash<int>(int)');
  expect(await functionAt(path, 1)).toBe('ns::hash<int>(int)');
  expect(await functionAt('/build/kv/other.c', 1)).toBeUndefined();
});

it('finds a function by its name in the source, scope and template left out', async () => {
  expect(await around({ path: '/build/kv/main.c', line: 3, word: 'hash' })).toMatchObject({
    grandTotal: 6,
    self: 2,
    total: 5,
    hottest: { file: '/build/kv/hash.cpp', line: 10 },
    callers: [{ frame: { name: 'main' }, total: 5, place: { file: '/build/kv/main.c', line: 3 } }],
    callees: [{ frame: { name: 'mix' }, total: 3, place: { file: '/build/kv/hash.cpp', line: 20 } }],
  });
});

it('counts a sample once for a file', async () => {
  expect(await answers['ringside/fileHeat']({ path })).toEqual({ grandTotal: 6, self: 5, total: 5 });
  expect(await answers['ringside/fileHeat']({ path: '/build/kv/main.c' })).toEqual({ grandTotal: 6, self: 1, total: 6 });
  expect(await answers['ringside/fileHeat']({ path: '/build/kv/other.c' })).toBeNull();
});

it('counts lines within the frame that is selected, where it is a part of what is shown, and files in all of it', async () => {
  const { tree, functions } = views.weighted(EVERYTHING);
  const nodeOf = (name: string): number =>
    Array.from({ length: tree.size }, (_, node) => node).find((node) => node > 0 && functions[tree.functionOf(node)]!.name === name)!;
  const [main, mix] = [nodeOf('main'), nodeOf('mix')];
  const shown = (filter: ViewFilter, rootNode: number, selectedNode: number): Active => ({ views, filter, rootNode, selectedNode });
  const counted = (active: Active): unknown[] => [views.grandTotal(countedIn(active)), shownTotal(active), selectedName(active)];
  expect(counted(shown(EVERYTHING, 0, 0))).toEqual([6, 6, null]);
  expect(counted(shown(EVERYTHING, 0, mix))).toEqual([3, 6, 'mix']);
  expect(counted(shown(EVERYTHING, main, mix))).toEqual([3, 6, 'mix']);
  // above what is shown, beside it, or no node at all
  expect(counted(shown(EVERYTHING, mix, main))).toEqual([3, 3, null]);
  expect(counted(shown(EVERYTHING, 0, 99))).toEqual([6, 6, null]);
  // the selection is of the tree that is not turned round, as the hot paths' is
  expect(counted(shown({ ...EVERYTHING, inverted: true }, 2, mix))).toEqual([3, 6, 'mix']);

  const within = sourceAnswers(() => Promise.resolve({ ...shown(EVERYTHING, 0, mix), files: [path] }));
  expect(await within['ringside/hotLines']({ limit: 9, by: 'total' })).toMatchObject({ grandTotal: 6, total: [3, 3, 3] });
  expect(await within['ringside/fileHeat']({ path })).toEqual({ grandTotal: 6, self: 5, total: 5 });
});

it('puts the hottest line of all files first', async () => {
  expect(await answers['ringside/hotLines']({ limit: 2, by: 'self' })).toEqual({
    grandTotal: 6,
    place: [20, 12].map((line) => ({ file: '/build/kv/hash.cpp', line })),
    name: ['mix', 'ns::hash<int>(int)'],
    self: [3, 2],
    total: [3, 2],
  });
});

it('counts what the view is zoomed to, and no more', async () => {
  const { tree, functions } = views.weighted(EVERYTHING);
  const mix = Array.from({ length: tree.size }, (_, node) => node).find(
    (node) => node > 0 && functions[tree.functionOf(node)]!.name === 'mix',
  );
  const zoomed = sourceAnswers((path = '') =>
    Promise.resolve({ views, filter: EVERYTHING, rootNode: mix!, selectedNode: 0, files: [path] }),
  );
  expect(await zoomed['ringside/fileHeat']({ path: '/build/kv/main.c' })).toEqual({ grandTotal: 3, self: 0, total: 3 });
  expect(await zoomed['ringside/hotLines']({ limit: 9, by: 'self' })).toMatchObject({ grandTotal: 3, self: [3] });
  expect(await zoomed['ringside/around']({ path, line: 12, word: '' })).toMatchObject({ grandTotal: 6, total: 5 });
});
