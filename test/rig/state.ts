/** The saved state: a dom0 that has just started, to go on from in seconds. */
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { kept, keyOf } from './cache.ts';
import { mustSsh, untilReady, writeSshConfig } from './dom0.ts';
import { dom0Image } from './image.ts';
import { control, freePort, hardware, launch, machinePid, unplug, type MachineOptions } from './machine.ts';
import { must } from './run.ts';
import { claimRunFolder, removeRunFolder } from './folders.ts';

export interface SavedState {
  /** Image folder: kernels, keys. */
  readonly image: string;
  readonly hardware: readonly string[];
  readonly disk: string;
  readonly memory: string;
}

/** Boots dom0 and saves it, where the cache has no state of this machine. About 40 s, once. */
export async function savedState(options: MachineOptions): Promise<SavedState> {
  const image = await dom0Image();
  const machine = hardware(options, image.folder);
  const qemu = await must('qemu-system-x86_64', ['--version']);
  const key = await keyOf([image.key, qemu, ...machine]);
  const folder = await kept('state', key, async (into) => {
    console.log(`starting dom0 for the first time (${options.smp} CPUs${options.icount ? ', virtual time' : ''}) and saving its state`);
    await bootAndSave(machine, image.folder, into);
  });
  return { image: image.folder, hardware: machine, disk: path.join(folder, 'disk.qcow2'), memory: path.join(folder, 'memory.zst') };
}

async function bootAndSave(machine: readonly string[], image: string, into: string): Promise<void> {
  const disk = path.join(into, 'disk.qcow2');
  await must('qemu-img', ['create', '-q', '-f', 'qcow2', '-F', 'raw', '-b', path.join(image, 'dom0.ext4'), disk]);
  const { folder } = await claimRunFolder(`first-start-${process.pid}`);
  const port = await freePort();
  await writeFile(path.join(folder, 'port'), `${port}\n`);
  await launch({ hardware: machine, drive: { file: disk, keepWrites: true }, sshPort: port, runFolder: folder, mortal: true });
  try {
    const config = await writeSshConfig(folder, image, port);
    await untilReady(config, async () => (await machinePid(folder)) !== null, 300_000);
    await mustSsh(config, 'xl list && sync && echo 3 > /proc/sys/vm/drop_caches');
    await control(folder, (qmp) => qmp.save(`zstd -q -1 > '${path.join(into, 'memory.zst')}'`));
  } finally {
    await unplug(folder);
    await removeRunFolder(folder);
  }
}
