import { expect, test } from 'vitest';
import { endOf, fieldsOf, guestsOf, helloOf, statusOf } from './answers.ts';

const guest = {
  domid: 3,
  name: 'web',
  kind: 'pv',
  state: 'blocked',
  vcpus: 2,
  memoryMiB: 16,
  cpuSeconds: 1.5,
  cpuShare: null,
  kernel: null,
};

test('a guest as it is', () => expect(guestsOf({ guests: [guest] })).toEqual([guest]));

test.each([
  [{ ...guest, name: 'a\x1b[31m\nb' }, { name: 'a [31m\nb' }],
  [
    { ...guest, kind: 'toaster', state: 7 },
    { kind: 'unknown', state: 'unknown' },
  ],
  [
    { ...guest, vcpus: -1, memoryMiB: '16', cpuSeconds: null },
    { vcpus: 0, memoryMiB: 0, cpuSeconds: 0 },
  ],
  [{}, { domid: 0, name: '', cpuShare: 0 }],
])('a guest told wrongly: %j', (row, expected) => expect(guestsOf({ guests: [row] })[0]).toMatchObject(expected));

test.each([{}, { guests: null }, { guests: 'x' }, { guests: [null, 1, 'x'] }])('no guests in %j', (fields) =>
  expect(guestsOf(fields)).toEqual([]),
);

test.each(['null', '[]', '1', '"x"', '{'])('%s is no object', (text) => expect(() => fieldsOf(Buffer.from(text))).toThrow());

test('numbers beyond reason are none', () => {
  expect(statusOf({ elapsedMs: 'x', samples: -4, pause: 3 })).toEqual({
    elapsedMs: 0,
    samples: 0,
    lost: 0,
    missed: 0,
    pause: { count: 0, medianNs: 0, p99Ns: 0, maxNs: 0, totalNs: 0, histogram: [] },
  });
  expect(helloOf({ startedAtMs: 1e300 }).startedAt).toBe('+275760-09-13T00:00:00.000Z');
});

test('an end nobody knows is a failure', () => expect(endOf({ reason: 'boredom' }).reason).toBe('failed'));
