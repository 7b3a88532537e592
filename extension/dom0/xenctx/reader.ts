/** Reads what loop.sh prints, and tells it in the frames of the agent, so that a recording is one thing whoever takes it. */
import { constants, deflateRawSync } from 'node:zlib';
import type { Frame, FrameKind } from '../agent/frames.ts';
import type { RecordingStatus } from '../../protocol.ts';
import { photographsOf, statesOf } from './trace.ts';

export const MARKER = '\0RINGSIDE X\n';
const LIMIT_BYTES = 16 << 20;
/** A zlib stream that never ends is one that every reader takes; each piece is deflated by itself. */
const ZLIB_HEAD = Buffer.from([0x78, 0x01]);

export interface TraceRequest {
  readonly domid: number;
  readonly rateHz: number;
  /** 1: no budget. */
  readonly maxPauseShare: number;
}

export class TraceReader {
  started = false;
  private readonly request: TraceRequest;
  private waiting = '';
  private readonly pausesNs: number[] = [];
  private samples = 0;
  private lost = 0;
  private elapsedMs = 0;
  private begun = false;

  /** @param why the agent could not run: said in the greeting */
  private readonly why: string;

  constructor(request: TraceRequest, why: string) {
    this.request = request;
    this.why = why;
  }

  push(bytes: Buffer): Frame[] {
    this.waiting += bytes.toString('latin1');
    if (this.waiting.length > LIMIT_BYTES) throw new Error('xenctx printed more than 16 MiB in one piece');
    if (!this.started) {
      const at = this.waiting.indexOf(MARKER);
      if (at < 0) return [];
      this.started = true;
      this.waiting = this.waiting.slice(at + MARKER.length);
    }
    const parts = this.waiting.split(/^(?=@ )/m);
    // the last part is whole when the next begins, or when it is the last word
    const rest = /^@ over \w*\n$/.test(parts.at(-1) ?? '') ? '' : parts.pop()!;
    this.waiting = rest;
    return parts.flatMap((part) => this.frames(part));
  }

  private frames(part: string): Frame[] {
    const [head = '', ...lines] = part.split('\n');
    const [, kind, ...words] = head.split(' ');
    if (kind === 'xen') return [json('J', this.hello(words.join(' ')))];
    if (kind === 'over') return [json('D', this.end(words[0] ?? ''))];
    if (kind !== 'trace') return [];
    const [start, before, after, code] = words.map(Number);
    const text = lines.join('\n');
    const pauseNs = Math.max(0, after! - before!) * 1e6;
    this.elapsedMs = after! - start!;
    const records = code === 0 ? photographsOf(text, statesOf(text), (before! - start!) * 1e6, pauseNs) : [];
    this.pausesNs.push(pauseNs);
    this.samples += records.length;
    if (records.length === 0) this.lost++;
    const piece = deflateRawSync(Buffer.concat(records), { finishFlush: constants.Z_SYNC_FLUSH });
    const payload = this.begun ? piece : Buffer.concat([ZLIB_HEAD, piece]);
    this.begun = true;
    return [{ kind: 'P', payload }, json('S', this.status())];
  }

  private hello(xenVersion: string): object {
    const { domid, rateHz } = this.request;
    const startedAtMs = Date.now();
    return {
      domid,
      vcpus: 1,
      rateHz,
      maxStackBytes: 1024,
      xenVersion: xenVersion || null,
      mode: 'stacks',
      shutter: 'xenctx',
      slower: this.why,
      python: '',
      startedAtMs,
    };
  }

  /** Pauses are the time that each xenctx took, process and all: the guest stood still for most of it. */
  private status(): RecordingStatus {
    const sorted = this.pausesNs.toSorted((a, b) => a - b);
    const at = (share: number): number => sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? 0;
    const totalNs = sorted.reduce((sum, ns) => sum + ns, 0);
    const pause = { count: sorted.length, medianNs: at(0.5), p99Ns: at(0.99), maxNs: sorted.at(-1) ?? 0, totalNs, histogram: [] };
    const { rateHz, maxPauseShare } = this.request;
    const status = { elapsedMs: this.elapsedMs, samples: this.samples, lost: this.lost, missed: 0, pause };
    const allowedHz = Math.round((1e10 * maxPauseShare) / (at(0.5) || 1)) / 10;
    return allowedHz < rateHz ? { ...status, cappedHz: allowedHz } : status;
  }

  private end(how: string): object {
    const gone = { reason: 'guest-gone', message: 'The recording ended because xl no longer knows the guest.' };
    return { ...(how === 'gone' ? gone : { reason: how === 'duration' ? 'duration' : 'stopped' }), status: this.status() };
  }
}

function json(kind: FrameKind, value: unknown): Frame {
  return { kind, payload: Buffer.from(JSON.stringify(value)) };
}
