/** Collects a recording's stream and cuts it into photographs, as plainly as it can be written: the engine has its own reader. */
import { constants, inflateSync } from 'node:zlib';
import type { RecordingHello, RecordingSink } from '../../extension/dom0/client.ts';
import type { RecordingStatus } from '../../extension/protocol.ts';

export interface Photograph {
  readonly timeNs: number;
  readonly vcpu: number;
  readonly state: number;
  readonly flags: number;
  readonly pauseNs: number;
  readonly rsp: bigint;
  readonly rip: bigint;
  readonly stack: Buffer;
}

/** Marks a page of the guest's text among the photographs. */
const TEXT_STATE = 255;

export class Collector implements RecordingSink {
  hello: RecordingHello | null = null;
  helloAtMs = 0;
  firstAtMs = 0;
  streamBytes = 0;
  readonly statuses: RecordingStatus[] = [];
  /** By address; filled by `photographs`. */
  readonly textPages = new Map<bigint, Buffer>();
  private readonly pieces: Uint8Array[] = [];
  /** The guest's memory as it last came, by vCPU and the low bits of the address. */
  private readonly known = new Map<number, Buffer>();
  private readonly waiting: { statuses: number; resolve: () => void }[] = [];

  onHello(hello: RecordingHello): void {
    this.hello = hello;
    this.helloAtMs = Date.now();
  }

  onPhotographs(bytes: Uint8Array): void {
    this.firstAtMs ||= Date.now();
    this.streamBytes += bytes.length;
    this.pieces.push(Buffer.from(bytes));
  }

  onStatus(status: RecordingStatus): void {
    this.statuses.push(status);
    for (const waiter of this.waiting) if (this.statuses.length >= waiter.statuses) waiter.resolve();
  }

  /** Resolves when so many statuses have come: the recording is under way. */
  reached(statuses: number): Promise<void> {
    return new Promise((resolve) => {
      if (this.statuses.length >= statuses) resolve();
      else this.waiting.push({ statuses, resolve });
    });
  }

  photographs(): Photograph[] {
    if (this.pieces.length === 0) return [];
    const bytes = inflateSync(Buffer.concat(this.pieces), { finishFlush: constants.Z_SYNC_FLUSH });
    const found: Photograph[] = [];
    this.known.clear();
    let at = 0;
    while (at + 4 <= bytes.length) {
      const end = at + 4 + bytes.readUInt32LE(at);
      if (end > bytes.length) break;
      if (bytes.readUInt8(at + 14) === TEXT_STATE) {
        this.textPages.set(bytes.readBigUInt64LE(at + 20), bytes.subarray(at + 28, end));
        at = end;
        continue;
      }
      found.push({
        timeNs: Number(bytes.readBigUInt64LE(at + 4)),
        vcpu: bytes.readUInt16LE(at + 12),
        state: bytes.readUInt8(at + 14),
        flags: bytes.readUInt8(at + 15),
        pauseNs: bytes.readUInt32LE(at + 16),
        rsp: bytes.readBigUInt64LE(at + 20 + 7 * 8),
        rip: bytes.readBigUInt64LE(at + 20 + 16 * 8),
        stack: this.stack(bytes, at, end),
      });
      if (bytes.readBigUInt64LE(at + 20 + 17 * 8) !== found.at(-1)!.rsp) throw new Error('the base of a stack is not its stack pointer');
      at = end;
    }
    return found;
  }

  /** As it is, or, where flag 8 is set, put together from the blocks that are new and those that came before. */
  private stack(bytes: Buffer, at: number, end: number): Buffer {
    const rest = bytes.subarray(at + 20 + 18 * 8, end);
    if ((bytes.readUInt8(at + 15) & 8) === 0) return rest;
    const vcpu = bytes.readUInt16LE(at + 12);
    const known = this.known.get(vcpu) ?? Buffer.alloc(65536);
    this.known.set(vcpu, known);
    const base = Number(bytes.readBigUInt64LE(at + 20 + 17 * 8) & 0xffffn);
    const stack = Buffer.alloc(rest.readUInt32LE(0));
    const block = (i: number) => (base >> 6) + i;
    let count = 0;
    while (stack.length > 0 && block(count) * 64 < base + stack.length) count++;
    let from = 4 + Math.ceil(count / 8);
    for (let i = 0; i < count; i++) {
      const [first, last] = [Math.max(base, block(i) * 64), Math.min(base + stack.length, block(i + 1) * 64)];
      if (rest.readUInt8(4 + (i >> 3)) & (1 << (i % 8))) {
        rest.copy(known, first % 65536, from, from + last - first);
        from += last - first;
      }
      known.copy(stack, first - base, first % 65536, (first % 65536) + last - first);
    }
    if (from !== rest.length) throw new Error('the blocks of a stack are not those that its bits say');
    return stack;
  }
}
