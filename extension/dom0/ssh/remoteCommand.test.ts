import { execFileSync, spawnSync } from 'node:child_process';
import { expect, test } from 'vitest';
import { packedAgent } from '../agent/bootstrap.ts';
import { MARKER } from '../agent/frames.ts';
import { quoteWord, remoteCommand } from './remoteCommand.ts';

const shells = ['sh', 'bash', 'dash', 'zsh', 'ksh', 'tcsh', 'fish', 'busybox'].filter(
  (shell) => spawnSync(shell, ['-c', 'true']).error === undefined,
);
const words = [
  'plain',
  '',
  'two words',
  "it's",
  '"quoted"',
  '$HOME `id` $(id)',
  'back\\slash',
  'a;b&c|d>e<f',
  '*?[a]~',
  '#no',
  'tab\there',
  'ünï',
  '-n',
  "'",
  "''",
];

test.each(words)('every shell gives %j back', (word) => {
  expect(shells).toContain('sh');
  for (const shell of shells) {
    const args = shell === 'busybox' ? ['sh', '-c'] : ['-c'];
    expect([shell, execFileSync(shell, [...args, `printf %s ${quoteWord(word)}`], { encoding: 'utf8' })]).toEqual([shell, word]);
  }
});

const host = { name: 'h' };
const start = String.raw`exec env LC_ALL=C sh -c '"$0" "$@" || exit $?' `;
test.each([
  [host, 'python3 -I -S -B -c '],
  [{ ...host, sudo: true }, 'sudo -n -- python3 -I'],
  [{ ...host, path: ['/opt/xen/sbin', "/it's here"] }, String.raw`env PATH=/opt/xen/sbin:'/it'\''s here':"$PATH" python3 -I`],
  [{ ...host, sudo: true, path: ['/x'] }, 'sudo -n -- env PATH=/x:"$PATH" python3 -I'],
])('the command for %j', (config, expected) => expect(remoteCommand(config).startsWith(start + expected)).toBe(true));

test.each(['relative', '/a:b', '/new\nline', '', '~/bin'])('refuses %j as a folder', (folder) => {
  expect(() => remoteCommand({ name: 'h', path: [folder] })).toThrow(/"path" of the host h/);
});

test('every shell starts the agent', () => {
  const input = Buffer.concat([packedAgent(), Buffer.from('{"op":"nonsense"}\n')]);
  for (const shell of shells) {
    const args = shell === 'busybox' ? ['sh', '-c'] : ['-c'];
    const { stdout, status } = spawnSync(shell, [...args, remoteCommand({ name: 'h', path: ['/no such folder'] })], { input });
    expect([shell, status, stdout.indexOf(MARKER)]).toEqual([shell, 1, 0]);
    expect(stdout.toString('latin1')).toContain('"code": "bad-request"');
  }
});
