/** A folder that only this user can enter, with a name short enough for sockets. */
import { chmodSync, existsSync, lstatSync, mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir, userInfo } from 'node:os';
import path from 'node:path';

/**
 * sun_path holds 104 bytes on macOS and 108 on Linux, its end included. ssh needs 7 for our key, 40 for %C and 17 for the name it binds
 * before it renames.
 */
const LONGEST_FOLDER = 104 - 1 - 7 - 40 - 17 - 1;

/** The user's folder for shared connections, the same for every process of theirs; null where none can be trusted. */
export function privateFolder(base: string | undefined, platform = process.platform): string | null {
  if (platform === 'win32') return secured(path.join(base ?? tmpdir(), 'ringside'), platform);
  // macOS's own temporary folders have names too long for a socket
  const bases = base === undefined ? [process.env['XDG_RUNTIME_DIR'], '/tmp'] : [base];
  for (const candidate of bases) {
    if (candidate === undefined || !path.isAbsolute(candidate) || !existsSync(candidate)) continue;
    const folder = path.join(candidate, `ringside-${userInfo().uid}`);
    if (Buffer.byteLength(folder) > LONGEST_FOLDER) continue;
    const found = secured(folder, platform);
    if (found !== null) return found;
  }
  return null;
}

/** A folder of this process alone, under the user's; those of processes that are gone are swept away. */
export function processFolder(folder: string): string {
  for (const name of readdirSync(folder)) {
    const pid = /^ask-(\d+)-/.exec(name)?.[1];
    if (pid !== undefined && !isRunning(Number(pid))) rmSync(path.join(folder, name), { recursive: true, force: true });
  }
  return mkdtempSync(path.join(folder, `ask-${process.pid}-`));
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

function secured(folder: string, platform: NodeJS.Platform): string | null {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  if (platform === 'win32') return folder; // under the user's profile, which others may not read
  const found = lstatSync(folder);
  // In /tmp somebody else may have been first.
  if (!found.isDirectory() || found.uid !== userInfo().uid) return null;
  if ((found.mode & 0o077) !== 0) chmodSync(folder, 0o700);
  return folder;
}
