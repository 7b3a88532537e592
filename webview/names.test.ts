import { expect, it } from 'vitest';
import { divided, elideMiddle, fullPlace, LONGEST_NAME, shortPlace, visibleText } from './names.ts';

it.each([
  ['hash_block', 10, 'hash_block'],
  ['hash_block_of_orders', 9, 'has…rders'],
  ['hash_block', 2, ''],
  ['hash_block', 3, '…ck'],
  ['hash_block', 4.9, 'h…ck'],
  ['', 0, ''],
])('%s in %d characters', (name, room, text) => expect(elideMiddle(name, room)).toBe(text));

it('never halves a surrogate pair', () => {
  const name = '😀'.repeat(10);
  for (let room = 3; room < name.length; room++) {
    const text = elideMiddle(name, room);
    expect(() => encodeURIComponent(text), `${room}`).not.toThrow(); // throws on half a pair
    expect(text.length).toBeLessThanOrEqual(room);
  }
});

it.each([
  ['hash_block', '', 'hash_block'],
  ['kernel::memory::pool::take_a_block', 'kernel::memory::pool::', 'take_a_block'],
  ['HYPERVISOR_console_io', 'HYPERVISOR', '_console_io'],
  [`${'x'.repeat(20)}😀${'y'.repeat(11)}`, 'x'.repeat(20), `😀${'y'.repeat(11)}`],
])('%s gives way up to its end', (name, beginning, ending) => expect(divided(name)).toEqual({ beginning, ending }));

it.each([
  ['plain <img onerror=x>', 'plain <img onerror=x>'],
  ['a\u202eb', 'a‹U+202E›b'],
  ['a\nb\0', 'a‹U+000A›b‹U+0000›'],
  ['lone \ud800 half', 'lone ‹U+D800› half'],
  ['pair 😀', 'pair 😀'],
  ['zero\u200bwidth', 'zero‹U+200B›width'],
])('shows what %j hides', (name, text) => expect(visibleText(name)).toBe(text));

it('cuts megabytes', () => {
  expect(visibleText('x'.repeat(1 << 20)).length).toBeLessThanOrEqual(LONGEST_NAME);
});

it.each([
  [{ file: '/src/sort.c', line: 42 }, 'sort.c:42', '/src/sort.c:42'],
  [{ file: 'C:\\src\\sort.c' }, 'sort.c', 'C:\\src\\sort.c'],
  [{ file: 'dir/' }, 'dir/', 'dir/'],
  [{}, '', ''],
])('places of %j', (frame, short, full) => {
  expect(shortPlace(frame)).toBe(short);
  expect(fullPlace(frame)).toBe(full);
});
