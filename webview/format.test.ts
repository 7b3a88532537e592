import { describe, expect, it } from 'vitest';
import { formatBytes, formatCount, formatDuration, formatMany, formatNs, formatShare, formatWeight } from './format.ts';

describe('numbers', () => {
  it.each([
    [0, 10, '0%'],
    [1, 100_000, '<0.1%'],
    [1, 3, '33.3%'],
    [9_999, 10_000, '>99.9%'],
    [10, 10, '100%'],
    [1, 0, '–'],
    [Number.NaN, 10, '–'],
  ])('share of %d in %d', (part, total, text) => expect(formatShare(part, total)).toBe(text));

  it.each([
    [0, '0 ns'],
    [999.4, '999 ns'],
    [999.6, '1.00 µs'],
    [17_240, '17.2 µs'],
    [1_250_000, '1.25 ms'],
    [999_400_000, '999 ms'],
    [999_600_000, '1.0 s'],
  ])('%d ns', (ns, text) => expect(formatNs(ns)).toBe(text));

  it.each([
    [0, '0.0 s'],
    [59_940, '59.9 s'],
    [59_960, '1 min 00 s'],
    [65_000, '1 min 05 s'],
    [7_380_000, '2 h 03 min'],
  ])('%d ms', (ms, text) => expect(formatDuration(ms)).toBe(text));

  it.each([
    [1, 'samples', '1 sample'],
    [1234, 'samples', '1,234 samples'],
    [1_500_000, 'nanoseconds', '1.50 ms'],
    [2, 'milliseconds', '2.00 ms'],
    [1536, 'bytes', '1.50 KiB'],
    [3, 'allocations', '3 allocations'],
    [3, '', '3'],
  ])('weight %d %s', (weight, unit, text) => expect(formatWeight(weight, unit)).toBe(text));

  it('groups thousands, counts nouns, climbs to TiB', () => {
    expect(formatCount(1_234_567)).toBe('1,234,567');
    expect(formatMany(1, 'frame')).toBe('1 frame');
    expect(formatMany(0, 'frame')).toBe('0 frames');
    expect(formatBytes(5 * 1024 ** 5)).toBe('5120 TiB');
  });
});
