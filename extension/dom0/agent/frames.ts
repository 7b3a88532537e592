/**
 * The agent's output: anything a login shell prints, the marker, then frames of u32 LE payload length, u8 type, payload.
 *
 * J what an operation says first, S RecordingStatus, P a piece of the photograph stream, F a piece of a file, D the end, E a failure: all JSON
 * but P and F.
 */
export const MARKER = Buffer.from('\0RINGSIDE 1\n', 'latin1');

const kinds = ['J', 'S', 'P', 'F', 'D', 'E'] as const;
export type FrameKind = (typeof kinds)[number];

export interface Frame {
  readonly kind: FrameKind;
  readonly payload: Buffer;
}

/** More than this before the marker is no banner. */
const NOISE_BYTES = 1 << 20;
/** The agent's own limit for a piece is 1 MiB and one photograph of each vCPU. */
const PAYLOAD_BYTES = 64 << 20;
const HEAD_BYTES = 5;

/** Cuts the stream into frames. Throws where it is not what the agent writes; it is useless from then on. */
export class FrameReader {
  private waiting: Buffer[] = [];
  private waitingBytes = 0;
  private wanted = MARKER.length;
  private marked = false;

  /** Whether the marker has been seen: the agent runs. */
  get started(): boolean {
    return this.marked;
  }

  /** Takes the next bytes, in pieces of any size, and returns the frames that are complete. */
  push(bytes: Buffer): Frame[] {
    this.waiting.push(bytes);
    this.waitingBytes += bytes.length;
    if (this.waitingBytes < this.wanted) return [];
    let data: Buffer = Buffer.concat(this.waiting);
    if (!this.marked) {
      const at = data.indexOf(MARKER);
      if (at < 0) {
        if (data.length > NOISE_BYTES) throw new Error('the login shell printed more than 1 MiB, but the agent did not start');
        this.keep(data, data.length + 1);
        return [];
      }
      this.marked = true;
      data = data.subarray(at + MARKER.length);
    }
    const frames: Frame[] = [];
    let at = 0;
    let wanted = HEAD_BYTES;
    while (data.length - at >= HEAD_BYTES) {
      const length = data.readUInt32LE(at);
      const kind = kinds.find((known) => known.charCodeAt(0) === data[at + 4]);
      if (length > PAYLOAD_BYTES || kind === undefined) {
        throw new Error(`the stream of the agent is damaged (type ${data[at + 4]}, length ${length})`);
      }
      wanted = HEAD_BYTES + length;
      if (data.length - at < wanted) break;
      frames.push({ kind, payload: data.subarray(at + HEAD_BYTES, at + wanted) });
      at += wanted;
      wanted = HEAD_BYTES;
    }
    this.keep(data.subarray(at), wanted);
    return frames;
  }

  private keep(rest: Buffer, wanted: number): void {
    this.waiting = rest.length > 0 ? [rest] : [];
    this.waitingBytes = rest.length;
    this.wanted = wanted;
  }
}
