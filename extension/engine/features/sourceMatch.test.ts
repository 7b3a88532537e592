import { expect, it } from 'vitest';
import type { HostRequests } from '../../protocol.ts';
import { Profile } from '../profile/profile.ts';
import { ProfileViews } from '../profile/views.ts';
import { SourceMatch } from './sourceMatch.ts';

type Question = HostRequests['ringside/locate']['params'];

/** Simulated: a profile with a sample in each of some files, and an editor's side that says that `known` files are what they may be. */
function simulated(known: readonly string[], ...files: string[]) {
  const profile = new Profile({ title: 'kv' });
  const add = (file: string): void => {
    const fn = profile.table.internFunction({
      name: file,
      linkageName: '',
      file,
      startLine: 0,
      module: '',
      category: 'application',
      unresolved: false,
    });
    profile.add({ timeNs: 0, vcpu: 0, state: 0, weight: 1, stack: [profile.table.named([{ fn, line: 1 }])] });
  };
  files.forEach(add);
  const match = new SourceMatch();
  const asked: Question[] = [];
  match.locate = (question) => {
    asked.push(question);
    return Promise.resolve(known.includes(question.path) ? question.built : []);
  };
  const views = new ProfileViews(profile);
  return {
    match,
    asked,
    add,
    files: (path: string) => match.filesOf(views, path),
    namesakes: (path: string) => match.namesakes(views, path),
  };
}

it('takes no file for another because of its name alone', async () => {
  const { files, asked, namesakes } = simulated(['/w/src/main.c'], '/build/kv/src/main.c');
  expect(await files('/w/src/main.c')).toEqual(['/build/kv/src/main.c']);
  expect(await files('/w/tests/main.c')).toEqual([]);
  expect(await files('/w/src/other.c')).toEqual([]);
  expect(asked).toEqual(['/w/src/main.c', '/w/tests/main.c'].map((path) => ({ path, built: ['/build/kv/src/main.c'] })));
  expect(namesakes('/w/tests/main.c')).toEqual(['/build/kv/src/main.c']);
  expect(namesakes('/w/src/other.c')).toEqual([]);
});

it('asks once for a file, and again when its profile knows another of that name, or something else is said', async () => {
  const { match, files, asked, add } = simulated(['/w/main.c'], '/build/main.c');
  await Promise.all([files('/w/main.c'), files('/w/main.c')]);
  await files('/w/main.c');
  expect(asked).toHaveLength(1);
  add('/build/lib/main.c');
  expect(await files('/w/main.c')).toEqual(['/build/main.c', '/build/lib/main.c']);
  expect(asked).toHaveLength(2);
  match.renew({});
  await files('/w/main.c');
  expect(asked).toHaveLength(3);
  match.renew({ '/build/lib': '/w' });
  expect(await files('/w/main.c')).toEqual(['/build/lib/main.c']);
  expect(asked).toHaveLength(3);
});

it('needs nobody for the very path, and asks again after a failure', async () => {
  const { match, files } = simulated([], '/w/main.c');
  match.locate = () => Promise.reject(new Error('the window is closing'));
  expect(await files('/w/main.c')).toEqual(['/w/main.c']);
  await expect(files('/x/main.c')).rejects.toThrow('closing');
  match.locate = ({ built }) => Promise.resolve(built);
  expect(await files('/x/main.c')).toEqual(['/w/main.c']);
});
