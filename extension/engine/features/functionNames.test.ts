import { expect, it } from 'vitest';
import { sourceName } from './functionNames.ts';

it.each([
  ['hash', 'hash'],
  ['ns::Map<int, std::pair<a, b>>::find(int, void (*)(int))', 'find'],
  ['ns::Map<int>::find(int) const', 'find'],
  ['core::ptr::drop_in_place<alloc::string::String>', 'drop_in_place'],
  ['<alloc::vec::Vec<T> as core::ops::Drop>::drop', 'drop'],
  ['main.(*Server).handle', 'handle'],
  ['Lwt.Infix.bind', 'bind'],
  ['Shelf::~Shelf()', '~Shelf'],
  ['0x1234', '0x1234'],
  ['', ''],
])('%s is %s in the source', (name, found) => expect(sourceName(name)).toBe(found));
