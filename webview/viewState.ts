/** What a view keeps over hiding, reload and restart. */
import type { DiffFunctionsRequest, ViewState } from '../extension/protocol.ts';
import { ALL_SAMPLES, isId, restoreFilter } from './filters.ts';

export const FRESH: ViewState = {
  tab: 'flame',
  filter: ALL_SAMPLES,
  rootNode: 0,
  selectedNode: null,
  selectedFunction: null,
  flipped: false,
  heatMap: false,
  search: '',
};

const ORDERS: Record<DiffFunctionsRequest['order'], true> = {
  self: true,
  total: true,
  name: true,
  module: true,
  file: true,
  selfChange: true,
  totalChange: true,
  sureChange: true,
};

/**
 * What was kept, part by part: whatever an older version or another hand left malformed starts fresh.
 * @param flippedBefore how the last graph was turned that the user turned
 */
export function restoreViewState(kept: unknown, flippedBefore = false): ViewState {
  if (typeof kept !== 'object' || kept === null) return { ...FRESH, flipped: flippedBefore };
  const old = kept as Partial<Record<keyof ViewState, unknown>>;
  return {
    tab: old.tab === 'hotPaths' || old.tab === 'functions' ? old.tab : 'flame',
    filter: restoreFilter(old.filter),
    rootNode: isId(old.rootNode) ? old.rootNode : 0,
    selectedNode: isId(old.selectedNode) ? old.selectedNode : null,
    selectedFunction: isId(old.selectedFunction) ? old.selectedFunction : null,
    flipped: old.flipped === true,
    heatMap: old.heatMap === true,
    search: typeof old.search === 'string' ? old.search : '',
    ...(old.searchCase === true ? { searchCase: true } : {}),
    ...(old.searchRegex === true ? { searchRegex: true } : {}),
    ...(Array.isArray(old.openPaths) ? { openPaths: old.openPaths.filter(isId) } : {}),
    ...(isNames(old.names) ? { names: old.names } : {}),
    ...(isOrder(old.order) ? { order: old.order, descending: old.descending !== false } : {}),
    ...(old.width === 'base' || old.width === 'other' ? { width: old.width } : {}),
  };
}

function isOrder(value: unknown): value is DiffFunctionsRequest['order'] {
  return typeof value === 'string' && Object.hasOwn(ORDERS, value);
}

function isNames(value: unknown): value is Record<number, string> {
  return typeof value === 'object' && value !== null && Object.values(value).every((name) => typeof name === 'string');
}
