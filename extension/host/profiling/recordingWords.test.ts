import { describe, expect, it } from 'vitest';
import { progressStep, progressText } from './recordingWords.ts';

const pause = { count: 317, medianNs: 27_400, p99Ns: 41_000, maxNs: 90_000, totalNs: 9_000_000 };
const status = { elapsedMs: 3_240, samples: 317, lost: 0, missed: 0, pause };

describe('a recording in words', () => {
  it('says how far it is', () => {
    expect(progressText(status, 10)).toBe('3.2 s of 10 s · 317 samples · pause 27 µs median, 41 µs p99');
    expect(progressText({ ...status, lost: 2, pause: { ...pause, count: 0 } }, 0)).toBe('3.2 s · 317 samples · 2 lost');
  });

  it.each([
    [0, 1000, 10, 10],
    [9_500, 10_400, 10, 5],
    [10_000, 10_400, 10, 0],
  ])('from %d to %d ms of %d s is %d %%', (from, to, seconds, step) => expect(progressStep(from, to, seconds)).toBeCloseTo(step));

  it('does not measure what has no end', () => expect(progressStep(0, 1000, 0)).toBeUndefined());
});
