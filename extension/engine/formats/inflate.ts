/** Unpacks what was gzipped, and leaves the rest alone. */
import { gunzipSync } from 'node:zlib';
import { FormatError } from './errors.ts';

/** A capture inflated beyond this is refused rather than left to exhaust the engine's memory. */
const MAX_INFLATED_BYTES = 1024 * 1024 * 1024;

export function inflate(bytes: Uint8Array, name: string): Uint8Array {
  if (bytes[0] !== 0x1f || bytes[1] !== 0x8b) return bytes;
  try {
    return gunzipSync(bytes, { maxOutputLength: MAX_INFLATED_BYTES });
  } catch (cause) {
    throw new FormatError(`${name} is gzipped, but cannot be unpacked: it is cut short, damaged, or larger than 1 GiB`, { cause });
  }
}
