/** Filters and shapes held against a plain account of the same stacks: lists of names, worked on one sample at a time. */
import { describe, expect, it } from 'vitest';
import type { FrameCategory, SearchQuery, VcpuState, ViewFilter } from '../../protocol.ts';
import { Profile } from './profile.ts';
import { ProfileViews } from './views.ts';

const NAMES = ['main', 'work', 'sort', 'hash', 'memcpy', 'strlen', 'idle_thread', 'send', 'HYPERVISOR_sched_op', 'loop'];
const categoryOf = (name: string): FrameCategory =>
  name === 'memcpy' || name === 'strlen' ? 'library' : name.startsWith('HYPERVISOR') ? 'hypervisor' : 'application';
const moduleOf = (name: string): string => (name === 'sort' ? 'lib.so' : 'guest');

interface Plain {
  readonly names: readonly string[];
  readonly vcpu: number;
  readonly state: VcpuState;
  readonly thread: number;
  readonly timeMs: number;
  readonly weight: number;
}

/** A fixed row of numbers below `below`. */
function numbers(seed: number): (below: number) => number {
  let at = seed;
  return (below) => ((at = (Math.imul(at, 1_103_515_245) + 12_345) >>> 0) % 65_521) % below;
}

/** Simulated: stacks of random names. */
function simulated(count: number, weighted: boolean): { profile: Profile; plain: Plain[]; fn: (name: string) => number } {
  const next = numbers(7);
  const profile = new Profile({ title: 'simulated', durationMs: count * 10 });
  const { table } = profile;
  const fn = (name: string): number =>
    table.internFunction({
      name,
      linkageName: '',
      file: '',
      startLine: 0,
      module: moduleOf(name),
      category: categoryOf(name),
      unresolved: false,
    });
  const plain: Plain[] = [];
  for (let i = 0; i < count; i++) {
    const names = ['main', ...Array.from({ length: next(7) }, () => NAMES[next(NAMES.length)]!)];
    const sample: Plain = {
      names,
      vcpu: next(3),
      state: next(3) as VcpuState,
      thread: next(3),
      timeMs: i * 10,
      weight: weighted ? 1 + next(5) : 1,
    };
    plain.push(sample);
    profile.add({ ...sample, timeNs: sample.timeMs * 1e6, stack: names.map((name) => table.named([{ fn: fn(name), line: 0 }])) });
  }
  return { profile, plain, fn };
}

type Filter = Omit<ViewFilter, 'focus' | 'callersOf' | 'hiddenFunctions'> & {
  focus?: string;
  callersOf?: string | undefined;
  hidden?: string[];
};

/** What a filter makes of one sample's stack: null where the sample is left out. */
function reshaped(sample: Plain, filter: Filter): string[] | null {
  const { names, vcpu, state, thread, timeMs } = sample;
  if (filter.states !== 'all' && (state === 2) !== (filter.states === 'blocked')) return null;
  if (filter.vcpu !== null && vcpu !== filter.vcpu) return null;
  if (filter.thread && thread !== filter.thread) return null;
  if (filter.timeMs && (timeMs < filter.timeMs[0] || timeMs >= filter.timeMs[1])) return null;
  if (filter.hideIdle) {
    if (state === 2 && filter.states !== 'blocked') return null;
    if (names.findLast((name) => !name.startsWith('HYPERVISOR')) === 'idle_thread') return null;
  }
  const from = filter.focus === undefined ? 0 : names.indexOf(filter.focus);
  if (from < 0) return null;
  let stack: string[] = [];
  for (const name of names.slice(from)) {
    const isHidden =
      (filter.hideLibrary === true && categoryOf(name) === 'library') ||
      filter.hiddenModules?.includes(moduleOf(name)) === true ||
      filter.hidden?.includes(name) === true;
    if (isHidden && name !== filter.focus) continue;
    if (filter.collapseRecursion && stack.includes(name)) stack = stack.slice(0, stack.indexOf(name) + 1);
    else stack.push(name);
  }
  if (filter.callersOf !== undefined) {
    const at = stack.indexOf(filter.callersOf);
    return at < 0 ? null : stack.slice(0, at + 1).reverse();
  }
  return filter.inverted ? stack.reverse() : stack;
}

/** Totals by path. */
function plainTotals(plain: readonly Plain[], filter: Filter): Record<string, number> {
  const totals: Record<string, number> = {};
  for (const sample of plain) {
    const stack = reshaped(sample, filter);
    for (let depth = 1; stack && depth <= stack.length; depth++) {
      const path = stack.slice(0, depth).join(';');
      totals[path] = (totals[path] ?? 0) + sample.weight;
    }
  }
  return totals;
}

function tableTotals(views: ProfileViews, filter: ViewFilter): Record<string, number> {
  const { table } = views.flame({ filter, rootNode: 0, widthPx: 1e9 });
  const paths: string[] = [];
  const totals: Record<string, number> = {};
  table.node.forEach((_, row) => {
    const parent = table.parent[row]!;
    if (parent < 0) return;
    const name = table.frames[table.frame[row]!]!.name;
    paths[row] = parent === 0 ? name : `${paths[parent]!};${name}`;
    totals[paths[row]] = table.total[row]!;
  });
  return totals;
}

