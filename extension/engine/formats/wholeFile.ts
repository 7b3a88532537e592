/** Captures on disk: read within a bound, in pieces or as a whole; written all or nothing. */
import { randomUUID } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { open, rename, rm, stat } from 'node:fs/promises';

/** A larger file is refused: it would not fit the engine's memory when opened. */
const MAX_FILE_BYTES = 1024 * 1024 * 1024;

/** Read at once: what has been read is worked on meanwhile. */
const PIECE_BYTES = 1 << 18;

/** Bytes that come one piece after another. */
export interface Pieces {
  readonly size: number;
  /** The last four bytes; fewer where there are fewer. */
  readonly end: Buffer;
  /** Goes through all of it once. */
  readonly pieces: AsyncIterable<Uint8Array> | Iterable<Uint8Array>;
}

export function piecesOf(bytes: Uint8Array): Pieces {
  const pieces = function* (): Generator<Uint8Array> {
    for (let at = 0; at < bytes.length; at += PIECE_BYTES) yield bytes.subarray(at, at + PIECE_BYTES);
  };
  return { size: bytes.length, end: Buffer.from(bytes.slice(-4)), pieces: pieces() };
}

/** @throws (the pieces do, too) where the file cannot be read, or is larger than 1 GiB */
export async function readPieces(file: string): Promise<Pieces> {
  const unreadable = (cause: unknown): never => {
    throw new Error(`${file} cannot be read: ${reason(cause)}`, { cause });
  };
  const { size } = await stat(file).catch(unreadable);
  if (size > MAX_FILE_BYTES) throw new Error(`${file} is ${Math.round(size / 2 ** 20)} MiB; Ringside opens captures up to 1024 MiB`);
  const end = await readEnd(file, size).catch(unreadable);
  const pieces = async function* (): AsyncGenerator<Uint8Array> {
    try {
      // what was written behind it since is not looked at
      yield* createReadStream(file, { highWaterMark: PIECE_BYTES, end: Math.max(0, size - 1) }) as AsyncIterable<Buffer>;
    } catch (cause) {
      unreadable(cause);
    }
  };
  return { size, end, pieces: pieces() };
}

async function readEnd(file: string, size: number): Promise<Buffer> {
  const handle = await open(file);
  try {
    const end = Buffer.alloc(Math.min(4, size));
    const { bytesRead } = await handle.read(end, 0, end.length, size - end.length);
    return end.subarray(0, bytesRead);
  } finally {
    await handle.close();
  }
}

/** @throws as `readPieces` */
export async function readWhole(file: string): Promise<Uint8Array> {
  const read: Uint8Array[] = [];
  for await (const piece of (await readPieces(file)).pieces) read.push(piece);
  return Buffer.concat(read);
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
