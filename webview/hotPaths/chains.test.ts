import { expect, it } from 'vitest';
import type { HotPath } from '../../extension/protocol.ts';
import { chainRows, cumulative, leafOf } from './chains.ts';

function path(...names: string[]): HotPath {
  const steps = names.map((name, node) => ({
    node: node + 1,
    frame: { fn: 0, name, module: 'k', category: 'application' as const },
    self: 0,
    total: 1,
  }));
  return { weight: 1, steps };
}
const told = (chain: HotPath, whole = false) =>
  chainRows(chain, whole).map((row) => (row.kind === 'gap' ? `(${row.hidden})` : `${row.step.frame.name}@${row.step.node}*${row.times}`));

it('folds recursion into its last frame', () => {
  expect(told(path('main', 'fib', 'fib', 'fib', 'add'))).toEqual(['main@1*1', 'fib@4*3', 'add@5*1']);
  expect(told(path('f', 'g', 'f'))).toEqual(['f@1*1', 'g@2*1', 'f@3*1']);
});

it('leaves out the middle of a long chain until it is asked for', () => {
  const long = path(...Array.from({ length: 40 }, (_, at) => `f${at}`));
  const rows = told(long);
  expect(rows).toHaveLength(13);
  expect(rows.slice(0, 4)).toEqual(['f0@1*1', 'f1@2*1', 'f2@3*1', '(28)']);
  expect(rows.at(-1)).toBe('f39@40*1');
  expect(told(long, true)).toHaveLength(40);
  expect(told(path(...Array.from({ length: 13 }, (_, at) => `f${at}`)))).toHaveLength(13);
});

it('adds paths up and names them by their leaf', () => {
  expect(
    cumulative([
      { ...path('a'), weight: 5 },
      { ...path('b'), weight: 3 },
    ]),
  ).toEqual([5, 8]);
  expect(leafOf(path('a', 'b'))).toBe(2);
  expect(leafOf({ weight: 0, steps: [] })).toBe(-1);
});