const filters: readonly Filter[] = [
  { states: 'all', vcpu: null },
  { states: 'on-cpu', vcpu: null },
  { states: 'blocked', vcpu: 1 },
  { states: 'all', vcpu: null, thread: 2 },
  { states: 'all', vcpu: null, timeMs: [1000, 1500] },
  { states: 'on-cpu', vcpu: 0, timeMs: [500, 19_000] },
  { states: 'all', vcpu: null, hideIdle: true },
  { states: 'blocked', vcpu: null, hideIdle: true },
  { states: 'all', vcpu: null, hideLibrary: true },
  { states: 'all', vcpu: null, hiddenModules: ['lib.so'], hidden: ['work', 'main'] },
  { states: 'all', vcpu: null, collapseRecursion: true },
  { states: 'on-cpu', vcpu: null, collapseRecursion: true, hideLibrary: true, timeMs: [100, 5000] },
  { states: 'all', vcpu: null, focus: 'sort' },
  { states: 'all', vcpu: null, focus: 'memcpy', hideLibrary: true, collapseRecursion: true },
  { states: 'all', vcpu: null, inverted: true },
  { states: 'on-cpu', vcpu: 1, inverted: true, hideLibrary: true, collapseRecursion: true },
  { states: 'all', vcpu: null, inverted: true, focus: 'work' },
  { states: 'all', vcpu: null, callersOf: 'hash' },
  { states: 'blocked', vcpu: null, callersOf: 'sort', collapseRecursion: true, timeMs: [0, 9000] },
];

describe.each([false, true])('with weights of their own: %s', (weighted) => {
  const { profile, plain, fn } = simulated(2000, weighted);
  const views = new ProfileViews(profile);
  const engineFilter = ({ focus, callersOf, hidden, ...rest }: Filter): ViewFilter => ({
    ...rest,
    focus: focus === undefined ? null : fn(focus),
    callersOf: callersOf === undefined ? null : fn(callersOf),
    hiddenFunctions: (hidden ?? []).map(fn),
  });

  it.each(filters)('%j', (filter) => expect(tableTotals(views, engineFilter(filter))).toEqual(plainTotals(plain, filter)));

  it.each(filters)('functions and neighbours under %j', (filter) => {
    const [self, total, calls]: Record<string, number>[] = [{}, {}, {}];
    for (const sample of plain) {
      const stack = reshaped(sample, { ...filter, callersOf: undefined, inverted: false });
      if (!stack) continue;
      const add = (to: Record<string, number>, key: string): void => void (to[key] = (to[key] ?? 0) + sample.weight);
      if (stack.length > 0) add(self!, stack.at(-1)!);
      for (const name of new Set(stack)) add(total!, name);
      for (const pair of new Set(stack.slice(1).map((name, i) => `${stack[i]!}>${name}`))) add(calls!, pair);
    }
    const request = { filter: engineFilter(filter), order: 'total', descending: true, offset: 0, limit: 100 } as const;
    const { rows } = views.functions(request);
    expect(Object.fromEntries(rows.frames.map(({ name }, i) => [name, rows.total[i]]))).toEqual(total);
    expect(Object.fromEntries(rows.frames.map(({ name }, i) => [name, rows.self[i]!]).filter(([, weight]) => weight !== 0))).toEqual(self);
    const pairs: Record<string, number> = {};
    for (const { fn: id, name } of rows.frames) {
      const found = views.neighbours({ filter: request.filter, fn: id, limit: 100 });
      found.callers.frames.forEach((caller, i) => (pairs[`${caller.name}>${name}`] = found.callers.total[i]!));
      found.callees.frames.forEach((callee, i) => expect(found.callees.total[i]).toBe(calls![`${name}>${callee.name}`]));
    }
    expect(pairs).toEqual(calls);
  });

  it.each(filters)('search under %j', (filter) => {
    const search: SearchQuery = { text: '^(hash|send)$', matchCase: true, regex: true };
    const reply = views.flame({ filter: engineFilter(filter), rootNode: 0, widthPx: 1e9, search });
    let weight = 0;
    for (const sample of plain) {
      const stack = reshaped(sample, filter);
      if (stack?.some((name) => name === 'hash' || name === 'send')) weight += sample.weight;
    }
    expect(reply.search?.weight).toBe(weight);
    expect(reply.search?.matched[0]).toBe(weight);
    const steps = reply.search!.steps.map((node) => reply.table.frames[reply.table.frame[reply.table.node.indexOf(node)]!]!.name);
    expect([...new Set(steps)].every((name) => name === 'hash' || name === 'send')).toBe(true);
    expect(reply.search!.steps.length > 0).toBe(weight > 0);
  });

  it.each(filters)('a heat map under %j holds every sample that passes', (filter) => {
    const map = views.heatMap({ filter: engineFilter(filter), maxColumns: 500, rows: 20 });
    const cells: Record<number, number> = {};
    for (const sample of plain) {
      if (reshaped(sample, { ...filter, timeMs: null, callersOf: undefined }) === null) continue;
      const cell = Math.floor(sample.timeMs / map.columnMs) * 20 + Math.floor(((sample.timeMs % map.columnMs) * 20) / map.columnMs);
      cells[cell] = (cells[cell] ?? 0) + sample.weight;
    }
    expect(Object.fromEntries(map.weights.map((value, i) => [i, value] as const).filter(([, value]) => value > 0))).toEqual(cells);
  });
});

