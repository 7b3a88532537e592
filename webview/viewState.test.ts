import { expect, it } from 'vitest';
import type { ViewState } from '../extension/protocol.ts';
import { FRESH, restoreViewState } from './viewState.ts';

it('starts turned as the last graph was, and comes back as it was itself', () => {
  expect(restoreViewState(undefined, true)).toEqual({ ...FRESH, flipped: true });
  expect(restoreViewState(FRESH, true).flipped).toBe(false);
});

it('comes back as it was', () => {
  const kept: ViewState = {
    tab: 'hotPaths',
    filter: {
      states: 'blocked',
      vcpu: 1,
      thread: 4,
      timeMs: [10, 20.5],
      hideIdle: true,
      hideLibrary: true,
      hiddenModules: ['libc.so'],
      hiddenFunctions: [3],
      collapseRecursion: true,
      focus: 5,
      callersOf: 6,
      inverted: true,
    },
    rootNode: 7,
    selectedNode: 9,
    selectedFunction: 5,
    flipped: true,
    heatMap: true,
    search: 'x',
    searchCase: true,
    searchRegex: true,
    openPaths: [4],
    names: { 5: 'main' },
    order: 'totalChange',
    descending: false,
    width: 'base',
  };
  expect(restoreViewState(JSON.parse(JSON.stringify(kept)))).toEqual(kept);
});

it.each([
  undefined,
  null,
  3,
  'x',
  [],
  {},
  { tab: 'x', filter: 3, rootNode: -1, selectedNode: 'a', flipped: 1, search: {} },
  { filter: { vcpu: 1.5, timeMs: [5, 1], hiddenModules: [3], focus: -1, inverted: 'yes' } },
  { order: 'toString', names: { 1: 2 }, width: 'none', selectedFunction: 1.5 },
])('starts fresh from %j', (kept) => expect(restoreViewState(kept)).toEqual(FRESH));
