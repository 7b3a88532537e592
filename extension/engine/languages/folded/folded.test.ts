import { describe, expect, it } from 'vitest';
import { FoldedText, frameAt } from './foldedText.ts';
import { runsOf, type Run } from './runs.ts';

const text = ['# a comment', 'main;serve;hash 3', 'main;serve;hash;mix 1', 'main;serve 2', '', 'main;sleep 4', 'idle 10'].join('\n');

describe('a whole text', () => {
  const folded = new FoldedText(text);
  it('knows its weight and its functions', () => {
    expect(folded.total).toBe(20);
    expect(folded.shareOf('main')).toEqual({ self: 0, total: 10 });
    expect(folded.shareOf('hash')).toEqual({ self: 3, total: 4 });
    expect(folded.shareOf('nobody')).toBeUndefined();
    expect(folded.faults).toEqual([]);
  });
  it('counts a function that recurs once a stack', () => expect(new FoldedText('a;b;a 2\n').shareOf('a')).toEqual({ self: 2, total: 2 }));
  it('has an outline', () => {
    const [main, idle] = runsOf(folded.lines);
    expect(main).toMatchObject({ frame: 'main', first: 1, last: 5, weight: 10 });
    expect(main!.inner.map(({ frame, weight }) => [frame, weight])).toEqual([
      ['serve', 6],
      ['sleep', 4],
    ]);
    expect(idle).toEqual({ frame: 'idle', first: 6, last: 6, weight: 10, inner: [] });
  });
});

describe('broken lines', () => {
  it.each([
    ['main;serve', 'This stack has no weight: a line is frames joined by ; then a blank, then a number.'],
    ['main;serve many', '"many" is no weight: a number of samples is expected at the end of the line.'],
    ['main;serve -3', '"-3" is no weight: a number of samples is expected at the end of the line.'],
    ['main;;serve 3', 'A frame has no name: two ; follow each other.'],
    ['  main 3', 'A stack begins at the start of its line.'],
  ])('%s', (line, message) => expect(new FoldedText(`ok 1\n${line}\n`).faults).toEqual([{ line: 1, length: line.length, message }]));
});

it('finds the frame at a place', () => {
  expect(frameAt('main;std::move(a, b) 3', 7)).toEqual({ frame: 'std::move(a, b)', start: 5, end: 20 });
  expect(frameAt('main 3', 6)).toBeNull();
  expect(frameAt('broken', 2)).toBeNull();
});

it('bounds the outline of a deep text', () => {
  const deep = Array.from({ length: 300 }, (_, i) => `${Array.from({ length: 300 }, (__, k) => `f${k}`).join(';')};g${i} 1`).join('\n');
  const depth = (runs: readonly Run[]): number => (runs.length === 0 ? 0 : 1 + Math.max(...runs.map(({ inner }) => depth(inner))));
  expect(depth(runsOf(new FoldedText(deep).lines))).toBeLessThanOrEqual(65);
});
