import { expect, it } from 'vitest';
import type { ViewState } from '../extension/protocol.ts';
import { FRESH, restoreViewState } from './viewState.ts';

it('comes back as it was', () => {
  const kept: ViewState = {
    tab: 'hotPaths',
    filter: { states: 'blocked', vcpu: 1 },
    rootNode: 7,
    selectedNode: 9,
    flipped: true,
    search: 'x',
    searchCase: true,
    searchRegex: true,
    openPaths: [4],
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
  { filter: { vcpu: 1.5 } },
])('starts fresh from %j', (kept) => expect(restoreViewState(kept)).toEqual(FRESH));
