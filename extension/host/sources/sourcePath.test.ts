import { describe, expect, it } from 'vitest';
import { mapped } from '../../builtPaths.ts';
import { bestCandidates, isLocalPath, isSure, mapEntry, sharedTail } from './sourcePath.ts';

describe('source paths', () => {
  it.each([
    ['/build/src/net/tcp.c', '/home/me/app/src/net/tcp.c', 3],
    ['/build/src/tcp.c', '/home/me/tcp.c', 1],
    ['C:\\build\\src\\tcp.c', '/home/src/tcp.c', 2],
    ['src/./tcp.c', '/x/src/tcp.c', 2],
    ['/build/out/../src/tcp.c', '/x/src/tcp.c', 2],
    ['tcp.c', 'udp.c', 0],
  ])('%s and %s share %d', (a, b, shared) => expect(sharedTail(a, b)).toBe(shared));

  it('prefers the longest shared tail, and says when it cannot tell', () => {
    const built = '/build/app/net/tcp.c';
    expect(bestCandidates(built, ['/w/tcp.c', '/w/net/tcp.c', '/w/old/tcp.c']).map(({ path }) => path)).toEqual(['/w/net/tcp.c']);
    expect(bestCandidates(built, ['/w/a/net/tcp.c', '/w/b/net/tcp.c'])).toHaveLength(2);
    expect(bestCandidates(built, ['/w/udp.c'])).toEqual([]);
  });

  it.each([
    ['a folder is shared', '/build/kv/src/main.c', '/w/src/main.c', true],
    ['all of a relative path is', './src/main.c', '/w/app/src/main.c', true],
    ['a bare name is all there is', 'main.c', '/w/app/main.c', true],
    ['a bare name above the folder of the build is', '../main.c', '/w/app/main.c', true],
    ['all of the path within the workspace is', '/build/kv/src/main.c', '/w/main.c', true],
    ['all of the path within another folder of the workspace is', '/build/kv/src/main.c', '/v/main.c', true],
    ['only the name is', '/build/kv/src/main.c', '/w/tests/main.c', false],
    ['only the name of a relative path is', 'src/main.c', '/w/tests/main.c', false],
    ['not even that is', '/build/kv/src/main.c', '/w/src/other.c', false],
  ])('is sure of a file where %s: %s, %s', (_, built, file, sure) => expect(isSure(built, file, ['/w', '/v'])).toBe(sure));

  it.each([
    ['/build/src/net/tcp.c', '/home/me/src/net/tcp.c', '/build', '/home/me'],
    ['/src/tcp.c', '/home/me/src/tcp.c', '/', '/home/me'],
    ['src/tcp.c', '/home/me/src/tcp.c', 'src', '/home/me/src'],
    ['/build/a.c', '/home/b.c', '/build/a.c', '/home/b.c'],
  ])('%s found at %s maps %s to %s', (built, chosen, from, to) => {
    expect(mapEntry(built, chosen)).toEqual({ from, to });
    expect(mapped(built, { [from]: to })).toBe(chosen);
  });

  it('touches no other machine', () => {
    expect(isLocalPath('\\\\evil\\share\\a.c', 'win32')).toBe(false);
    expect(isLocalPath('//evil/share/a.c', 'win32')).toBe(false);
    expect(isLocalPath('C:\\a.c', 'win32')).toBe(true);
    expect(isLocalPath('//odd/a.c', 'linux')).toBe(true);
  });
});
