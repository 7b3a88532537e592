import { describe, expect, it } from 'vitest';
import { commonSuffix, mapPath, SourceFiles } from './sourcePaths.ts';

describe('commonSuffix', () => {
  it.each([
    ['/build/kv/src/a.c', '/home/me/kv/src/a.c', 3],
    ['/build/a.c', '/home/b.c', 0],
    ['a.c', '/home/a.c', 1],
    ['/a.c', '/a.c', 1],
    ['C:\\kv\\src\\a.c', '/x/src/a.c', 2],
    ['/build/./kv//a.c', '/y/kv/a.c', 2],
  ])('%s and %s share %i', (a, b, shared) => expect(commonSuffix(a, b)).toBe(shared));
});

describe('mapPath', () => {
  const map = { '/build': '/home/me', '/build/lib/': '/opt/lib' };
  it.each([
    ['/build/a.c', '/home/me/a.c'],
    ['/build/lib/b.c', '/opt/lib/b.c'],
    ['/builder/a.c', null],
    ['/elsewhere/a.c', null],
  ])('%s is at %s', (file, local) => expect(mapPath(file, map)).toBe(local));
});

describe('SourceFiles', () => {
  const files = ['/build/kv/src/main.c', '/build/kv/lib/main.c', '/usr/include/list.h'];
  it.each([
    ['the file itself', '/build/kv/src/main.c', {}, ['/build/kv/src/main.c']],
    ['the longest common tail', '/home/me/kv/src/main.c', {}, ['/build/kv/src/main.c']],
    ['the map before the tail', '/tmp/x/main.c', { '/build/kv/lib': '/tmp/x' }, ['/build/kv/lib/main.c']],
    ['nothing where the name alone is ambiguous', '/tmp/main.c', {}, []],
    ['a name that is there once', '/tmp/list.h', {}, ['/usr/include/list.h']],
    ['nothing', '/tmp/other.c', {}, []],
  ])('finds %s', (_, local, map, found) => expect(new SourceFiles(files).match(local, map)).toEqual(found));
});
