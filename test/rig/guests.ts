/** Our own guests, compiled where the cache has no build of these sources. */
import { readdir } from 'node:fs/promises';
import path from 'node:path';
import { kept, keyOf } from './cache.ts';
import { must } from './run.ts';

/** The sources of the guest that all the tests profile. */
export const pantrySources = path.resolve(import.meta.dirname, '../guests/pantry');

const guestFolders = path.dirname(pantrySources);

/** The folder of the built kernels: pantry, pantry.stripped, pantry-pvh, ladder and others (see the Makefile). Takes about a second, once. */
export async function builtGuests(): Promise<string> {
  const compiler = await must('cc', ['--version']);
  const key = await keyOf([compiler], [guestFolders]);
  return kept('guests', key, async (into) => {
    await must('make', ['-s', '-j2', '-f', path.join(pantrySources, 'Makefile'), `OUT=${into}`]);
  });
}

/** Everything a dom0 needs in /root to create our guests: kernels and xl configurations. */
export async function guestFiles(): Promise<string[]> {
  const kernels = await builtGuests();
  const built = (await readdir(kernels, { withFileTypes: true })).filter((entry) => entry.isFile());
  const sources = await readdir(guestFolders, { recursive: true });
  const configurations = sources.filter((name) => name.endsWith('.cfg'));
  return [...built.map(({ name }) => path.join(kernels, name)), ...configurations.map((name) => path.join(guestFolders, name))];
}
