/** The two halves of a view's filter (protocol.ts): which samples, and in what shape. Each half as a key by which answers are kept. */
import type { ViewFilter } from '../../protocol.ts';

export const EVERYTHING: ViewFilter = { states: 'all', vcpu: null };

/** Filters of one key let the same samples through. */
export function sampleKey({ states, vcpu, thread, timeMs, hideIdle }: ViewFilter): string {
  return `${states} ${vcpu ?? '*'} ${thread ?? '*'} ${timeMs ? timeMs.join('-') : '*'} ${hideIdle === true}`;
}

/** Filters of one key have the same nodes. Empty for the tree as it was sampled. */
export function shapeKey(filter: ViewFilter): string {
  const { hideLibrary, hiddenModules, hiddenFunctions, collapseRecursion, focus } = filter;
  const parts: unknown[] = [
    hideLibrary === true,
    collapseRecursion === true,
    focus ?? null,
    [...(hiddenFunctions ?? [])].sort((a, b) => a - b),
    [...(hiddenModules ?? [])].sort(),
  ];
  const key = JSON.stringify(parts);
  return key === PLAIN ? '' : key;
}

const PLAIN = JSON.stringify([false, false, null, [], []]);

/** What grows from leaves to roots: null for a tree that grows from the root, else the function below the root, or `all` leaves. */
export function callersRoot({ callersOf, inverted }: ViewFilter): number | 'all' | null {
  return callersOf ?? (inverted === true ? 'all' : null);
}

/** The filter without what turns the tree round. */
export function topDown(filter: ViewFilter): ViewFilter {
  return { ...filter, callersOf: null, inverted: false };
}
