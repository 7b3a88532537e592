import { expect, it } from 'vitest';
import { Profile } from '../profile/profile.ts';
import { ProfileViews } from '../profile/views.ts';
import { EVERYTHING } from '../profile/filter.ts';
import { hoverText } from './hover.ts';
import type { ActiveFile } from './sourceAnswers.ts';

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
const active = (of: Profile, file: string): ActiveFile => ({
  views: new ProfileViews(of),
  filter: EVERYTHING,
  rootNode: 0,
  selectedNode: 0,
  files: [file],
});
const ask = (file: string, line: number, word = ''): string | null => hoverText(active(profile, file), { line, word });

it('tells a line', () =>
  expect(ask('/build/kv/hash.c', 10)).toContain('| line 10 | &emsp;75.0 % (3 samples) | &emsp;75.0 % (3 samples) |'));
it('tells a call site, which has no self', () =>
  expect(ask('/build/kv/main.c', 3)).toContain('| line 3 | &emsp;0.0 % (0 samples) | &emsp;100.0 % (4 samples) |'));
it('tells a function by its name, wherever the name stands', () => {
  expect(ask('/build/kv/hash.c', 1, 'hash')).toContain('| `hash` | &emsp;100.0 % (4 samples) | &emsp;100.0 % (4 samples) |');
  expect(ask('/build/kv/main.c', 3, 'hash')).toContain('| `hash` | &emsp;100.0 % (4 samples)');
});
it('is silent about what the profile does not know', () => {
  expect(ask('/build/kv/hash.c', 99)).toBeNull();
  expect(ask('/build/kv/other.c', 10)).toBeNull();
});

it('tells time on a CPU from time that was blocked', () => {
  const both = simulated();
  const wait = both.table.named([
    { fn: both.table.internFunction({ ...both.table.functions[0]!, name: 'wait', file: '/build/kv/main.c' }), line: 9 },
  ]);
  both.add({ timeNs: 1, vcpu: 0, state: 2, weight: 6, stack: [wait] });
  both.add({ timeNs: 2, vcpu: 0, state: 1, weight: 1, stack: [wait] });
  const text = hoverText(active(both, '/build/kv/main.c'), { line: 9, word: 'hash' })!;
  expect(text).toContain('| Ringside | on CPU: self | total | blocked: self | total |');
  const cells = text.replaceAll('&emsp;', '');
  expect(cells).toContain('| line 9 | 20.0 % (1 sample) | 20.0 % (1 sample) | 100.0 % (6 samples) | 100.0 % (6 samples) |');
  expect(cells).toContain('| `hash` | 80.0 % (4 samples) | 80.0 % (4 samples) | 0.0 % (0 samples) | 0.0 % (0 samples) |');
  expect(text).toContain('of 5 samples on CPU and 6 samples blocked');
});

it('leads to callers and callees', () => {
  const text = ask('/build/kv/main.c', 3)!;
  const link = /`main` calls \[`hash`\]\(command:ringside\.openPlace\?(\S+)\) 100 %/.exec(text);
  expect(JSON.parse(decodeURIComponent(link![1]!))).toEqual([{ file: '/build/kv/hash.c', line: 10 }]);
  expect(ask('/build/kv/hash.c', 10)).toContain('`hash` is called by [`main`](command:ringside.openPlace?');
});
it('shows a name from a guest as text', () => {
  const evil = new Profile({ title: 'kv' });
  const name = 'a`](command:workbench.action.quit) | b';
  const info = {
    name,
    linkageName: '',
    file: '/build/kv/a.c',
    startLine: 0,
    module: '',
    category: 'application',
    unresolved: false,
  } as const;
  const fn = evil.table.internFunction(info);
  const caller = evil.table.internFunction({ ...info, name: 'caller' });
  evil.add({
    timeNs: 0,
    vcpu: 0,
    state: 0,
    weight: 1,
    stack: [evil.table.named([{ fn: caller, line: 2 }]), evil.table.named([{ fn, line: 5 }])],
  });
  const text = hoverText(active(evil, '/build/kv/a.c'), { line: 5, word: '' })!;
  expect(text).toContain('`a ](command:workbench.action.quit)   b` is called by');
});
