import { expect, it } from 'vitest';
import { mapped, normalPath } from './builtPaths.ts';

it.each<[string, Record<string, string>, string | null]>([
  ['/build/src/a.c', { '/build': '/home/me' }, '/home/me/src/a.c'],
  ['/build/src/a.c', { '/build': '/home/me', '/build/src/': '/other/' }, '/other/a.c'],
  ['/builder/a.c', { '/build': '/home/me' }, null],
  ['build/a.c', { '/build': '/home/me' }, null],
  ['src/a.c', { src: '/home/me' }, '/home/me/a.c'],
  ['/build/out/../lib/b.c', { '/build': '/home/me', '/build/lib/': '/opt/lib' }, '/opt/lib/b.c'],
  ['C:\\build\\a.c', { 'C:\\build': '/home/me' }, '/home/me/a.c'],
  ['/a.c', { '/': '/root' }, '/root/a.c'],
  ['/build/a.c', { '/build/a.c': '/x/b.c' }, '/x/b.c'],
])('%s under %j is %j', (built, map, local) => expect(mapped(built, map)).toBe(local));

it.each([
  ['/build//kv/./out/../lib/list.h', '/build/kv/lib/list.h'],
  ['C:\\build\\a.c', '/C:/build/a.c'],
  ['./src/main.c', 'src/main.c'],
  ['../../a.c', '../../a.c'],
])('%s is %s', (path, normal) => expect(normalPath(path)).toBe(normal));
