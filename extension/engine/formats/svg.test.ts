import { expect, it } from 'vitest';
import { EVERYTHING } from '../profile/filter.ts';
import { ProfileViews } from '../profile/views.ts';
import { exportProfile } from './export.ts';
import { openProfile } from './open.ts';

const drawn = async (folded: string, format: 'svg' | 'html' = 'svg'): Promise<string> => {
  const views = new ProfileViews(openProfile(Buffer.from(folded), 'simulated'));
  let text = '';
  for await (const piece of exportProfile(views, EVERYTHING, format)) text += String(piece);
  return text;
};

it('gives each frame its share of the width and its place in the order', async () => {
  const text = await drawn('a;b 3\na;c 1\n');
  const boxes = [...text.matchAll(/data-n="(\w+)"><title>[^<]*<\/title><rect x="([\d.]+)" y="(\d+)" width="([\d.]+)"/g)].map(
    ([, ...box]) => box,
  );
  expect(boxes).toEqual([
    ['all', '10.00', '64', '1180.00'],
    ['a', '10.00', '81', '1180.00'],
    ['b', '10.00', '98', '885.00'],
    ['c', '895.00', '98', '295.00'],
  ]);
});

it.each(['svg', 'html'] as const)('shows hostile names as text (%s)', async (format) => {
  const text = await drawn('<script>alert(1)</script>;a&b\u0007;"x" onload="y 1\n', format);
  expect(text.match(/<script/g)).toHaveLength(1);
  expect(text).toContain('&lt;script&gt;');
  expect(text).toContain('a&amp;b\uFFFD');
  expect(text).toContain('&quot;x&quot; onload=&quot;y');
  expect(text).not.toContain('onload="');
  expect(await drawn('a\ud800b 1\n', format)).toContain('a\uFFFDb');
});
