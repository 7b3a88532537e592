/** How the agent gets into dom0's memory: a bootstrap on the command line reads it from standard input and runs it. */
import { deflateSync } from 'node:zlib';
import { agentSource } from './source.ts';

/**
 * Python program for `python3 -c`: reads u32 LE length and so many bytes of zlib-compressed source, and runs it. What follows on standard
 * input is the agent's. One line, no single quote, no exclamation mark: whatever the login shell, it passes through single quotes unharmed.
 */
export const bootstrap = `exec("${[
  'import os,sys,zlib',
  'def r(n):',
  ' b=bytes()',
  ' while len(b)<n:',
  '  c=os.read(0,n-len(b))',
  '  if not c:',
  '   sys.exit(3)',
  '  b+=c',
  ' return b',
  'exec(compile(zlib.decompress(r(int.from_bytes(r(4),\\"little\\"))),\\"ringside-agent\\",\\"exec\\"))',
].join('\\n')}")`;

/** What the bootstrap reads. */
export function packedAgent(): Buffer {
  const packed = deflateSync(agentSource, { level: 9 });
  const length = Buffer.alloc(4);
  length.writeUInt32LE(packed.length);
  return Buffer.concat([length, packed]);
}
