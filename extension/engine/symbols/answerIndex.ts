/**
 * An index on disk of what has been looked up in a file, so that the same addresses are answered without reading its debug information again. A
 * profile's addresses are few and come back in the next profile of the same guest.
 *
 * A file of the index is written whole under another name and then renamed: of two processes one wins, and a torn write is never seen. What is read
 * must have the right version, key, length and checksum, or is as if it were not there.
 */
import { createHash } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync, renameSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { deserialize, serialize } from 'node:v8';
import type { ElfFile } from '../elf/elfFile.ts';
import type { PartialAnswers } from './answers.ts';

export interface IndexedAnswers {
  /** As the file's AddressSpace counts. */
  readonly addresses: Float64Array;
  readonly answers: PartialAnswers;
}

/** Changes with everything that changes what is answered or how it is kept. */
const VERSION = 1;
const MAGIC = 'ringside answers ';
const SUFFIX = '.answers';
const MAX_FILE_BYTES = 128 * 1024 * 1024;
const MAX_FOLDER_BYTES = 512 * 1024 * 1024;
const HEAD_BYTES = MAGIC.length + 4 + 32;

/**
 * What is in some files, in short: of each its headers, its build-id where it has one, and pieces from all over it. A file without a build-id is also told by
 * its modification time, since a change of a few bytes may lie between the pieces.
 */
export function contentKey(files: readonly ElfFile[]): string {
  const hash = createHash('sha256');
  for (const { source, header, buildId } of files) {
    hash.update(`${source.size} ${buildId ?? statSync(source.name, { bigint: true }).mtimeNs} `);
    const take = (offset: number, length: number): void => {
      if (offset < source.size) hash.update(source.read(offset, Math.min(length, source.size - offset)));
    };
    take(0, 4096);
    take(header.sectionsOffset, header.sectionCount * header.sectionEntryBytes);
    for (let piece = 0; piece < PIECES; piece++) take(Math.floor((source.size / PIECES) * piece), PIECE_BYTES);
  }
  return hash.digest('hex').slice(0, 40);
}

const PIECES = 64;
const PIECE_BYTES = 512;

/** @returns undefined where nothing is kept, or nothing that can be trusted */
export function readIndex(folder: string, key: string): IndexedAnswers | undefined {
  const file = path.join(folder, key + SUFFIX);
  if ((statSync(file, { throwIfNoEntry: false })?.size ?? 0) < HEAD_BYTES) return undefined;
  const bytes = readFileSync(file);
  const body = bytes.subarray(HEAD_BYTES);
  if (!bytes.subarray(0, HEAD_BYTES).equals(headOf(key, body))) return undefined;
  const now = new Date();
  utimesSync(file, now, now);
  return deserialize(body) as IndexedAnswers;
}

/** Keeps answers, and drops those that have not been used for longest where there are too many. */
export function writeIndex(folder: string, key: string, kept: IndexedAnswers): void {
  const body = serialize(kept);
  if (body.length > MAX_FILE_BYTES) return;
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const unfinished = path.join(folder, `${key}.${process.pid}.tmp`);
  try {
    writeFileSync(unfinished, Buffer.concat([headOf(key, body), body]), { mode: 0o600 });
    renameSync(unfinished, path.join(folder, key + SUFFIX));
  } catch (error) {
    rmSync(unfinished, { force: true });
    throw error;
  }
  dropOldest(folder);
}

/** Magic, version, and a checksum of the key and of what follows. */
function headOf(key: string, body: Uint8Array): Buffer {
  const head = Buffer.alloc(HEAD_BYTES);
  head.write(MAGIC, 'latin1');
  head.writeUInt32LE(VERSION, MAGIC.length);
  createHash('sha256')
    .update(`${VERSION} ${process.versions.v8} ${key} `)
    .update(body)
    .digest()
    .copy(head, MAGIC.length + 4);
  return head;
}

function dropOldest(folder: string): void {
  const files = readdirSync(folder)
    .filter((name) => name.endsWith(SUFFIX) || name.endsWith('.tmp'))
    .flatMap((name) => {
      const file = path.join(folder, name);
      const stat = statSync(file, { throwIfNoEntry: false });
      return stat ? [{ file, size: stat.size, usedMs: stat.mtimeMs }] : [];
    })
    .sort((a, b) => b.usedMs - a.usedMs);
  let total = 0;
  for (const { file, size } of files) {
    total += size;
    if (total > MAX_FOLDER_BYTES) rmSync(file, { force: true });
  }
}
