/** Unpacks what was gzipped, and leaves the rest alone. */
import { pipeline } from 'node:stream/promises';
import { createGunzip, gunzipSync } from 'node:zlib';
import { FormatError } from './errors.ts';
import type { Incoming } from './importer.ts';

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

/** Unpacks on another thread; what is there so far can be read meanwhile. */
export class Unpacking implements Incoming {
  readonly name: string;
  isWhole = false;
  /** Packed bytes that are done. */
  packedDone = 0;
  expectedBytes: number;
  private buffer: Buffer;
  private length = 0;
  private failed: { error: unknown } | null = null;
  private wake: () => void = () => undefined;
  private readonly stopping = new AbortController();

  /** What is not packed is whole at once. */
  constructor(packed: Uint8Array, name: string) {
    this.name = name;
    if (!isGzip(packed)) {
      this.buffer = Buffer.from(packed.buffer, packed.byteOffset, packed.length);
      this.expectedBytes = this.length = packed.length;
      this.isWhole = true;
      return;
    }
    // RFC 1952, section 2.3.1: the last four bytes are the size, modulo 2^32, of the last member. Deflate packs no more than 1032 to one.
    const told = packed.length >= 18 ? Buffer.from(packed.buffer, packed.byteOffset).readUInt32LE(packed.length - 4) : 0;
    this.expectedBytes = Math.min(told, packed.length * 1032, MAX_INFLATED_BYTES);
    this.buffer = Buffer.allocUnsafe(Math.max(this.expectedBytes, PIECE_BYTES));
    void this.run(packed).catch((error: unknown) => {
      this.failed = { error };
      this.wake();
    });
  }

  get bytes(): Buffer {
    return this.buffer.subarray(0, this.length);
  }

  /** Resolves when there are more bytes, or all. @throws FormatError where the file cannot be unpacked */
  async more(): Promise<void> {
    if (!this.isWhole && !this.failed) await new Promise<void>((resolve) => (this.wake = resolve));
    if (this.failed) throw this.failed.error;
  }

  /** Nobody waits for the rest any more. */
  stop(): void {
    this.stopping.abort();
    this.wake();
  }

  private async run(packed: Uint8Array): Promise<void> {
    const pieces = function* (): Generator<Uint8Array> {
      for (let at = 0; at < packed.length; at += PIECE_BYTES) yield packed.subarray(at, at + PIECE_BYTES);
    };
    const unzip = createGunzip({ chunkSize: PIECE_BYTES });
    try {
      await pipeline(
        pieces,
        unzip,
        async (unpacked: AsyncIterable<Buffer>) => {
          for await (const piece of unpacked) {
            this.append(piece);
            this.packedDone = Math.min(packed.length, unzip.bytesWritten);
            this.wake();
          }
        },
        { signal: this.stopping.signal },
      );
    } catch (cause) {
      throw unusable(this.name, cause);
    }
    this.isWhole = true;
    this.wake();
  }

  private append(piece: Buffer): void {
    const length = this.length + piece.length;
    if (length > MAX_INFLATED_BYTES) throw new RangeError('larger than 1 GiB');
    if (length > this.buffer.length) {
      const wider = Buffer.allocUnsafe(Math.min(MAX_INFLATED_BYTES, Math.max(length, this.buffer.length * 2)));
      this.buffer.copy(wider, 0, 0, this.length);
      this.buffer = wider;
    }
    piece.copy(this.buffer, this.length);
    this.length = length;
  }
}

function isGzip(bytes: Uint8Array): boolean {
  return bytes[0] === 0x1f && bytes[1] === 0x8b;
}

function unusable(name: string, cause: unknown): FormatError {
  return new FormatError(`${name} is gzipped, but cannot be unpacked: it is cut short, damaged, or larger than 1 GiB`, { cause });
}
