/** A recording as its starter sees it: photographs come, a status four times a second, and one end. */
import type { RecordingEnd, RecordingStatus, SamplingMode } from '../protocol.ts';
import type { Frame } from './agent/frames.ts';
import { endOf, errorOf, fieldsOf, helloOf, NO_STATUS, statusOf, type RecordingHello } from './answers.ts';
import type { Dom0Error } from './errors.ts';
import type { Channel } from './ssh/channel.ts';
import { canFallBack } from './xenctx/fallback.ts';

export interface RecordingRequest {
  readonly domid: number;
  /** Photographs a second of each vCPU, 0.1 to 50,000. */
  readonly rateHz: number;
  /** null: until stopped. */
  readonly durationMs: number | null;
  /** Stack copied with each photograph, at most; 16 KiB where absent. */
  readonly maxStackBytes?: number;
  /** What a photograph holds; stacks where absent. */
  readonly mode?: SamplingMode;
  /** Share of the time that the guest may be paused, 0.00001 to 1; 1 where absent. */
  readonly maxPauseShare?: number;
  /** Not the fastest way to pause that dom0 allows, but this one: for measurements. */
  readonly shutter?: 'native' | 'hypercalls' | 'libxenctrl';
}

export interface RecordingSink {
  onHello(hello: RecordingHello): void;
  /** The next bytes of the photograph stream: one zlib stream, all its pieces in order. */
  onPhotographs(bytes: Uint8Array): void;
  onStatus(status: RecordingStatus): void;
}

export interface Recording {
  /** Ends it and keeps what was collected: the last photographs still come. */
  stop(): void;
  /** Ends it at once. */
  cancel(): void;
  /** Never rejects. It resolves when the process on dom0 has ended, or cannot be reached any more. */
  readonly done: Promise<RecordingEnd>;
}

/** The agent ends a recording that has not heard of us for 20 s. */
const PING_MS = 5000;
/** How long the agent may take to send what it has after a stop. */
const STOP_MS = 15_000;

type Open = (onFrame: (frame: Frame) => void) => Promise<Channel>;

export class LiveRecording implements Recording {
  readonly done: Promise<RecordingEnd>;
  private readonly sink: RecordingSink;
  private channel: Channel | null = null;
  private status: RecordingStatus = NO_STATUS;
  private end: RecordingEnd | null = null;
  /** Why dom0 did not record. */
  private refused: Dom0Error | null = null;
  private stopped = false;
  private cancelled = false;
  private stopTimer: NodeJS.Timeout | undefined;

  /** `open` connects, and delivers the agent's frames to the function it is given; `otherwise` does so where the agent cannot run. */
  constructor(sink: RecordingSink, open: Open, otherwise: (why: Dom0Error) => Open) {
    this.sink = sink;
    this.done = this.run(open, otherwise);
  }

  stop(): void {
    if (this.stopped) return;
    this.stopped = true;
    if (!this.channel?.started) {
      this.cancel();
      return;
    }
    this.channel.send({ op: 'stop' });
    this.stopTimer = setTimeout(() => this.channel?.close(), STOP_MS);
  }

  cancel(): void {
    this.stopped = true;
    this.cancelled = true;
    this.channel?.close();
  }

  private async run(open: Open, otherwise: (why: Dom0Error) => Open): Promise<RecordingEnd> {
    const end = await this.attempt(open);
    const why = this.refused;
    if (!canFallBack(why) || this.stopped) return end;
    this.end = this.refused = null;
    const second = await this.attempt(otherwise(why));
    // Where xenctx fails too, it is the agent's failure that a person can mend.
    return second.reason === 'failed' && second.status.samples === 0 ? end : second;
  }

  private async attempt(open: Open): Promise<RecordingEnd> {
    let failure: Dom0Error | null;
    try {
      this.channel = await open((frame) => this.receive(frame));
    } catch (error) {
      return this.ended('failed', error instanceof Error ? error.message : String(error));
    }
    // asked while the connection was being made ready
    if (this.cancelled) this.channel.close();
    const ping = setInterval(() => this.channel?.send({ op: 'ping' }), PING_MS);
    try {
      failure = await this.channel.ended;
    } finally {
      clearInterval(ping);
      clearTimeout(this.stopTimer);
    }
    this.refused ??= failure;
    if (this.end) return this.end;
    if (this.cancelled) return this.ended('stopped');
    return this.ended(failure?.code === 'connection-lost' ? 'connection-lost' : 'failed', failure?.message);
  }

  private ended(reason: RecordingEnd['reason'], message?: string): RecordingEnd {
    return { reason, status: this.status, ...(message === undefined ? {} : { message }) };
  }

  private receive({ kind, payload }: Frame): void {
    if (this.cancelled && kind !== 'D') return;
    switch (kind) {
      case 'J':
        this.sink.onHello(helloOf(fieldsOf(payload)));
        break;
      case 'P':
        this.sink.onPhotographs(payload);
        break;
      case 'S':
        this.status = statusOf(fieldsOf(payload));
        this.sink.onStatus(this.status);
        break;
      case 'D':
        this.end = endOf(fieldsOf(payload));
        this.status = this.end.status;
        this.sink.onStatus(this.status);
        break;
      case 'E':
        this.refused = errorOf(fieldsOf(payload));
        this.end = this.ended('failed', this.refused.message);
        break;
      case 'F':
        throw new Error('a recording sends no files');
    }
  }
}
