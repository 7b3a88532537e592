/** Captures on disk: read within a bound, written all or nothing. */
import { randomUUID } from 'node:crypto';
import { open, readFile, rename, rm, stat } from 'node:fs/promises';

/** A larger file is refused: it would not fit the engine's memory when opened. */
const MAX_FILE_BYTES = 1024 * 1024 * 1024;

/** @throws where the file cannot be read, or is larger than 1 GiB */
export async function readWhole(file: string): Promise<Uint8Array> {
  const { size } = await stat(file).catch((cause: unknown) => {
    throw new Error(`${file} cannot be read: ${reason(cause)}`, { cause });
  });
  if (size > MAX_FILE_BYTES) throw new Error(`${file} is ${Math.round(size / 2 ** 20)} MiB; Ringside opens captures up to 1024 MiB`);
  return readFile(file);
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
