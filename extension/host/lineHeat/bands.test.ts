import { expect, it } from 'vitest';
import { badgeOf, bandOf, neighbourLine } from './bands.ts';

it.each([
  [0, null],
  [0.004, null],
  [0.005, 0],
  [0.09, 2],
  [1, 4],
])('a share of %f is in band %s', (share, band) => expect(bandOf(share)).toBe(band));

it.each([
  [[3, 9, 20], 9, 1, 20],
  [[3, 9, 20], 20, 1, 3],
  [[3, 9, 20], 9, -1, 3],
  [[3, 9, 20], 1, -1, 20],
  [[], 9, 1, null],
] as const)('of %j, from %i in direction %i comes %s', (hot, from, direction, next) =>
  expect(neighbourLine(hot, from, direction)).toBe(next),
);

it.each([
  [0.004, null],
  [0.006, '1'],
  [0.42, '42'],
  [0.994, '99'],
  [1, '●'],
])('a file with a share of %f is badged %s', (share, badge) => expect(badgeOf(share)).toBe(badge));
