import { expect, it } from 'vitest';
import { EVERYTHING } from './filter.ts';
import { Profile } from './profile.ts';
import { ProfileViews } from './views.ts';
import { walk } from './walk.ts';

/** Simulated: main.c:3 calls serve, whose line 11 calls hash (6 samples: 4 on line 20, 2 on 21) and line 12 log (3); main.c:5 calls idle (4). */
function simulated(): ProfileViews {
  const profile = new Profile({ title: 'kv' });
  const { table } = profile;
  const at = (name: string, line: number): number => {
    const info = {
      name,
      linkageName: '',
      file: `/kv/${name}.c`,
      startLine: 0,
      module: '',
      category: 'application',
      unresolved: false,
    } as const;
    return table.named([{ fn: table.internFunction(info), line }]);
  };
  const add = (weight: number, ...stack: number[]): void => profile.add({ timeNs: 0, vcpu: 0, state: 0, weight, stack });
  add(4, at('main', 3), at('serve', 11), at('hash', 20));
  add(2, at('main', 3), at('serve', 11), at('hash', 21));
  add(3, at('main', 3), at('serve', 12), at('log', 30));
  add(4, at('main', 5), at('idle', 40));
  return new ProfileViews(profile);
}

const placed = simulated().placed(EVERYTHING);
const told = (through: number | null): string[] =>
  walk(placed, through).steps.map(({ frame, place, total }) => `${frame.name} ${total} ${place?.file}:${place?.line}`);
const nodeOf = (name: string): number => walk(placed, null).steps.find(({ frame }) => frame.name === name)?.node ?? 0;

it('leads from the root to the leaf, and stands on each call site', () =>
  expect(told(null)).toEqual(['main 13 /kv/main.c:3', 'serve 9 /kv/serve.c:11', 'hash 6 /kv/hash.c:20']));

it('leads through what is selected', () => {
  const { tree, functions } = placed.weighted;
  const log = tree.keys.findIndex((key) => key >= 0 && functions[key >> 1]!.name === 'log');
  expect(told(log)).toEqual(['main 13 /kv/main.c:3', 'serve 9 /kv/serve.c:12', 'log 3 /kv/log.c:30']);
  expect(told(nodeOf('serve'))).toEqual(told(null));
});

it('passes over a node that is not there', () => expect(told(999)).toEqual(told(null)));

it('ends where more is spent than in any callee', () => {
  const views = simulated();
  const main = views.profile.table.functions.findIndex(({ name }) => name === 'serve');
  const { table } = views.profile;
  const [top, serve] = [table.named([{ fn: 0, line: 3 }]), table.named([{ fn: main, line: 14 }])];
  views.profile.add({ timeNs: 0, vcpu: 0, state: 0, weight: 7, stack: [top, serve] });
  expect(walk(views.placed(EVERYTHING), null).steps.map(({ frame }) => frame.name)).toEqual(['main', 'serve']);
});
