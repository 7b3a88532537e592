/** Unpacks what was gzipped, and leaves the rest alone. */
import { createGunzip, gunzipSync } from 'node:zlib';
import { FormatError } from './errors.ts';

/** A capture inflated beyond this is refused rather than left to exhaust the engine's memory. */
const MAX_INFLATED_BYTES = 1024 * 1024 * 1024;
const PIECE_BYTES = 1 << 18;

export function inflate(bytes: Uint8Array, name: string): Uint8Array {
  if (!isGzip(bytes)) return bytes;
  try {
    return gunzipSync(bytes, { maxOutputLength: MAX_INFLATED_BYTES });
  } catch (cause) {
    throw unusable(name, cause);
  }
}

/** The same on another thread, with pauses. @param onProgress hears how many packed bytes are done */
export async function inflateGently(
  bytes: Uint8Array,
  name: string,
  onProgress: (done: number) => void,
  signal: AbortSignal,
): Promise<Uint8Array> {
  if (!isGzip(bytes)) return bytes;
  const unzip = createGunzip({ chunkSize: 1 << 18 });
  const pieces: Buffer[] = [];
  let length = 0;
  let tellAt = 0;
  try {
    const feed = (function* () {
      for (let at = 0; at < bytes.length; at += PIECE_BYTES) yield bytes.subarray(at, at + PIECE_BYTES);
    })();
    const push = (): void => {
      for (let next = feed.next(); ; next = feed.next()) {
        if (next.done === true) {
          unzip.end();
          return;
        }
        if (!unzip.write(next.value)) {
          unzip.once('drain', push);
          return;
        }
      }
    };
    push();
    for await (const piece of unzip as AsyncIterable<Buffer>) {
      signal.throwIfAborted();
      pieces.push(piece);
      length += piece.length;
      if (length > MAX_INFLATED_BYTES) throw new RangeError('larger than 1 GiB');
      if (performance.now() >= tellAt) {
        onProgress(Math.min(bytes.length, unzip.bytesWritten));
        tellAt = performance.now() + 200;
      }
    }
  } catch (cause) {
    signal.throwIfAborted();
    throw unusable(name, cause);
  }
  return Buffer.concat(pieces, length);
}

function isGzip(bytes: Uint8Array): boolean {
  return bytes[0] === 0x1f && bytes[1] === 0x8b;
}

function unusable(name: string, cause: unknown): FormatError {
  return new FormatError(`${name} is gzipped, but cannot be unpacked: it is cut short, damaged, or larger than 1 GiB`, { cause });
}
