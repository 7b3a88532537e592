/** Unpacks what was gzipped, and leaves the rest alone. */
import { pipeline } from 'node:stream/promises';
import { createGunzip, gunzipSync, type Gunzip } from 'node:zlib';
import { FormatError } from './errors.ts';
import type { Incoming } from './importer.ts';
import type { Pieces } from './wholeFile.ts';

/** A capture inflated beyond this is refused rather than left to exhaust the engine's memory. */
const MAX_INFLATED_BYTES = 1024 * 1024 * 1024;
const PIECE_BYTES = 1 << 18;
/** Unpacked ahead of who reads it: more would only take the processor from others. */
const AHEAD_BYTES = 1 << 22;

export function inflate(bytes: Uint8Array, name: string, limit = MAX_INFLATED_BYTES): Uint8Array {
  if (!isGzip(bytes)) return bytes;
  try {
    return gunzipSync(bytes, { maxOutputLength: limit });
  } catch (cause) {
    throw cause instanceof RangeError ? tooLarge(name, limit, cause) : unusable(name, cause);
  }
}

/** Reads, and unpacks on another thread; what is there so far can be worked on meanwhile. */
export class Unpacking implements Incoming {
  readonly name: string;
  isWhole = false;
  /** Bytes of the file that are done. */
  packedDone = 0;
  expectedBytes = 0;
  private buffer = Buffer.alloc(0);
  private length = 0;
  private failed: { error: unknown } | null = null;
  private wake: () => void = () => undefined;
  /** Unpacking stands still when so much is there. */
  private wanted = AHEAD_BYTES;
  private goOn: () => void = () => undefined;
  private readonly stopping = new AbortController();
  private readonly limit: number;

  constructor(packed: Pieces, name: string, limit = MAX_INFLATED_BYTES) {
    this.name = name;
    this.limit = limit;
    void this.run(packed).catch((error: unknown) => {
      this.failed = { error };
      this.wake();
    });
  }

  get bytes(): Buffer {
    return this.buffer.subarray(0, this.length);
  }

  /** Resolves when there are more bytes, or all. @throws where the file cannot be read, FormatError where it cannot be unpacked */
  async more(): Promise<void> {
    if (!this.isWhole && !this.failed) {
      this.wanted = this.length + AHEAD_BYTES;
      this.goOn();
      await new Promise<void>((resolve) => (this.wake = resolve));
    }
    if (this.failed) throw this.failed.error;
  }

  /** Nobody waits for the rest any more. */
  stop(): void {
    this.stopping.abort();
    this.goOn();
    this.wake();
  }

  private async run({ size, end, pieces }: Pieces): Promise<void> {
    const { signal } = this.stopping;
    let unzip: Gunzip | null = null;
    let unreadable: { error: unknown } | null = null;
    const packed = async function* (): AsyncGenerator<Uint8Array> {
      try {
        yield* pieces;
      } catch (error) {
        unreadable = { error };
        throw error;
      }
    };
    const take = async (unpacked: AsyncIterable<Uint8Array>): Promise<void> => {
      for await (const piece of unpacked) {
        this.append(piece);
        this.packedDone = unzip ? Math.min(size, unzip.bytesWritten) : this.length;
        this.wake();
        if (this.length >= this.wanted && !signal.aborted) await new Promise<void>((resolve) => (this.goOn = resolve));
      }
    };
    const source = packed();
    const first = await source.next();
    const all = async function* (): AsyncGenerator<Uint8Array> {
      if (first.done !== true) yield first.value;
      yield* source;
    };
    if (first.done !== true && isGzip(first.value)) {
      // RFC 1952, section 2.3.1: the last four bytes are the size, modulo 2^32, of the last member. Deflate packs no more than 1032 to one.
      this.expect(Math.min(size >= 18 ? end.readUInt32LE() : 0, size * 1032));
      unzip = createGunzip({ chunkSize: PIECE_BYTES });
      await pipeline(all, unzip, take, { signal }).catch((cause: unknown) => {
        throw unreadable ? unreadable.error : cause instanceof FormatError ? cause : unusable(this.name, cause);
      });
    } else {
      this.expect(size);
      await pipeline(all, take, { signal });
    }
    this.isWhole = true;
    this.wake();
  }

  private expect(bytes: number): void {
    this.expectedBytes = Math.min(bytes, this.limit);
    this.buffer = Buffer.allocUnsafe(Math.max(this.expectedBytes, PIECE_BYTES));
  }

  private append(piece: Uint8Array): void {
    const length = this.length + piece.length;
    if (length > this.limit) throw tooLarge(this.name, this.limit);
    if (length > this.buffer.length) {
      const wider = Buffer.allocUnsafe(Math.min(this.limit, Math.max(length, this.buffer.length * 2)));
      this.buffer.copy(wider, 0, 0, this.length);
      this.buffer = wider;
    }
    this.buffer.set(piece, this.length);
    this.length = length;
  }
}

function isGzip(bytes: Uint8Array): boolean {
  return bytes[0] === 0x1f && bytes[1] === 0x8b;
}

function unusable(name: string, cause: unknown): FormatError {
  return new FormatError(`${name} is gzipped, but cannot be unpacked: it is cut short or damaged`, { cause });
}

function tooLarge(name: string, limit: number, cause?: unknown): FormatError {
  return new FormatError(`${name} holds more than ${Math.round(limit / 2 ** 20)} MiB; Ringside opens no more`, { cause });
}
