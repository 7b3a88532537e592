import { describe, expect, it } from 'vitest';
import { capturedIn, captureName, count, duration, memory, pause, percent, plain, size } from './words.ts';

describe('words', () => {
  it.each([
    [0, '0.0 s'],
    [940, '0.9 s'],
    [12_900, '12 s'],
    [185_000, '3 min 5 s'],
  ])('%d ms is %s', (ms, text) => expect(duration(ms)).toBe(text));

  it.each([
    [900, '0.9 µs'],
    [27_400, '27 µs'],
    [1_340_000, '1.3 ms'],
  ])('a pause of %d ns is %s', (ns, text) => expect(pause(ns)).toBe(text));

  it.each([
    [32, '32 MiB'],
    [1536, '1.5 GiB'],
    [2048, '2 GiB'],
  ])('%d MiB is %s', (mebibytes, text) => expect(memory(mebibytes)).toBe(text));

  it('counts, shares and sizes', () => {
    expect(count(1, 'sample')).toBe('1 sample');
    expect(count(12_345, 'sample')).toBe('12,345 samples');
    expect(percent(0.873)).toBe('87 %');
    expect(size(12_600)).toBe('12.3 KiB');
  });

  it.each([
    ['web', 'web'],
    ['$(bug) web', '$\u200B(bug) web'],
    ['[click](command:evil)', '[click]\u200B(command:evil)'],
    ['a\u202Eb\nc', 'a\uFFFDb\uFFFDc'],
    ['x'.repeat(300), `${'x'.repeat(119)}…`],
  ])('makes %j harmless', (foreign, text) => expect(plain(foreign)).toBe(text));

  it.each([
    ['web-1', 'web-1-20260131-095807.pb.gz'],
    ['../../etc/passwd', '_.._etc_passwd-20260131-095807.pb.gz'],
    ['-rf', 'rf-20260131-095807.pb.gz'],
    ['', 'guest-20260131-095807.pb.gz'],
  ])('a capture of %j is named %s', (guest, name) => expect(captureName(guest, new Date(2026, 0, 31, 9, 58, 7))).toBe(name));

  it.each([
    ['web-1-20260131-095807.pb.gz', { guest: 'web-1', at: new Date(2026, 0, 31, 9, 58, 7), clock: '09:58:07' }],
    ['web-20260131-095807.pprof', null],
    ['-20260131-095807.pb.gz', null],
    ['web.pb.gz', null],
  ])('reads the name %j', (name, captured) => expect(capturedIn(name)).toEqual(captured));
});
