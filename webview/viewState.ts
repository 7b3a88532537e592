/** What a view keeps over hiding, reload and restart. */
import type { ViewFilter, ViewState } from '../extension/protocol.ts';

export const ALL_SAMPLES: ViewFilter = { states: 'all', vcpu: null };

export const FRESH: ViewState = {
  tab: 'flame',
  filter: ALL_SAMPLES,
  rootNode: 0,
  selectedNode: null,
  flipped: false,
  search: '',
};

/** What was kept, part by part: whatever an older version or another hand left malformed starts fresh. */
export function restoreViewState(kept: unknown): ViewState {
  if (typeof kept !== 'object' || kept === null) return FRESH;
  const old = kept as Partial<Record<keyof ViewState, unknown>>;
  return {
    tab: old.tab === 'hotPaths' ? 'hotPaths' : 'flame',
    filter: restoreFilter(old.filter),
    rootNode: isNode(old.rootNode) ? old.rootNode : 0,
    selectedNode: isNode(old.selectedNode) ? old.selectedNode : null,
    flipped: old.flipped === true,
    search: typeof old.search === 'string' ? old.search : '',
    ...(old.searchCase === true ? { searchCase: true } : {}),
    ...(old.searchRegex === true ? { searchRegex: true } : {}),
    ...(Array.isArray(old.openPaths) ? { openPaths: old.openPaths.filter(isNode) } : {}),
  };
}

function restoreFilter(kept: unknown): ViewFilter {
  if (typeof kept !== 'object' || kept === null) return ALL_SAMPLES;
  const { states, vcpu } = kept as Partial<Record<keyof ViewFilter, unknown>>;
  return { states: states === 'on-cpu' || states === 'blocked' ? states : 'all', vcpu: isNode(vcpu) ? vcpu : null };
}

function isNode(value: unknown): value is number {
  return Number.isInteger(value) && (value as number) >= 0;
}

export function sameFilter(a: ViewFilter, b: ViewFilter): boolean {
  return a.states === b.states && a.vcpu === b.vcpu;
}
