import { expect, it } from 'vitest';
import { WeightCache } from '../profile/weights.ts';
import { openProfile } from './open.ts';
import { writeSvg } from './svg.ts';

const svg = (folded: string): string => {
  const profile = openProfile(Buffer.from(folded), 'simulated');
  return writeSvg(profile, new WeightCache(profile).of({ states: 'all', vcpu: null }));
};

it('gives each frame its share of the width and its place in the order', () => {
  const text = svg('a;b 3\na;c 1\n');
  const boxes = [...text.matchAll(/<title>(\w+)\n[^<]*<\/title><rect x="([\d.]+)" y="(\d+)" width="([\d.]+)"/g)].map(([, ...box]) => box);
  expect(boxes).toEqual([
    ['all', '10.0', '44', '1180.0'],
    ['a', '10.0', '61', '1180.0'],
    ['b', '10.0', '78', '885.0'],
    ['c', '895.0', '78', '295.0'],
  ]);
});

it('shows hostile names as text', () => {
  const text = svg('<script>alert(1)</script>;a&b\u0007 1\n');
  expect(text).not.toContain('<script');
  expect(text).toContain('&lt;script&gt;');
  expect(text).toContain('a&amp;b\uFFFD');
  expect(svg('a\ud800b 1\n')).toContain('a\uFFFDb');
});
