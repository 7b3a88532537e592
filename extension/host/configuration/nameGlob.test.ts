import { describe, expect, it } from 'vitest';
import { bestMatch, matchesGlob } from './nameGlob.ts';

describe('guest name patterns', () => {
  it.each([
    ['web-1', 'web-1', true],
    ['web-1', 'web-*', true],
    ['web-12', 'web-?', false],
    ['web-1', '*-1', true],
    ['web.1', 'web-1', false],
    ['', '*', true],
    ['abcabc', '*abc', true],
    ['abc', 'a*b*c*d', false],
    ['a*b', 'a*b', true],
  ])('%s and %s: %s', (name, pattern, matches) => expect(matchesGlob(name, pattern)).toBe(matches));

  it('takes no time on a hostile pattern', () => {
    const start = performance.now();
    expect(matchesGlob('a'.repeat(2000), `${'*a'.repeat(500)}b`)).toBe(false);
    expect(performance.now() - start).toBeLessThan(1000);
  });

  it('prefers the name, then the most exact pattern', () => {
    const entries = { '*': '/any', 'web-*': '/web', 'web-1': '/one' };
    expect(bestMatch('web-1', entries)?.value).toBe('/one');
    expect(bestMatch('web-2', entries)?.value).toBe('/web');
    expect(bestMatch('db', entries)?.value).toBe('/any');
    expect(bestMatch('db', { web: '/web' })).toBeNull();
  });
});
