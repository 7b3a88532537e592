import { readFile } from 'node:fs/promises';
import { expect, it } from 'vitest';
import { commandIds } from './commandIds.ts';

interface Manifest {
  contributes: { commands: { command: string; title: string }[]; menus: Record<string, { command?: string; when?: string }[]> };
}

const read = async (name: string): Promise<unknown> => JSON.parse(await readFile(name, 'utf8'));

it('the manifest contributes exactly the commands that exist', async () => {
  const { contributes } = (await read('package.json')) as Manifest;
  expect(contributes.commands.map(({ command }) => command).sort()).toEqual([...commandIds].sort());
  const known = new Set<string>(commandIds);
  for (const items of Object.values(contributes.menus)) for (const { command } of items) expect(known).toContain(command);
});

it('every text of the manifest that is named is written', async () => {
  const manifest = JSON.stringify(await read('package.json'));
  const texts = (await read('package.nls.json')) as Record<string, string>;
  const named = new Set([...manifest.matchAll(/"%([\w.]+)%"/g)].map(([, key]) => key!));
  expect([...named].sort()).toEqual(Object.keys(texts).sort());
});
