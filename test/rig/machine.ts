/** The emulated machine: QEMU's arguments, its start and its end. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { open, readFile } from 'node:fs/promises';
import net from 'node:net';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Qmp } from './qmp.ts';

export interface MachineOptions {
  /** Processors; Xen gives CPU 0 to dom0, and guests are pinned to the others. */
  readonly smp: number;
  /** Virtual time: one instruction is one virtual nanosecond, so every run is the same. For costs, not for percentages. */
  readonly icount: boolean;
  readonly memoryMiB: number;
}

export const usualMachine: MachineOptions = { smp: 2, icount: false, memoryMiB: 1536 };

/** What a saved state depends on, besides dom0's image and QEMU itself. */
export function hardware({ smp, icount, memoryMiB }: MachineOptions, image: string): string[] {
  const xen = 'console=com1 com1=115200,8n1 loglvl=warning dom0_mem=640M,max:640M dom0_max_vcpus=1 dom0_vcpus_pin';
  const linux = 'console=hvc0 quiet mitigations=off nokaslr net.ifnames=0 random.trust_cpu=on tsc=reliable';
  return [
    ...['-nodefaults', '-no-user-config', '-display', 'none', '-machine', 'q35'],
    // Real nested paging, so that PVH guests run too. Without KVM: what CI machines offer under that name, Xen does not survive.
    ...['-cpu', 'qemu64,+svm,+npt,+pdpe1gb', '-smp', String(smp), '-m', String(memoryMiB)],
    ...['-accel', `tcg,thread=${icount ? 'single' : 'multi'},tb-size=512`],
    ...(icount ? ['-icount', 'shift=0,sleep=off'] : []),
    ...['-kernel', path.join(image, 'xen'), '-append', `xen ${xen}`],
    ...['-initrd', `${path.join(image, 'vmlinuz')} ${linux},${path.join(image, 'initrd.img')}`],
    ...['-device', 'virtio-rng-pci'],
  ];
}

export interface Drive {
  readonly file: string;
  /** Where false, nothing that is written to the disk is kept. */
  readonly keepWrites: boolean;
}

export interface Launch {
  readonly hardware: readonly string[];
  readonly drive: Drive;
  readonly sshPort: number;
  readonly runFolder: string;
  /** A state saved by zstd, to go on from. */
  readonly state?: string;
  /** Ends with this process. */
  readonly mortal: boolean;
}

const controlSocket = (runFolder: string) => path.join(runFolder, 'control');
const pidFile = (runFolder: string) => path.join(runFolder, 'pid');

/** The port was taken between being found free and being opened. */
export class PortTaken extends Error {}

/** Starts QEMU in the background. Its ssh port is open on loopback only, and dom0 reaches nothing. */
export async function launch({ hardware: machine, drive, sshPort, runFolder, state, mortal }: Launch): Promise<void> {
  const args = [
    ...machine,
    ...['-drive', `file=${drive.file},if=virtio,format=qcow2,snapshot=${drive.keepWrites ? 'off' : 'on'},cache=unsafe`],
    ...['-netdev', `user,id=n0,restrict=on,hostfwd=tcp:127.0.0.1:${sshPort}-:22`, '-device', 'virtio-net-pci,netdev=n0,romfile='],
    ...['-serial', `file:${path.join(runFolder, 'serial.log')}`],
    ...['-qmp', `unix:${controlSocket(runFolder)},server=on,wait=off`],
    ...['-pidfile', pidFile(runFolder)],
    ...(state === undefined ? [] : ['-incoming', `exec:zstd -dcq < '${state}'`]),
  ];
  const log = path.join(runFolder, 'qemu.log');
  const output = await open(log, 'w');
  const command = ['qemu-system-x86_64', ...args];
  if (mortal) command.unshift('setpriv', '--pdeathsig', 'KILL');
  const child = spawn(command[0]!, command.slice(1), { detached: true, stdio: ['ignore', output.fd, output.fd] });
  await once(child, 'spawn');
  await output.close();
  child.unref();
  while (!existsSync(controlSocket(runFolder))) {
    if (child.exitCode !== null || child.signalCode !== null) throw await failure(log);
    await sleep(20);
  }
  if (state !== undefined) await control(runFolder, (qmp) => qmp.resume());
}

async function failure(log: string): Promise<Error> {
  const message = (await readFile(log, 'utf8')).trim();
  return message.includes('host forwarding rule') ? new PortTaken(message) : new Error(`QEMU did not start: ${message}`);
}

/** Talks to a running machine. */
export async function control<T>(runFolder: string, work: (qmp: Qmp) => Promise<T>): Promise<T> {
  const qmp = await Qmp.connect(controlSocket(runFolder));
  try {
    return await work(qmp);
  } finally {
    qmp.close();
  }
}

/** The process id of the machine of a run folder; null where it has ended. */
export async function machinePid(runFolder: string): Promise<number | null> {
  if (!existsSync(pidFile(runFolder))) return null;
  const pid = Number.parseInt(await readFile(pidFile(runFolder), 'utf8'));
  return Number.isInteger(pid) && (await runs(pid, runFolder)) ? pid : null;
}

/** Whether this process is that machine, and not something else that was given its number. */
async function runs(pid: number, runFolder: string): Promise<boolean> {
  const commandLine = await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => ''); // there is no such process
  return commandLine.split('\0').includes(pidFile(runFolder));
}

/** Ends the machine as if its plug were pulled, and waits until it is gone. */
export async function unplug(runFolder: string): Promise<void> {
  const pid = await machinePid(runFolder);
  if (pid === null) return;
  process.kill(pid, 'SIGTERM');
  for (let tries = 0; tries < 200; tries++) {
    await sleep(50);
    if (!(await runs(pid, runFolder))) return;
    if (tries === 100) process.kill(pid, 'SIGKILL');
  }
  throw new Error(`QEMU of ${runFolder} (process ${pid}) does not end`);
}

/** A port of loopback that nothing uses now. */
export async function freePort(): Promise<number> {
  const server = net.createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as net.AddressInfo;
  server.close();
  return port;
}
