import { describe, expect, it } from 'vitest';
import { checkMap, checkNumber, checkStrings, resolveFolder, type NamedFolder } from './values.ts';

describe('settings', () => {
  it.each<[unknown, number, RegExp | null]>([
    [250, 250, null],
    [0, 99, /ringside\.rateHz must be between 1 and 10000; 99 is used/],
    ['fast', 99, /must be a number/],
    [NaN, 99, /must be a number/],
  ])('a rate of %j is %d', (setting, value, problem) => {
    const checked = checkNumber('ringside.rateHz', setting, 99, 1, 10_000);
    expect(checked.value).toBe(value);
    if (problem) expect(checked.problem).toMatch(problem);
    else expect(checked.problem).toBeNull();
  });

  it('lists and maps', () => {
    expect(checkStrings('x', ['-F', 'file'])).toEqual({ value: ['-F', 'file'], problem: null });
    expect(checkStrings('x', '-F file').problem).toBe('x must be a list of strings; it is ignored');
    expect(checkMap('x', { 'web-*': '/a' })).toEqual({ value: { 'web-*': '/a' }, problem: null });
    expect(checkMap('x', { a: '/a', b: 3 })).toEqual({ value: { a: '/a' }, problem: 'x["b"] must be a path; it is ignored' });
    expect(checkMap('x', []).problem).toBe('x must be an object; it is ignored');
  });

  const open = { name: 'web', path: '/w' };
  const other = { name: 'lib', path: '/l' };
  it.each<[string, NamedFolder[], string | null]>([
    ['/a/b', [], '/a/b'],
    ['${workspaceFolder}/b', [open, other], '/w/b'],
    ['${workspaceFolder:lib}/b', [open, other], '/l/b'],
    ['${workspaceFolder}/b', [], null],
    ['${workspaceFolder:gone}/b', [open], null],
  ])('%s in %j is %j', (path, folders, resolved) => expect(resolveFolder(path, folders)).toBe(resolved));
});
