/** The checksum of .gnu_debuglink (CRC-32 of ISO 3309, as gzip has it). Node's own came with a version that editors do not have yet. */
import { type ByteSource, Scratch } from '../elf/byteSource.ts';

const PIECE_BYTES = 1024 * 1024;

const table = Uint32Array.from({ length: 256 }, (_, byte) => {
  let value = byte;
  for (let bit = 0; bit < 8; bit++) value = value & 1 ? (value >>> 1) ^ 0xedb88320 : value >>> 1;
  return value;
});

export function crc32OfFile(source: ByteSource): number {
  const scratch = new Scratch();
  let crc = 0xffffffff;
  for (let at = 0; at < source.size; at += PIECE_BYTES) {
    const bytes = source.readInto(scratch, at, Math.min(PIECE_BYTES, source.size - at));
    for (const byte of bytes) crc = table[(crc ^ byte) & 0xff]! ^ (crc >>> 8);
  }
  return ~crc >>> 0;
}
