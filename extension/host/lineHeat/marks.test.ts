import { expect, it } from 'vitest';
import type { LineHeat, SourceState } from '../../protocol.ts';
import { BANDS } from './bands.ts';
import { BAND_LOOKS, doubtOf, GREY_LOOK, hotLines, marksOf } from './marks.ts';

/** Line 3 calls the hot line 7; line 9 costs next to nothing. */
const heat = (source: SourceState): LineHeat => ({
  grandTotal: 1000,
  line: [3, 7, 9],
  self: [0, 900, 1],
  total: [1000, 900, 1],
  source,
  within: null,
});
const none = BANDS.map(() => []);

it.each([
  ['total', [[], [], [], [], [3, 7]]],
  ['self', [[], [], [], [], [7]]],
  ['off', none],
] as const)('colours lines by %s', (mode, bands) => expect(marksOf(heat('built'), mode, false)).toEqual({ bands, grey: [] }));

it.each([
  ['other', false, 'other'],
  ['later', false, 'later'],
  ['built', true, 'edited'],
  ['other', true, 'edited'],
] as const)('greys all of them where the file is %s and unsaved is %s', (source, isDirty, doubt) => {
  expect(doubtOf(heat(source), isDirty)).toBe(doubt);
  expect(marksOf(heat(source), 'total', isDirty)).toEqual({ bands: none, grey: [3, 7] });
});

it('does not doubt what was built', () => expect(doubtOf(heat('built'), false)).toBeNull());

it('goes to the lines that it colours', () => expect(hotLines(heat('built'), 'total').map(({ line }) => line)).toEqual([3, 7]));

it('shows more where there is more, in one hue, and no hue where it is grey', () => {
  const parts = (colour: string): number[] => [...colour.matchAll(/[\d.]+/g)].map(([digits]) => Number(digits));
  for (const which of ['background', 'backgroundInLight', 'ruler'] as const) {
    const opacities = BAND_LOOKS.map((look) => parts(look[which])[3]!);
    expect(opacities).toEqual([...new Set(opacities)].sort((a, b) => a - b));
    expect(new Set(BAND_LOOKS.map((look) => parts(look[which]).slice(0, 3).join())).size).toBe(1);
    const [red, green, blue] = parts(GREY_LOOK[which]);
    expect([green, blue]).toEqual([red, red]);
  }
});
