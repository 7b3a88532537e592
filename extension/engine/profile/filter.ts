/** The two halves of a view's filter (protocol.ts): which samples, and in what shape. Each half as a key by which answers are kept. */
import type { ViewFilter } from '../../protocol.ts';

/** A filter, and the frame that its view is zoomed to. */
export interface Zoomed extends ViewFilter {
  /** Node of the filter's shape, not turned round: samples whose stacks do not lead through it are left out. */
  readonly within?: number;
}

export const EVERYTHING: ViewFilter = { states: 'all', vcpu: null };

/** Filters of one key let the same samples through. */
export function sampleKey(filter: Zoomed): string {
  const { states, vcpu, thread, timeMs, hideIdle, within } = filter;
  const samples = `${states} ${vcpu ?? '*'} ${thread ?? '*'} ${timeMs ? timeMs.join('-') : '*'} ${hideIdle === true}`;
  return within ? `${samples} ${within} of ${shapeKey(filter)}` : samples;
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
export function topDown<F extends ViewFilter>(filter: F): F {
  return { ...filter, callersOf: null, inverted: false };
}

/** A filter and the root of what its view shows. A frame of a tree that is turned round stands for ends of stacks, not for their beginnings: it narrows nothing. */
export function zoomedTo(filter: ViewFilter, rootNode: number): Zoomed {
  return rootNode > 0 && callersRoot(filter) === null ? { ...filter, within: rootNode } : filter;
}
