/** dom0 over ssh. */
import { copyFile, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { must, run, type CommandOptions, type CommandResult } from './run.ts';

/** Writes the ssh configuration of a rig, for `ssh -F FILE rig`, and all it needs, into its run folder. Returns its path. */
export async function writeSshConfig(runFolder: string, image: string, port: number): Promise<string> {
  const file = (name: string) => path.join(runFolder, name);
  const hostKey = await readFile(path.join(image, 'host_key.pub'), 'utf8');
  await writeFile(file('known_hosts'), `[127.0.0.1]:${port} ${hostKey.split(' ', 2).join(' ')}\n`);
  await copyFile(path.join(image, 'id_ed25519'), file('id_ed25519'));
  const common = `  HostName 127.0.0.1
  Port ${port}
  IdentityFile "${file('id_ed25519')}"
  IdentitiesOnly yes
  UserKnownHostsFile "${file('known_hosts')}"
  StrictHostKeyChecking yes
`;
  const users = { rig: 'root', 'rig-admin': 'admin', 'rig-visitor': 'visitor' };
  const config = Object.entries(users).map(([host, user]) => `Host ${host}\n  User ${user}\n${common}`);
  await writeFile(file('ssh_config'), config.join('\n'));
  return file('ssh_config');
}

/** Runs a command in dom0, as root, and waits for its end. */
export function ssh(config: string, command: string, options?: CommandOptions): Promise<CommandResult> {
  return run('ssh', ['-F', config, '-o', 'BatchMode=yes', 'rig', command], options);
}

/** The same, but anything other than success is an error. Returns standard output. */
export function mustSsh(config: string, command: string, options?: CommandOptions): Promise<string> {
  return must('ssh', ['-F', config, '-o', 'BatchMode=yes', 'rig', command], options);
}

/** Copies local files to dom0. */
export async function put(config: string, localPaths: readonly string[], remotePath: string): Promise<void> {
  await must('scp', ['-F', config, '-q', '-r', '-o', 'BatchMode=yes', ...localPaths, `rig:${remotePath}`]);
}

/** Waits until dom0 answers and xl works. */
export async function untilReady(config: string, alive: () => Promise<boolean>, timeoutMs: number): Promise<void> {
  const end = Date.now() + timeoutMs;
  let last: CommandResult;
  do {
    last = await run('ssh', ['-F', config, '-o', 'BatchMode=yes', '-o', 'ConnectTimeout=5', 'rig', 'test -e /run/rig.ready'], {
      timeoutMs: 20_000,
    });
    if (last.code === 0) return;
    if (!(await alive())) throw new Error('QEMU ended while dom0 was starting');
    await sleep(200);
  } while (Date.now() < end);
  throw new Error(`dom0 was not ready after ${timeoutMs / 1000} s: ${last.stderr.trim()}`);
}
