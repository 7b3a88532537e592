import { expect, test } from 'vitest';
import { sshArguments } from './arguments.ts';

const call = {
  sshArguments: ['-F', '/my config'],
  destination: 'root@dom0',
  remoteCommand: 'run me',
  interactive: true,
  controlFolder: '/run/user/1/ringside-1',
};

test('the destination and the command come last, after --', () => {
  expect(sshArguments(call).slice(-3)).toEqual(['--', 'root@dom0', 'run me']);
  expect(sshArguments(call).slice(0, 3)).toEqual(['-F', '/my config', '-T']);
});

test('asks only where there is somebody to answer', () => {
  expect(sshArguments(call)).not.toContain('BatchMode=yes');
  expect(sshArguments({ ...call, interactive: false })).toContain('BatchMode=yes');
});

test('shares a connection only where there is a folder for its socket', () => {
  const shared = sshArguments(call).filter((word) => word.startsWith('Control'));
  expect(shared).toEqual([
    'ControlMaster=auto',
    expect.stringMatching(/^ControlPath=\/run\/user\/1\/ringside-1\/[0-9a-f]{6}-%C$/),
    'ControlPersist=60',
  ]);
  const alone = sshArguments({ ...call, controlFolder: null }).filter((word) => word.startsWith('Control'));
  expect(alone).toEqual(['ControlMaster=no', 'ControlPath=none']);
});

test('other ssh arguments never share a connection', () => {
  const path = (args: string[]): string | undefined =>
    sshArguments({ ...call, sshArguments: args }).find((word) => word.startsWith('ControlPath'));
  expect(path(['-F', 'a'])).not.toBe(path(['-F', 'b']));
});
