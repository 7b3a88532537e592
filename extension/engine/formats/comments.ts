/**
 * Facts of a capture as lines of text, one `ringside.<key>: <JSON>` each, kept as profile.proto's comments: `pprof -comments` prints them, and
 * they are read back when a capture is opened. Lines of others are left alone.
 */
import type { Checksums } from '../profile/checksums.ts';
import type { ProfileFacts } from '../profile/profile.ts';

const PREFIX = 'ringside.';
type Kept = Pick<ProfileFacts, 'info' | 'symbols' | 'symbolFile' | 'proof' | 'warnings' | 'lost' | 'missed' | 'pause' | 'cappedHz'>;
const isNumber = (value: unknown): boolean => typeof value === 'number' && Number.isFinite(value);
const isText = (value: unknown): boolean => typeof value === 'string';
const isRecord = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null && !Array.isArray(value);
// 64-bit nanoseconds have no more octaves
const isHistogram = (value: unknown): boolean => Array.isArray(value) && value.length <= 4 * 56 && value.every(isNumber);

/** A capture may come from anywhere: a value of another shape is passed over. */
const wellFormed: { [K in keyof Kept]: (value: unknown) => boolean } = {
  info: (value) =>
    isRecord(value) &&
    ['guest', 'host', 'kind', 'startedAt'].every((key) => isText(value[key])) &&
    ['vcpus', 'rateHz'].every((key) => isNumber(value[key])) &&
    (value['xenVersion'] === null || isText(value['xenVersion'])) &&
    [undefined, 'stacks', 'addresses'].includes(value['mode'] as undefined) &&
    (value['note'] === undefined || isText(value['note'])),
  symbols: isText,
  symbolFile: (value) => isText(value) && (value as string).length < 4096,
  proof: (value) =>
    isRecord(value) &&
    ['proved', 'mismatch', 'unchecked'].includes(value['verdict'] as string) &&
    isText(value['detail']) &&
    (value['slide'] === undefined || isText(value['slide'])) &&
    (value['trusted'] === undefined || typeof value['trusted'] === 'boolean'),
  warnings: (value) => Array.isArray(value) && value.every(isText),
  lost: isNumber,
  missed: isNumber,
  pause: (value) =>
    isRecord(value) &&
    ['count', 'medianNs', 'p99Ns', 'maxNs', 'totalNs'].every((key) => isNumber(value[key])) &&
    (value['histogram'] === undefined || isHistogram(value['histogram'])),
  cappedHz: isNumber,
};
const keys = Object.keys(wellFormed) as (keyof Kept)[];

export function toComments(facts: Kept): string[] {
  return keys.filter((key) => facts[key] !== null).map((key) => `${PREFIX}${key}: ${JSON.stringify(facts[key])}`);
}

export function fromComments(lines: readonly string[]): Partial<Kept> {
  const found: Partial<Record<keyof Kept, unknown>> = {};
  for (const line of lines) {
    const key = keys.find((candidate) => line.startsWith(`${PREFIX}${candidate}: `));
    if (!key) continue;
    const value = parse(line.slice(PREFIX.length + key.length + 2));
    if (value !== undefined && wellFormed[key](value)) found[key] = value;
  }
  return found as Partial<Kept>;
}

const EVIDENCE = `${PREFIX}evidence: `;

/** How sure the frames are, one character a location in the file's order (profile/evidence.ts). */
export function evidenceComment(evidence: string): string[] {
  return evidence === '' ? [] : [`${EVIDENCE}${evidence}`];
}

/** Empty where the file does not say. */
export function evidenceIn(lines: readonly string[]): string {
  return lines.find((line) => line.startsWith(EVIDENCE))?.slice(EVIDENCE.length) ?? '';
}

const CHECKSUMS = `${PREFIX}sourceMd5: `;
/** Of one file; there are as many as contents of it were compiled into one program. */
const MAX_CHECKSUMS = 64;

/** MD5s of the sources as they were compiled, by path: `{"/src/hash.c":["..."]}`. profile.proto has no place of its own for them. */
export function checksumComment(checksums: Checksums): string[] {
  const all = Object.fromEntries(checksums);
  return Object.keys(all).length === 0 ? [] : [`${CHECKSUMS}${JSON.stringify(all)}`];
}

/** Adds what a file says. */
export function takeChecksums(lines: readonly string[], into: Checksums): void {
  const found = parse(lines.find((line) => line.startsWith(CHECKSUMS))?.slice(CHECKSUMS.length) ?? '');
  if (!isRecord(found)) return;
  for (const [file, all] of Object.entries(found)) {
    if (!Array.isArray(all) || all.length > MAX_CHECKSUMS) continue;
    for (const md5 of all as unknown[]) if (typeof md5 === 'string' && /^[0-9a-f]{32}$/.test(md5)) into.add(file, md5);
  }
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined; // a comment cut short says nothing
  }
}
