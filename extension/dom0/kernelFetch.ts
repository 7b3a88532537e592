/** One fetch of a kernel: dom0 says its size and hash, and sends it only where the cache does not have it. */
import type { Frame } from './agent/frames.ts';
import { errorOf, fieldsOf } from './answers.ts';
import { cachedPath, findKernel, IncomingKernel, type FetchedKernel } from './kernelFile.ts';
import type { Channel } from './ssh/channel.ts';

export type FetchProgress = (doneBytes: number, totalBytes: number) => void;

export class KernelFetch {
  private readonly remotePath: string;
  private readonly cacheFolder: string;
  private readonly onProgress: FetchProgress | undefined;
  private channel: Channel | null = null;
  private cached: FetchedKernel | null = null;
  private incoming: IncomingKernel | null = null;
  private failure: Error | null = null;

  constructor(remotePath: string, cacheFolder: string, onProgress?: FetchProgress) {
    this.remotePath = remotePath;
    this.cacheFolder = cacheFolder;
    this.onProgress = onProgress;
  }

  /** `open` connects with our frames; `outcome` waits for the channel's end and says what was wrong with it. */
  async run(
    open: (onFrame: (frame: Frame) => void) => Promise<Channel>,
    outcome: (channel: Channel) => Promise<Error | null>,
  ): Promise<FetchedKernel> {
    try {
      this.channel = await open((frame) => this.receive(frame));
      const ended = await outcome(this.channel);
      if (this.failure) throw this.failure;
      if (this.cached) return this.cached;
      if (ended) throw ended;
      if (!this.incoming) throw new Error('dom0 said nothing of it');
      return await this.incoming.finish();
    } catch (error) {
      await this.incoming?.discard();
      throw error;
    }
  }

  private receive({ kind, payload }: Frame): void {
    if (kind === 'E') this.failure = errorOf(fieldsOf(payload));
    if (kind === 'J') {
      this.choose(fieldsOf(payload)).catch((error: unknown) => {
        this.failure = error instanceof Error ? error : new Error('its file could not be made', { cause: error });
        this.channel?.close();
      });
    }
    if (kind !== 'F') return;
    if (!this.incoming) throw new Error('a file came that was not asked for');
    this.incoming.push(payload);
    this.onProgress?.(this.incoming.receivedBytes, this.incoming.bytes);
  }

  private async choose({ bytes, sha256 }: Readonly<Record<string, unknown>>): Promise<void> {
    if (typeof bytes !== 'number' || !Number.isSafeInteger(bytes) || bytes < 0) throw new Error('dom0 gives it no size');
    if (typeof sha256 !== 'string' || !/^[0-9a-f]{64}$/.test(sha256)) throw new Error('dom0 gives it no hash');
    const file = cachedPath(this.cacheFolder, sha256, this.remotePath);
    this.cached = await findKernel(file, sha256, bytes);
    if (this.cached) {
      this.channel?.close();
      return;
    }
    this.incoming = await IncomingKernel.create(file, sha256, bytes);
    this.onProgress?.(0, bytes);
    this.channel?.send({ op: 'send' });
  }
}
