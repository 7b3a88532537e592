import { describe, expect, it } from 'vitest';
import { SourceFiles } from './sourcePaths.ts';

describe('SourceFiles', () => {
  const files = ['/build/kv/src/main.c', '/build/kv/lib/main.c', './src/main.c', '/build/kv/out/../lib/list.h'];
  it.each([
    ['the file itself', '/build/kv/src/main.c', {}, { certain: ['/build/kv/src/main.c'], possible: [] }],
    ['the file itself, by another way', '/build/kv/lib/list.h', {}, { certain: ['/build/kv/out/../lib/list.h'], possible: [] }],
    ['what the map says', '/tmp/x/main.c', { '/build/kv/lib': '/tmp/x' }, { certain: ['/build/kv/lib/main.c'], possible: [] }],
    [
      'another name that the map says',
      '/tmp/x.c',
      { '/build/kv/lib/main.c': '/tmp/x.c' },
      { certain: ['/build/kv/lib/main.c'], possible: [] },
    ],
    ['all of the name as possible', '/home/me/main.c', {}, { certain: [], possible: files.slice(0, 3) }],
    ['nothing', '/tmp/other.c', {}, { certain: [], possible: [] }],
  ])('finds %s', (_, local, map, found) => expect(new SourceFiles(files).match(local, map)).toEqual(found));
});
