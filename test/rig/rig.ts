/**
 * A real Xen with a Debian dom0, in QEMU. Starts in seconds from a saved state; each start is a clean machine; several run side by side.
 *
 *     const rig = await startRig();
 *     await rig.createGuest('pantry');
 *     await rig.ssh('xl list');
 *     await rig.stop();
 */
import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { latestAccount, type VcpuAccount } from './account.ts';
import { mustSsh, put, ssh, untilReady, writeSshConfig } from './dom0.ts';
import { claimRunFolder, leftBehind, removeRunFolder, rigNames, runFolder } from './folders.ts';
import { guestFiles } from './guests.ts';
import { freePort, launch, machinePid, PortTaken, unplug, usualMachine, type MachineOptions } from './machine.ts';
import type { CommandOptions, CommandResult } from './run.ts';
import { savedState, type SavedState } from './state.ts';

export interface RigOptions extends Partial<MachineOptions> {
  readonly name?: string;
  /** Port of dom0's sshd on loopback; a free one where it is left out. */
  readonly port?: number;
  /** Outlives this process, until somebody stops it. */
  readonly detached?: boolean;
}

export class Rig {
  readonly name: string;
  readonly port: number;
  /** Sockets, logs and ssh configuration; gone when the rig is. */
  readonly folder: string;
  /** For `ssh -F FILE rig` (root), `rig-admin` (has sudo) and `rig-visitor` (has not). */
  readonly sshConfig: string;

  constructor(name: string, port: number, folder: string) {
    this.name = name;
    this.port = port;
    this.folder = folder;
    this.sshConfig = path.join(folder, 'ssh_config');
  }

  /** Runs a command in dom0 as root, whatever its exit code. */
  ssh(command: string, options?: CommandOptions): Promise<CommandResult> {
    return ssh(this.sshConfig, command, options);
  }

  /** Copies a local file or folder to dom0. */
  put(localPath: string, remotePath: string): Promise<void> {
    return put(this.sshConfig, [localPath], remotePath);
  }

  /**
   * Creates a guest from /root/NAME.cfg, such as pantry or pantry-pair, with settings of xl's configuration changed.
   * For a second guest of the same configuration give another name: `createGuest('pantry', { name: 'larder' })`.
   */
  async createGuest(name: string, settings: Readonly<Record<string, string | number>> = {}): Promise<void> {
    const changes = Object.entries(settings).map(([key, value]) => quote(`${key}=${JSON.stringify(value)}`));
    await mustSsh(this.sshConfig, ['xl create -q', `/root/${name}.cfg`, ...changes].join(' '));
  }

  /** What a guest has printed on its console. */
  console(guest: string): Promise<string> {
    return mustSsh(this.sshConfig, `cat ${quote(`/var/log/xen/guest-${guest}.log`)}`);
  }

  /** A guest's own account of its time: ms since it started by function, for each vCPU. */
  async account(guest: string): Promise<VcpuAccount[]> {
    return latestAccount(await this.console(guest));
  }

  /** The process id of QEMU; null where it has ended. */
  pid(): Promise<number | null> {
    return machinePid(this.folder);
  }

  /** Pulls the plug. */
  async stop(): Promise<void> {
    await unplug(this.folder);
    await removeRunFolder(this.folder);
  }
}

const quote = (word: string) => `'${word.replaceAll("'", String.raw`'\''`)}'`;

/** Builds what is missing, starts a rig, and copies our guests' kernels and configurations to dom0's /root. Ends with this process. */
export async function startRig(options: RigOptions = {}): Promise<Rig> {
  const state = await savedState({ ...usualMachine, ...options });
  const files = await guestFiles();
  const { name, folder } = await claimRunFolder(options.name);
  try {
    const port = await power(state, folder, options);
    const config = path.join(folder, 'ssh_config');
    await untilReady(config, async () => (await machinePid(folder)) !== null, 60_000);
    await mustSsh(config, `date -s @${Math.round(Date.now() / 1000)}`); // the saved state's clock stood still
    await put(config, files, '/root/');
    return new Rig(name, port, folder);
  } catch (cause) {
    await unplug(folder);
    await removeRunFolder(folder);
    throw new Error(`the rig ${name} did not start`, { cause });
  }
}

async function power(state: SavedState, folder: string, options: RigOptions): Promise<number> {
  const { hardware, disk, memory } = state;
  for (let tries = 0; ; tries++) {
    const port = options.port ?? (await freePort());
    await writeSshConfig(folder, state.image, port);
    await writeFile(path.join(folder, 'port'), `${port}\n`);
    try {
      const drive = { file: disk, keepWrites: false };
      await launch({ hardware, drive, sshPort: port, runFolder: folder, state: memory, mortal: options.detached !== true });
      return port;
    } catch (cause) {
      if (!(cause instanceof PortTaken) || options.port !== undefined || tries === 5) throw cause;
    }
  }
}

/** The rigs that run now, whoever started them. Clears away what is left of those that were killed. */
export async function runningRigs(): Promise<Rig[]> {
  const rigs: Rig[] = [];
  for (const name of await rigNames()) {
    const folder = await runFolder(name);
    if ((await machinePid(folder)) !== null) rigs.push(new Rig(name, Number(await readFile(path.join(folder, 'port'), 'utf8')), folder));
    else if (await leftBehind(folder)) await removeRunFolder(folder);
  }
  return rigs;
}
