/** What the agent says, checked before anything else sees it. */
import type {
  Guest,
  GuestKind,
  GuestState,
  PauseStats,
  Preflight,
  PreflightCheck,
  RecordingEndReason,
  RecordingStatus,
  SamplingMode,
} from '../protocol.ts';
import { Dom0Error } from './errors.ts';

/** Four an octave, for all of 64 bits. */
const HISTOGRAM_BUCKETS = 4 * 56;

type Fields = Readonly<Record<string, unknown>>;

/** What a recording is about, said before its first photograph. */
export interface RecordingHello {
  readonly domid: number;
  readonly vcpus: number;
  /** As the agent took it: requests beyond its limits are cut. */
  readonly rateHz: number;
  readonly maxStackBytes: number;
  readonly xenVersion: string | null;
  readonly python: string;
  readonly mode: SamplingMode;
  /** How the guest is paused, the fastest first: `native`, `hypercalls` (from Python), `libxenctrl`. */
  readonly shutter: string;
  /** Why it is not a faster one; null where there is none. */
  readonly slower: string | null;
  /** Start by dom0's clock, ISO 8601. */
  readonly startedAt: string;
}

export const NO_PAUSE: PauseStats = { count: 0, medianNs: 0, p99Ns: 0, maxNs: 0, totalNs: 0, histogram: [] };
export const NO_STATUS: RecordingStatus = { elapsedMs: 0, samples: 0, lost: 0, missed: 0, pause: NO_PAUSE };

/** The payload of a JSON frame. Throws where it is not an object. */
export function fieldsOf(payload: Buffer): Fields {
  const value: unknown = JSON.parse(payload.toString('utf8'));
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw new Error('a frame holds no JSON object');
  return value as Fields;
}

export function errorOf(fields: Fields): Dom0Error {
  return new Dom0Error(text(fields['code']), text(fields['message']), text(fields['remedy']));
}

export function guestsOf(fields: Fields): Guest[] {
  return objects(fields['guests']).map((row) => ({
    domid: count(row['domid']),
    name: text(row['name']),
    kind: oneOf<GuestKind>(row['kind'], ['pv', 'pvh', 'hvm'], 'unknown'),
    state: oneOf<GuestState>(row['state'], ['running', 'blocked', 'paused', 'shutdown', 'crashed', 'dying'], 'unknown'),
    vcpus: count(row['vcpus']),
    memoryMiB: count(row['memoryMiB']),
    cpuSeconds: count(row['cpuSeconds']),
    cpuShare: row['cpuShare'] === null ? null : count(row['cpuShare']),
    kernel: row['kernel'] === null ? null : text(row['kernel']),
  }));
}

export function preflightOf(fields: Fields): Preflight {
  const checks = objects(fields['checks']).map((row): PreflightCheck => {
    const ok = row['ok'] === true;
    return { name: text(row['name']), ok, detail: text(row['detail']), ...(ok ? {} : { remedy: text(row['remedy']) }) };
  });
  return { checks, xenVersion: optionalText(fields['xenVersion']) };
}

export function helloOf(fields: Fields): RecordingHello {
  return {
    domid: count(fields['domid']),
    vcpus: count(fields['vcpus']),
    rateHz: count(fields['rateHz']),
    maxStackBytes: count(fields['maxStackBytes']),
    xenVersion: optionalText(fields['xenVersion']),
    python: text(fields['python']),
    mode: oneOf<SamplingMode>(fields['mode'], ['addresses'], 'stacks'),
    shutter: text(fields['shutter']),
    slower: optionalText(fields['slower']),
    startedAt: new Date(Math.min(count(fields['startedAtMs']), 8.64e15)).toISOString(),
  };
}

export function statusOf(fields: Fields): RecordingStatus {
  const pause = (fields['pause'] ?? {}) as Fields;
  return {
    elapsedMs: count(fields['elapsedMs']),
    samples: count(fields['samples']),
    lost: count(fields['lost']),
    missed: count(fields['missed']),
    pause: {
      count: count(pause['count']),
      medianNs: count(pause['medianNs']),
      p99Ns: count(pause['p99Ns']),
      maxNs: count(pause['maxNs']),
      totalNs: count(pause['totalNs']),
      histogram: Array.isArray(pause['histogram']) ? pause['histogram'].slice(0, HISTOGRAM_BUCKETS).map(count) : [],
    },
    ...(fields['cappedHz'] === undefined ? {} : { cappedHz: count(fields['cappedHz']) }),
  };
}

export function endOf(fields: Fields): { reason: RecordingEndReason; status: RecordingStatus; message?: string } {
  const reason = oneOf<RecordingEndReason>(fields['reason'], ['duration', 'stopped', 'guest-gone'], 'failed');
  const message = optionalText(fields['message']);
  return { reason, status: statusOf((fields['status'] ?? {}) as Fields), ...(message === null ? {} : { message }) };
}

/** Text without control characters: names of guests are given by whoever may create guests. */
function text(value: unknown): string {
  return typeof value === 'string' ? value.replaceAll(/[\x00-\x09\x0b-\x1f\x7f-\x9f]/g, ' ') : '';
}

function optionalText(value: unknown): string | null {
  return typeof value === 'string' ? text(value) : null;
}

/** A finite number that is not negative; 0 where there is none. */
function count(value: unknown): number {
  return typeof value === 'number' && Number.isFinite(value) && value >= 0 ? value : 0;
}

function oneOf<T extends string>(value: unknown, known: readonly T[], otherwise: T): T {
  return known.find((name) => name === value) ?? otherwise;
}

function objects(value: unknown): Fields[] {
  if (!Array.isArray(value)) return [];
  return value.filter((row): row is Fields => typeof row === 'object' && row !== null);
}
