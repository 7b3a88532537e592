import { expect, it } from 'vitest';
import type { ViewFilter } from '../extension/protocol.ts';
import { ALL_SAMPLES, appliedFilters, sameFilter, shapeKey, topDown } from './filters.ts';

const everything: ViewFilter = {
  states: 'blocked',
  vcpu: 1,
  timeMs: [2000, 3500],
  hideIdle: true,
  hideLibrary: true,
  hiddenModules: ['libc.so'],
  hiddenFunctions: [3, 4],
  collapseRecursion: true,
  focus: 5,
  callersOf: 6,
  inverted: true,
};

it('says what is applied, in words, and how to take each part off', () => {
  const names = { 3: 'memcpy', 5: 'serve', 6: 'evil\u202ename' };
  const applied = appliedFilters({ filter: everything, names }, null);
  expect(applied.map(({ text }) => text)).toEqual([
    'Blocked',
    'vCPU 1',
    '2 – 3.5 s',
    'No idle',
    'No library',
    'Without libc.so',
    'Without memcpy',
    'Without function 4',
    'Recursion collapsed',
    'Inside serve',
    'Callers of evil‹U+202E›name',
    'Inverted',
  ]);
  expect(applied.find(({ text }) => text === 'Without memcpy')!.without.hiddenFunctions).toEqual([4]);
  let left = everything;
  for (let next = appliedFilters({ filter: left }, null)[0]; next; next = appliedFilters({ filter: left }, null)[0]) left = next.without;
  expect(sameFilter(left, ALL_SAMPLES)).toBe(true);
});

it('knows equal filters, and shapes that nodes belong to', () => {
  expect(sameFilter(ALL_SAMPLES, { ...ALL_SAMPLES, hideIdle: false, timeMs: null, hiddenModules: [] })).toBe(true);
  expect(sameFilter(ALL_SAMPLES, { ...ALL_SAMPLES, timeMs: [0, 1] })).toBe(false);
  expect(shapeKey(ALL_SAMPLES)).toBe(shapeKey({ ...ALL_SAMPLES, vcpu: 1, states: 'blocked', timeMs: [0, 1], hideIdle: true }));
  expect(shapeKey(ALL_SAMPLES)).not.toBe(shapeKey({ ...ALL_SAMPLES, collapseRecursion: true }));
  expect(topDown(everything)).toEqual({ ...everything, inverted: false, callersOf: null });
});
