/** dom0's disk and kernels, built by image.sh from Debian's packages. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { kept, keyOf } from './cache.ts';

const here = import.meta.dirname;

export interface Image {
  readonly key: string;
  readonly folder: string;
}

/** Builds the image where the cache has none: about a minute, nearly all of it Debian's packages. Needs root, or sudo without a password. */
export async function dom0Image(): Promise<Image> {
  const key = await keyOf([], [path.join(here, 'image.sh'), path.join(here, 'dom0')]);
  const folder = await kept('image', key, async (into) => {
    console.log('building dom0 from Debian packages (about a minute, once)');
    const command = ['bash', path.join(here, 'image.sh'), into];
    const asRoot = process.getuid?.() === 0 ? command : ['sudo', '-n', ...command];
    const child = spawn(asRoot[0]!, asRoot.slice(1), { stdio: ['ignore', 'inherit', 'inherit'] });
    const [code] = (await once(child, 'close')) as [number | null];
    if (code !== 0) throw new Error(`${command.join(' ')} failed (${code ?? 'signal'}): see its messages above`);
  });
  return { key, folder };
}
