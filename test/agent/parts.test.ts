/** The agent's parts that need no Xen, tested in their own language. */
import { spawnSync } from 'node:child_process';
import { expect, test } from 'vitest';
import { agentParts, agentSource } from '../../extension/dom0/agent/source.ts';
import native from './native.py';
import parts from './parts.py';

function python(source: string): { stdout: string; stderr: string; status: number | null } {
  return spawnSync('python3', ['-I', '-S', '-B', '-'], { input: source, encoding: 'utf8' });
}

test('page-table walks, pauses, lists of guests', () => {
  expect(python(`${agentParts}\n\n${parts}`)).toMatchObject({ stderr: '', stdout: 'all is well\n', status: 0 });
});

test('the native shutter, the schedule and the budget', () => {
  expect(python(`${agentParts}\n\n${native}`)).toMatchObject({ stderr: '', stdout: 'all is well\n', status: 0 });
});

test('nothing in it is newer than Python 3.4, so that an older one can say that it is too old', () => {
  const check = `import ast,sys,warnings\nast.parse(${JSON.stringify(agentSource)}, feature_version=(3, 4))\nprint('old enough')`;
  expect(python(check).stdout).toBe('old enough\n');
});
