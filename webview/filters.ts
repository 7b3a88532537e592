/** Filters: what they are called, whether two are the same, and what a kept one is worth. No DOM. */
import type { ProfileHeader, ViewFilter, ViewState } from '../extension/protocol.ts';
import { formatSeconds } from './format.ts';
import { elideMiddle, visibleText } from './names.ts';

export const ALL_SAMPLES: ViewFilter = { states: 'all', vcpu: null };

/** One part of a filter that is on. */
export interface AppliedFilter {
  readonly key: string;
  readonly text: string;
  readonly title: string;
  /** The filter without it. */
  readonly without: ViewFilter;
}

const NAME_CHARS = 24;

export function appliedFilters({ filter, names }: Pick<ViewState, 'filter' | 'names'>, header: ProfileHeader | null): AppliedFilter[] {
  const applied: AppliedFilter[] = [];
  const add = (key: string, text: string, title: string, change: Partial<ViewFilter>): void => {
    applied.push({ key, text, title, without: { ...filter, ...change } });
  };
  const nameOf = (fn: number): string => visibleText(names?.[fn] ?? `function ${fn}`);
  const short = (fn: number): string => elideMiddle(nameOf(fn), NAME_CHARS);
  if (filter.states === 'on-cpu') add('states', 'On-CPU', 'Samples taken while the vCPU was running or runnable', { states: 'all' });
  if (filter.states === 'blocked') add('states', 'Blocked', 'Samples taken while the vCPU was blocked', { states: 'all' });
  if (filter.vcpu !== null) add('vcpu', `vCPU ${filter.vcpu}`, 'Samples of one vCPU', { vcpu: null });
  if (isSet(filter.thread)) {
    const name = header?.threads.find(({ id }) => id === filter.thread)?.name ?? String(filter.thread);
    add('thread', `Thread ${elideMiddle(visibleText(name), NAME_CHARS)}`, `Samples of the thread ${visibleText(name)}`, { thread: null });
  }
  if (filter.timeMs)
    add('timeMs', `${formatSeconds(filter.timeMs[0])} – ${formatSeconds(filter.timeMs[1])} s`, 'Samples of a range of time', {
      timeMs: null,
    });
  if (filter.hideIdle === true) add('hideIdle', 'No idle', 'Idle vCPUs are left out', { hideIdle: false });
  if (filter.hideLibrary === true)
    add('hideLibrary', 'No library', 'Frames of libraries give their time to their callers', { hideLibrary: false });
  for (const module of filter.hiddenModules ?? [])
    add(
      `module ${module}`,
      `Without ${elideMiddle(visibleText(module), NAME_CHARS)}`,
      `Frames of ${visibleText(module)} give their time to their callers`,
      {
        hiddenModules: (filter.hiddenModules ?? []).filter((other) => other !== module),
      },
    );
  for (const fn of filter.hiddenFunctions ?? [])
    add(`function ${fn}`, `Without ${short(fn)}`, `${nameOf(fn)} gives its time to its callers`, {
      hiddenFunctions: (filter.hiddenFunctions ?? []).filter((other) => other !== fn),
    });
  if (filter.collapseRecursion === true)
    add('collapseRecursion', 'Recursion collapsed', 'Recursion goes back to its first frame', { collapseRecursion: false });
  if (isSet(filter.focus))
    add('focus', `Inside ${short(filter.focus)}`, `Only what runs inside of ${nameOf(filter.focus)}`, { focus: null });
  if (isSet(filter.callersOf))
    add('callersOf', `Callers of ${short(filter.callersOf)}`, `Who calls ${nameOf(filter.callersOf)}`, { callersOf: null });
  if (filter.inverted === true) add('inverted', 'Inverted', 'Bottom up: callers stand below what they call', { inverted: false });
  return applied;
}

export function isSet<T>(value: T | null | undefined): value is T {
  return value !== null && value !== undefined;
}

/** The filter in one way of writing it, what is off left out: equal texts are equal filters. */
export function filterKey(filter: ViewFilter): string {
  return `${sampleKey(filter)} ${shapeKey(filter)}`;
}

function sampleKey({ states, vcpu, thread, timeMs, hideIdle }: ViewFilter): string {
  return JSON.stringify([states, vcpu, thread ?? null, timeMs ?? null, hideIdle === true]);
}

/** What node ids belong to. */
export function shapeKey(filter: ViewFilter): string {
  const { hideLibrary, hiddenModules, hiddenFunctions, collapseRecursion, focus, callersOf, inverted } = filter;
  const hidden = [hideLibrary === true, hiddenModules ?? [], hiddenFunctions ?? [], collapseRecursion === true];
  return JSON.stringify([...hidden, focus ?? null, callersOf ?? null, inverted === true]);
}

export function sameFilter(a: ViewFilter, b: ViewFilter): boolean {
  return filterKey(a) === filterKey(b);
}

/** The filter of hot paths and of tables, which always lead from the root to the leaf. */
export function topDown(filter: ViewFilter): ViewFilter {
  return filter.inverted === true || isSet(filter.callersOf) ? { ...filter, inverted: false, callersOf: null } : filter;
}

/** What an older version or another hand left malformed is off. */
export function restoreFilter(kept: unknown): ViewFilter {
  if (typeof kept !== 'object' || kept === null) return ALL_SAMPLES;
  const old = kept as Partial<Record<keyof ViewFilter, unknown>>;
  const range = Array.isArray(old.timeMs) && old.timeMs.length === 2 && old.timeMs.every(Number.isFinite) ? (old.timeMs as number[]) : null;
  const modules = Array.isArray(old.hiddenModules) ? old.hiddenModules.filter((name): name is string => typeof name === 'string') : [];
  const functions = Array.isArray(old.hiddenFunctions) ? old.hiddenFunctions.filter(isId) : [];
  return {
    states: old.states === 'on-cpu' || old.states === 'blocked' ? old.states : 'all',
    vcpu: isId(old.vcpu) ? old.vcpu : null,
    ...(isId(old.thread) ? { thread: old.thread } : {}),
    ...(range && range[0]! < range[1]! ? { timeMs: [range[0]!, range[1]!] as const } : {}),
    ...(old.hideIdle === true ? { hideIdle: true } : {}),
    ...(old.hideLibrary === true ? { hideLibrary: true } : {}),
    ...(modules.length > 0 ? { hiddenModules: modules } : {}),
    ...(functions.length > 0 ? { hiddenFunctions: functions } : {}),
    ...(old.collapseRecursion === true ? { collapseRecursion: true } : {}),
    ...(isId(old.focus) ? { focus: old.focus } : {}),
    ...(isId(old.callersOf) ? { callersOf: old.callersOf } : {}),
    ...(old.inverted === true ? { inverted: true } : {}),
  };
}

export function isId(value: unknown): value is number {
  return Number.isInteger(value) && (value as number) >= 0;
}
