/**
 * `npm run bench -- view [--nodes N,N] [--part engine|browser] [--cpu]`: what a view waits for, against the size of the profile. `--cpu`: the engine's figures
 * are of processor time, for a machine that has other things to do.
 */
import { parseArgs } from 'node:util';
import { must } from '../rig/run.ts';
import { benchBrowser } from './viewBrowser.ts';
import { benchEngine } from './viewEngine.ts';

export async function bench(args: string[]): Promise<void> {
  const { values } = parseArgs({
    args,
    options: {
      nodes: { type: 'string', default: '1000,10000,100000,1000000' },
      part: { type: 'string' },
      cpu: { type: 'boolean', default: false },
    },
  });
  const sizes = values.nodes.split(',').map(Number);
  if (values.part !== 'browser') await benchEngine(sizes, values.cpu);
  if (values.part === 'engine') return;
  await must(process.execPath, ['build.mjs']);
  await benchBrowser(sizes);
}
