/** Ranged, synchronous reads of a file: what is not asked for is never read. */
import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import { FileError } from './errors.ts';

const BLOCK_BYTES = 32 * 1024;
const CACHED_BLOCKS = 768;

export interface ByteSource {
  /** What to call it in messages. */
  readonly name: string;
  readonly size: number;
  /**
   * Exactly `length` bytes; to be read and never written to.
   * @throws FileError truncated, where the source ends before them
   */
  read(offset: number, length: number): Uint8Array;
  /** The same for what is used up before the next read into the same scratch: nothing around it is read or kept. */
  readInto(scratch: Scratch, offset: number, length: number): Uint8Array;
  close(): void;
}

/** Memory that one read after another is made into. */
export class Scratch {
  private bytes = new Uint8Array(0);

  /** `length` bytes of any content, valid until the next call. */
  take(length: number): Uint8Array {
    if (this.bytes.length < length) this.bytes = new Uint8Array(Math.max(4096, 2 ** Math.ceil(Math.log2(length))));
    return this.bytes.subarray(0, length);
  }
}

/** Throws unless the range lies inside the source. */
function checkRange(source: ByteSource, offset: number, length: number): void {
  if (!(offset >= 0 && length >= 0 && offset + length <= source.size)) {
    throw new FileError('truncated', `${source.name} has ${source.size} bytes, ${length} more were expected`, { offset });
  }
}

/** Bytes that are in memory already. */
export class MemorySource implements ByteSource {
  readonly name: string;
  readonly size: number;
  private readonly bytes: Uint8Array;

  constructor(bytes: Uint8Array, name: string) {
    this.bytes = bytes;
    this.size = bytes.length;
    this.name = name;
  }

  read(offset: number, length: number): Uint8Array {
    checkRange(this, offset, length);
    return this.bytes.subarray(offset, offset + length);
  }

  readInto(_: Scratch, offset: number, length: number): Uint8Array {
    return this.read(offset, length);
  }

  close(): void {
    // nothing is held open
  }
}

/** A file on disk. Small reads go through a cache of a few blocks; large ones are made as asked and not kept. */
export class FileSource implements ByteSource {
  readonly name: string;
  readonly size: number;
  private descriptor: number | undefined;
  /** By block number; the order of insertion is the order of last use. */
  private readonly blocks = new Map<number, Uint8Array>();
  private lastNumber = -1;
  private lastBlock: Uint8Array = new Uint8Array(0);

  private constructor(name: string, descriptor: number, size: number) {
    this.name = name;
    this.descriptor = descriptor;
    this.size = size;
  }

  /** @throws FileError unreadable */
  static open(path: string): FileSource {
    let descriptor: number | undefined;
    try {
      descriptor = openSync(path, 'r');
      const stat = fstatSync(descriptor);
      if (!stat.isFile()) throw new Error('it is not a regular file');
      return new FileSource(path, descriptor, stat.size);
    } catch (cause) {
      if (descriptor !== undefined) closeSync(descriptor);
      throw new FileError('unreadable', `${path} cannot be read`, { cause });
    }
  }

  read(offset: number, length: number): Uint8Array {
    checkRange(this, offset, length);
    const number = Math.floor(offset / BLOCK_BYTES);
    const start = offset - number * BLOCK_BYTES;
    if (start + length > BLOCK_BYTES) return this.readWhole(offset, length);
    const block = number === this.lastNumber ? this.lastBlock : this.block(number);
    return block.subarray(start, start + length);
  }

  readInto(scratch: Scratch, offset: number, length: number): Uint8Array {
    checkRange(this, offset, length);
    const bytes = scratch.take(length);
    this.fill(bytes, offset);
    return bytes;
  }

  private block(number: number): Uint8Array {
    let block = this.blocks.get(number);
    if (block === undefined) {
      const offset = number * BLOCK_BYTES;
      block = this.readWhole(offset, Math.min(BLOCK_BYTES, this.size - offset));
      if (this.blocks.size >= CACHED_BLOCKS) this.blocks.delete(this.blocks.keys().next().value!);
    } else {
      this.blocks.delete(number);
    }
    this.blocks.set(number, block);
    this.lastNumber = number;
    this.lastBlock = block;
    return block;
  }

  private readWhole(offset: number, length: number): Uint8Array {
    const bytes = Buffer.allocUnsafeSlow(length);
    this.fill(bytes, offset);
    return bytes;
  }

  private fill(bytes: Uint8Array, offset: number): void {
    if (this.descriptor === undefined) throw new FileError('unreadable', `${this.name} has been closed`);
    let done = 0;
    while (done < bytes.length) {
      const count = readSync(this.descriptor, bytes, done, bytes.length - done, offset + done);
      if (count === 0) throw new FileError('truncated', `${this.name} became shorter while it was read`, { offset: offset + done });
      done += count;
    }
  }

  close(): void {
    if (this.descriptor !== undefined) closeSync(this.descriptor);
    this.descriptor = undefined;
    this.blocks.clear();
    this.lastNumber = -1;
  }
}
