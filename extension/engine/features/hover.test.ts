import { expect, it } from 'vitest';
import { Profile } from '../profile/profile.ts';
import { ProfileViews } from '../profile/views.ts';
import { hoverText } from './hover.ts';

/** Simulated: `hash`, called from line 3 of /build/kv/main.c, runs lines 10 and 11 of /build/kv/hash.c. */
function simulated(): Profile {
  const profile = new Profile({ title: 'kv' });
  const { table } = profile;
  const fn = (name: string, file: string): number =>
    table.internFunction({ name, linkageName: '', file, startLine: 0, module: '', category: 'application', unresolved: false });
  const main = table.named([{ fn: fn('main', '/build/kv/main.c'), line: 3 }]);
  for (const [line, weight] of [[10, 3] as const, [11, 1] as const]) {
    const hash = table.named([{ fn: fn('hash', '/build/kv/hash.c'), line }]);
    profile.add({ timeNs: 0, vcpu: 0, state: 0, weight, stack: [main, hash] });
  }
  return profile;
}

const profile = simulated();
const ask = (path: string, line: number, word = ''): string | null => hoverText(new ProfileViews(profile), { path, line, word }, {});

it('tells a line', () => expect(ask('/home/me/kv/hash.c', 10)).toContain('| line 10 | 75.0 % (3 samples) | 75.0 % (3 samples) |'));
it('tells a call site, which has no self', () =>
  expect(ask('/home/me/kv/main.c', 3)).toContain('| line 3 | 0.0 % (0 samples) | 100.0 % (4 samples) |'));
it('tells a function by its name, wherever the name stands', () => {
  expect(ask('/home/me/kv/hash.c', 1, 'hash')).toContain('| `hash` | 100.0 % (4 samples) | 100.0 % (4 samples) |');
  expect(ask('/home/me/kv/main.c', 3, 'hash')).toContain('| `hash` | 100.0 % (4 samples)');
});
it('is silent about what the profile does not know', () => {
  expect(ask('/home/me/kv/hash.c', 99)).toBeNull();
  expect(ask('/home/me/kv/other.c', 10)).toBeNull();
});
