/** Run folders: one a running rig, of this user only. */
import { lstat, mkdir, readdir, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';

/** The folder of all run folders. Short, as a socket's path may have 107 bytes. */
async function base(): Promise<string> {
  const uid = process.getuid?.() ?? 0;
  const folder = path.join(tmpdir(), `ringside-rigs-${uid}`);
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const { uid: owner, mode } = await lstat(folder);
  if (owner !== uid || (mode & 0o077) !== 0) throw new Error(`${folder} is not this user's alone. Remove it, or set TMPDIR.`);
  return folder;
}

/** Where the rig of this name has its sockets, logs and ssh configuration. The folder may not exist. */
export async function runFolder(name: string): Promise<string> {
  if (!/^[a-z0-9][a-z0-9-]{0,30}$/.test(name)) throw new Error(`'${name}' is no name for a rig: letters, digits and hyphens`);
  return path.join(await base(), name);
}

/** Makes a new run folder. With no name given, the first of rig, rig-2, rig-3 that is free. */
export async function claimRunFolder(name?: string): Promise<{ name: string; folder: string }> {
  for (let i = 1; ; i++) {
    const candidate = name ?? (i === 1 ? 'rig' : `rig-${i}`);
    const folder = await runFolder(candidate);
    try {
      await mkdir(folder);
      return { name: candidate, folder };
    } catch (cause) {
      if ((cause as NodeJS.ErrnoException).code !== 'EEXIST') throw cause;
      if (name !== undefined) throw new Error(`there is a rig named ${name} already: stop it, or choose another name`, { cause });
    }
  }
}

/** Names of all run folders. */
export async function rigNames(): Promise<string[]> {
  return (await readdir(await base())).sort();
}

/** A folder whose rig has no machine is a start under way, or the rest of one that was killed: that is older. */
export async function leftBehind(folder: string): Promise<boolean> {
  return Date.now() - (await stat(folder)).mtimeMs > 60_000;
}

export async function removeRunFolder(folder: string): Promise<void> {
  await rm(folder, { recursive: true, force: true });
}
