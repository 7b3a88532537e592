/** Captures on disk: read within a bound, written all or nothing. */
import { randomUUID } from 'node:crypto';
import { open, readFile, rename, rm, stat } from 'node:fs/promises';

/** A larger file is refused: it would not fit the engine's memory when opened. */
const MAX_FILE_BYTES = 1024 * 1024 * 1024;

/** Read at once: a signal is heard in between. */
const PIECE_BYTES = 8 * 1024 * 1024;

/** @throws where the file cannot be read, is larger than 1 GiB, or the signal is aborted */
export async function readWhole(
  file: string,
  onProgress: (done: number, total: number) => void = () => undefined,
  signal?: AbortSignal,
): Promise<Uint8Array> {
  const unreadable = (cause: unknown): never => {
    throw new Error(`${file} cannot be read: ${reason(cause)}`, { cause });
  };
  const { size } = await stat(file).catch(unreadable);
  if (size > MAX_FILE_BYTES) throw new Error(`${file} is ${Math.round(size / 2 ** 20)} MiB; Ringside opens captures up to 1024 MiB`);
  if (size <= PIECE_BYTES) return readFile(file).catch(unreadable);
  const handle = await open(file).catch(unreadable);
  try {
    const bytes = Buffer.allocUnsafe(size);
    let done = 0;
    while (done < size) {
      signal?.throwIfAborted();
      onProgress(done, size);
      const { bytesRead } = await handle.read(bytes, done, Math.min(PIECE_BYTES, size - done), done).catch(unreadable);
      if (bytesRead === 0) break; // it became shorter: its reader will say what is missing
      done += bytesRead;
    }
    return bytes.subarray(0, done);
  } finally {
    await handle.close();
  }
}

/** Writes beside the file and renames: a full disk, or a crash, leaves what was there before. */
export async function writeWhole(file: string, bytes: Uint8Array): Promise<void> {
  const draft = `${file}.${randomUUID()}.part`;
  try {
    const handle = await open(draft, 'wx');
    try {
      await handle.writeFile(bytes);
      await handle.sync();
    } finally {
      await handle.close();
    }
    await rename(draft, file);
  } catch (cause) {
    await rm(draft, { force: true });
    throw new Error(`The capture could not be saved as ${file}: ${reason(cause)}`, { cause });
  }
}

function reason(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