describe('a zoomed view', () => {
  const { profile, fn } = simulated(2000, false);
  const views = new ProfileViews(profile);
  const whole = { states: 'all', vcpu: null } as const;

  it('of a tree turned round has its ancestors first, and the same total', () => {
    const filter: ViewFilter = { ...whole, inverted: true };
    const { table } = views.flame({ filter, rootNode: 0, widthPx: 1e9 });
    const row = table.parent.findIndex((parent) => parent > 0);
    const zoomed = views.flame({ filter, rootNode: table.node[row]!, widthPx: 1000 }).table;
    expect(zoomed.node.slice(0, 3)).toEqual([0, table.node[table.parent[row]!], table.node[row]]);
    expect(zoomed.total[2]).toBe(table.total[row]);
    expect(zoomed.rootNode).toBe(table.node[row]);
  });

  it('is cut to what a pixel can show, and says how much it left out', () => {
    const { table } = views.flame({ filter: whole, rootNode: 0, widthPx: 50 });
    expect(Math.min(...table.total)).toBeGreaterThanOrEqual(2000 / 50);
    expect(table.pruned).toBeGreaterThan(50);
  });

  it('is carried from shape to shape', () => {
    const { table } = views.flame({ filter: whole, rootNode: 0, widthPx: 1e9 });
    const row = table.frame.findIndex((frame, at) => table.frames[frame]!.name === 'hash' && table.parent[at]! > 1);
    const to: ViewFilter = { ...whole, hideLibrary: true, hiddenFunctions: [fn('work')] };
    const carry = { from: whole, nodes: [table.node[row]!, 0] };
    const reply = views.flame({ filter: to, rootNode: table.node[row]!, widthPx: 1e9, carry });
    expect(reply.carried).toEqual([reply.table.rootNode, 0]);
    const nameOf = (node: number): string => reply.table.frames[reply.table.frame[reply.table.node.indexOf(node)]!]!.name;
    expect(nameOf(reply.table.rootNode)).toBe('hash');
    const inverted: ViewFilter = { ...whole, inverted: true };
    const turned = views.flame({ filter: inverted, rootNode: 0, widthPx: 1e9, carry: { from: whole, nodes: [table.node[row]!] } });
    expect(turned.table.frames[turned.table.frame[turned.table.node.indexOf(turned.carried![0]!)]!]!.name).toBe('hash');
  });
});

describe('a pattern', () => {
  const { profile, fn } = simulated(10, false);
  fn(`${'a'.repeat(40)}!`);
  const views = new ProfileViews(profile);
  const search = (text: string) =>
    views.flame({ filter: { states: 'all', vcpu: null }, rootNode: 0, widthPx: 100, search: { text, matchCase: false, regex: true } })
      .search!;

  it('that is broken is told', () => expect(search('(').error).toMatch(/regular expression/i));
  it('that would run for ever is given up', () => expect(search('^(a+)+$').error).toMatch(/takes too long/));
});

it('function ids and nodes stay while a profile grows', () => {
  const { profile } = simulated(500, false);
  const views = new ProfileViews(profile);
  const filter: ViewFilter = { states: 'all', vcpu: null, hideLibrary: true, collapseRecursion: true };
  const before = views.flame({ filter, rootNode: 0, widthPx: 1e9 }).table;
  const more = simulated(1500, false).profile;
  for (let i = 500; i < 1500; i++) {
    const kind = more.samples.kinds.get(i);
    const stack = more.stacks.path(more.samples.leaves.get(kind)).map((node) => {
      const { name, category, module } = more.table.functions[more.table.locations[more.stacks.key(node)]!.frames[0]!.fn]!;
      const id = profile.table.internFunction({ name, linkageName: '', file: '', startLine: 0, module, category, unresolved: false });
      return profile.table.named([{ fn: id, line: 0 }]);
    });
    profile.add({ timeNs: i * 1e7, vcpu: 0, state: 0, weight: 1, stack });
  }
  const after = views.flame({ filter, rootNode: 0, widthPx: 1e9 }).table;
  const pathOf = (table: typeof before, row: number): string =>
    row <= 0 ? '' : `${pathOf(table, table.parent[row]!)};${table.frames[table.frame[row]!]!.fn}`;
  const rows = new Map(after.node.map((node, row) => [node, row]));
  before.node.forEach((node, row) => expect(pathOf(after, rows.get(node)!)).toBe(pathOf(before, row)));
});
