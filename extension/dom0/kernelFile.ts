/** Kernels fetched from dom0, kept by their contents: a second guest with the same kernel, or the same guest tomorrow, costs no transfer. */
import { createHash, randomBytes } from 'node:crypto';
import { createWriteStream, type WriteStream } from 'node:fs';
import { mkdir, rename, rm, stat } from 'node:fs/promises';
import path from 'node:path';
import { Dom0Error } from './errors.ts';

export interface FetchedKernel {
  readonly path: string;
  readonly sha256: string;
  readonly bytes: number;
}

/** Where a kernel of this hash belongs in the cache: CACHE/SHA256/NAME, so that the file keeps a name people know. */
export function cachedPath(cacheFolder: string, sha256: string, remotePath: string): string {
  const name = path.posix
    .basename(remotePath)
    .replaceAll(/[^\w.+-]/g, '_')
    .slice(0, 100);
  return path.join(cacheFolder, sha256, /^\.*$/.test(name) ? 'kernel' : name);
}

/** The kernel, where the cache has it whole. */
export async function findKernel(file: string, sha256: string, bytes: number): Promise<FetchedKernel | null> {
  const found = await stat(file).catch(() => null);
  return found?.isFile() && found.size === bytes ? { path: file, sha256, bytes } : null;
}

/** A kernel on its way into the cache: whole and right, or not there at all. */
export class IncomingKernel {
  private readonly temporary: string;
  private readonly hash = createHash('sha256');
  private readonly file: string;
  private readonly sha256: string;
  readonly bytes: number;
  private readonly stream: WriteStream;
  private readonly written: Promise<void>;
  private received = 0;

  private constructor(file: string, sha256: string, bytes: number) {
    this.file = file;
    this.sha256 = sha256;
    this.bytes = bytes;
    this.temporary = `${file}.${randomBytes(6).toString('hex')}.part`;
    this.stream = createWriteStream(this.temporary, { flags: 'wx', mode: 0o600 });
    this.written = new Promise((resolve, reject) => this.stream.once('close', resolve).once('error', reject));
    this.written.catch(() => undefined); // `finish` awaits it again, and says so
  }

  static async create(file: string, sha256: string, bytes: number): Promise<IncomingKernel> {
    await mkdir(path.dirname(file), { recursive: true });
    return new IncomingKernel(file, sha256, bytes);
  }

  get receivedBytes(): number {
    return this.received;
  }

  push(piece: Buffer): void {
    this.received += piece.length;
    if (this.received > this.bytes) throw new Error('the kernel is longer than was said');
    this.hash.update(piece);
    this.stream.write(piece);
  }

  async finish(): Promise<FetchedKernel> {
    this.stream.end();
    await this.written;
    if (this.received !== this.bytes || this.hash.digest('hex') !== this.sha256) {
      await rm(this.temporary, { force: true });
      throw new Dom0Error('kernel-changed', 'The kernel changed on dom0 while it was fetched.', 'Try again when its build is finished.');
    }
    await rename(this.temporary, this.file);
    return { path: this.file, sha256: this.sha256, bytes: this.bytes };
  }

  async discard(): Promise<void> {
    this.stream.destroy();
    await this.written.catch(() => undefined);
    await rm(this.temporary, { force: true });
  }
}
