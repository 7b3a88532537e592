import { describe, expect, it } from 'vitest';
import type { FlameTable, ViewFilter } from '../../protocol.ts';
import { writeFolded } from '../formats/foldedWrite.ts';
import { heaviestFunctions } from './functionTotals.ts';
import { Profile } from './profile.ts';
import { ProfileViews } from './views.ts';
import { WeightCache } from './weights.ts';

/** A simulated profile from lines like `main:3 work:10 <inline:5 weight state vcpu`; `<` marks a frame inlined into the one before. */
function simulated(...lines: string[]): Profile {
  const profile = new Profile({ title: 'simulated' });
  const { table } = profile;
  lines.forEach((text, i) => {
    const words = text.split(' ');
    const [weight, state, vcpu] = words.splice(-3).map(Number);
    const stack: number[] = [];
    let open: { fn: number; line: number }[] = [];
    const close = (): void => {
      if (open.length > 0) stack.push(table.named(open));
    };
    for (const word of words) {
      const [, inline, name, line] = /^(<?)(\w+):(\d+)$/.exec(word)!;
      const fn = table.internFunction({
        name: name!,
        linkageName: '',
        file: `/src/${name!}.c`,
        startLine: 1,
        module: 'guest',
        category: 'application',
        unresolved: false,
      });
      const frame = { fn, line: Number(line) };
      if (inline) open = [frame, ...open];
      else {
        close();
        open = [frame];
      }
    }
    close();
    profile.add({ timeNs: i, vcpu: vcpu!, state: state as 0 | 1 | 2, weight: weight!, stack });
  });
  return profile;
}

const everything = { states: 'all', vcpu: null } as const;
const profile = simulated(
  'main:3 work:10 5 0 0', //
  'main:3 work:11 3 1 0',
  'main:4 work:10 <twist:7 2 0 1',
  'main:5 fib:2 fib:2 fib:1 4 0 0',
  'main:6 idle:1 6 2 0',
);
const views = new ProfileViews(profile);
const all = views.weighted(everything);
const flame = (filter: ViewFilter, rootNode: number, widthPx: number): FlameTable => views.flame({ filter, rootNode, widthPx }).table;

describe('weights', () => {
  it('sums selves into totals', () => expect(all.grandTotal).toBe(20));
  it('keeps what a filter lets through', () => {
    expect(views.weights.of({ states: 'on-cpu', vcpu: null }).grandTotal).toBe(14);
    expect(views.weights.of({ states: 'blocked', vcpu: null }).grandTotal).toBe(6);
    expect(views.weights.of({ states: 'all', vcpu: 1 }).grandTotal).toBe(2);
  });
  it('counts what was added since the last look', () => {
    const growing = simulated('main:1 work:1 5 0 0');
    const weights = new WeightCache(growing);
    expect(weights.of(everything).grandTotal).toBe(5);
    const stack = [...Array(2000).keys()].map(() => growing.stacks.key(1));
    growing.add({ timeNs: 1, vcpu: 0, state: 0, weight: 2, stack });
    expect(weights.of(everything).grandTotal).toBe(7);
  });
});

describe('function totals', () => {
  it('merge call sites, tell inlined frames apart, and count recursion once', () => {
    const rows = heaviestFunctions(all).map(({ fn, self, total }) => [profile.table.functions[fn]!.name, self, total]);
    expect(rows).toEqual([
      ['work', 8, 10],
      ['idle', 6, 6],
      ['fib', 4, 4],
      ['twist', 2, 2],
      ['main', 0, 20],
    ]);
  });
});

describe('line totals', () => {
  it('count a line once a stack, also where recursion repeats it', () => {
    const lines = views.lineTotals();
    expect(lines.get('/src/fib.c')?.get(2)).toMatchObject({ self: 0, total: 4 });
    expect(lines.get('/src/fib.c')?.get(1)).toMatchObject({ self: 4, total: 4 });
    expect(lines.get('/src/work.c')?.get(10)).toMatchObject({ self: 5, total: 7 });
    expect(lines.get('/src/twist.c')?.get(7)).toMatchObject({ self: 2, total: 2 });
    expect(lines.get('/src/main.c')?.get(3)).toMatchObject({ self: 0, total: 8 });
  });
});

describe('flame table', () => {
  const names = (table: FlameTable): string[] => table.frame.map((id) => table.frames[id]!.name);
  it('is in drawing order, parents first', () => {
    const table = flame(everything, 0, 1000);
    expect(names(table)).toEqual(['all', 'main', 'fib', 'fib', 'fib', 'idle', 'work', 'twist']);
    expect(table.parent).toEqual([-1, 0, 1, 2, 3, 1, 1, 6]);
    expect(table.total).toEqual([20, 20, 4, 4, 4, 6, 10, 2]);
    expect(table.frames.at(-1)).toMatchObject({ name: 'twist', inlined: true, file: '/src/twist.c', line: 7 });
  });
  it('leaves out what is narrower than a pixel, and says how much', () => {
    const table = flame(everything, 0, 4);
    expect(names(table)).toEqual(['all', 'main', 'idle', 'work']);
    expect(table.pruned).toBe(2);
  });
  it('zooms: ancestors first, then the subtree', () => {
    const whole = flame(everything, 0, 1000);
    const work = whole.node[6]!;
    const table = flame(everything, work, 1000);
    expect(names(table)).toEqual(['all', 'main', 'work', 'twist']);
    expect(table.rootNode).toBe(work);
  });
  it('falls back to the root where the node has nothing under the filter', () => {
    const table = flame({ states: 'blocked', vcpu: null }, 2, 1000);
    expect(names(table)).toEqual(['all', 'main', 'idle']);
  });
  it.each([-1, 1.5, NaN, 1e9])('takes node %s for the root', (rootNode) => {
    expect(flame(everything, rootNode, 100).rootNode).toBe(0);
  });
});

describe('hot paths', () => {
  it('are whole chains, heaviest first, and add up', () => {
    const paths = views.hotPaths({ filter: everything, limit: 10 }).paths;
    expect(paths.map(({ weight, steps }) => [weight, steps.map((step) => step.frame.name).join(' ')])).toEqual([
      [8, 'main work'],
      [6, 'main idle'],
      [4, 'main fib fib fib'],
      [2, 'main work twist'],
    ]);
    expect(paths[0]!.steps[1]!.frame.line).toBe(10);
  });
});

describe('places', () => {
  const node = (name: string): number =>
    flame(everything, 0, 1e9).node[['all', 'main', 'fib', 'fib', 'fib', 'idle', 'work', 'twist'].indexOf(name)]!;
  it('finds the heaviest line and the heaviest call site', () => {
    expect(views.places(everything, node('work'))).toMatchObject({
      hottest: { file: '/src/work.c', line: 10 },
      callSite: { file: '/src/main.c', line: 3 },
    });
  });
  it('takes an inlined frame for called at the line it was inlined at', () => {
    expect(views.places(everything, node('twist')).callSite).toEqual({ file: '/src/work.c', line: 10 });
  });
  it('knows no place for the root', () => expect(views.places(everything, 0)).toMatchObject({ hottest: null, callSite: null }));
});

describe('folded stacks', () => {
  it('are one line a stack', () => expect(writeFolded(all)).toBe('main;fib;fib;fib 4\nmain;idle 6\nmain;work 8\nmain;work;twist 2\n'));
});
