/** `npm run bench -- view [--nodes N,N] [--cpu]`: what a view waits for, against the size of the profile. */
import { parseArgs } from 'node:util';
import { benchEngine } from './viewEngine.ts';

export async function bench(args: string[]): Promise<void> {
  const { values } = parseArgs({
    args,
    options: { nodes: { type: 'string', default: '1000,10000,100000,1000000' }, cpu: { type: 'boolean', default: false } },
  });
  await benchEngine(values.nodes.split(',').map(Number), values.cpu);
}
