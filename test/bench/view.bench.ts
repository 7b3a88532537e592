/**
 * `npm run bench -- view [--nodes N,N] [--part engine|browser|recording] [--cpu]`: what a view waits for, against the size of the profile. `--cpu`: the engine's figures
 * are of processor time, for a machine that has other things to do.
 */
import { parseArgs } from 'node:util';
import { must } from '../rig/run.ts';
import { benchBrowser } from './viewBrowser.ts';
import { benchEngine } from './viewEngine.ts';
import { benchRecording } from './viewRecording.ts';

const RECORDED_SECONDS = 12;

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
  const has = (part: string): boolean => values.part === undefined || values.part === part;
  if (has('engine')) await benchEngine(sizes, values.cpu);
  if (!has('browser') && !has('recording')) return;
  await must(process.execPath, ['build.mjs']);
  if (has('browser')) await benchBrowser(sizes);
  if (has('recording')) await benchRecording(RECORDED_SECONDS);
}
