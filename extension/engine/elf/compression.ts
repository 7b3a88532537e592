/** Compressed sections: SHF_COMPRESSED (gabi, "Section Compression") and GNU's older .zdebug_*. */
import { inflateSync } from 'node:zlib';
import { decompress as unpackZstd } from 'fzstd';
import type { ElfHeader, Section } from './headers.ts';
import { FileError } from './errors.ts';

const ELFCOMPRESS_ZLIB = 1;
const ELFCOMPRESS_ZSTD = 2;
/** No section may unpack to more than this, nor a small one to more than `MAX_RATIO` times itself: a small file must not claim all memory. */
const MAX_UNPACKED_BYTES = 2 * 1024 ** 3 - 1;
const MAX_SMALL_BYTES = 16 * 1024 ** 2;
const MAX_RATIO = 1100;

interface Head {
  readonly method: number;
  readonly unpackedBytes: number;
  readonly headBytes: number;
}

/** "ZLIB", then the size as 64 big-endian bits. */
function gnuHead(section: Section, packed: Uint8Array, view: DataView): Head {
  if (packed.length < 12 || view.getUint32(0) !== 0x5a4c4942) {
    throw new FileError('corrupt', 'a compressed section that does not begin with ZLIB', { section: section.name, offset: 0 });
  }
  return { method: ELFCOMPRESS_ZLIB, unpackedBytes: Number(view.getBigUint64(4)), headBytes: 12 };
}

function gabiHead(section: Section, packed: Uint8Array, view: DataView, { bits, littleEndian }: ElfHeader): Head {
  const headBytes = bits === 64 ? 24 : 12;
  if (packed.length < headBytes)
    throw new FileError('truncated', 'ends inside its compression header', { section: section.name, offset: 0 });
  const unpackedBytes = bits === 64 ? Number(view.getBigUint64(8, littleEndian)) : view.getUint32(4, littleEndian);
  return { method: view.getUint32(0, littleEndian), unpackedBytes, headBytes };
}

/** @throws FileError corrupt, too-large or unsupported */
export function unpackSection(section: Section, packed: Uint8Array, header: ElfHeader): Uint8Array {
  const view = new DataView(packed.buffer, packed.byteOffset, packed.byteLength);
  const head = section.name.startsWith('.zdebug') ? gnuHead(section, packed, view) : gabiHead(section, packed, view, header);
  const place = { section: section.name, offset: head.headBytes };
  if (head.unpackedBytes > MAX_UNPACKED_BYTES || head.unpackedBytes > Math.max(MAX_SMALL_BYTES, MAX_RATIO * packed.length)) {
    throw new FileError('too-large', `${packed.length} bytes claim to unpack to ${head.unpackedBytes}`, place);
  }
  const body = packed.subarray(head.headBytes);
  const unpacked = unpack(head, body, place);
  if (unpacked.length !== head.unpackedBytes) {
    throw new FileError('corrupt', `unpacks to ${unpacked.length} bytes, its header says ${head.unpackedBytes}`, place);
  }
  return unpacked;
}

function unpack(head: Head, body: Uint8Array, place: { section: string; offset: number }): Uint8Array {
  try {
    if (head.method === ELFCOMPRESS_ZLIB) return inflateSync(body, { maxOutputLength: Math.max(1, head.unpackedBytes) });
    if (head.method === ELFCOMPRESS_ZSTD) return unpackZstd(body, new Uint8Array(head.unpackedBytes));
  } catch (cause) {
    throw new FileError('corrupt', 'compressed data cannot be unpacked', { ...place, cause });
  }
  throw new FileError('unsupported', `compressed by method ${head.method}; zlib (1) and zstd (2) are known`, place);
}
