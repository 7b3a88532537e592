/**
 * An index on disk of what has been looked up in a file, so that the same addresses are answered without reading its debug information again. A
 * profile's addresses are few and come back in the next profile of the same guest.
 *
 * A file of the index is written whole under another name and then renamed: of two processes one wins, and a torn write is never seen. What is read
 * must have the right version, key, length and checksum, or is as if it were not there.
 */
import { createHash } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync, renameSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { endianness } from 'node:os';
import path from 'node:path';
import { Scratch } from '../elf/byteSource.ts';
import type { ElfFile } from '../elf/elfFile.ts';
import { countUpTo, sortedOrder } from '../elf/sortedOrder.ts';
import { type IndexedAnswers, packAnswers, unpackAnswers } from './answerFile.ts';
import { Answers, CollectedAnswers, type SourceFrame } from './answers.ts';

/** Changes with everything that changes what is answered or how it is kept. */
const VERSION = 4;
const MAGIC = 'ringside answers';
const SUFFIX = '.answers';
const MAX_FILE_BYTES = 128 * 1024 * 1024;
const MAX_FOLDER_BYTES = 512 * 1024 * 1024;
/** More answers of one file are not kept. */
const MAX_ADDRESSES = 500_000;
/** A multiple of 8: the columns come next. */
const HEAD_BYTES = MAGIC.length + 8 + 32;

/** The answers of one file: those that were kept, and those that have come since. */
export class AnswerIndex {
  /** Undefined for answers that are kept in memory only. */
  private readonly file: { readonly folder: string; readonly key: string } | undefined;
  private kept: IndexedAnswers;
  private readonly fresh = new CollectedAnswers();
  /** Where in `fresh` each address is. */
  private readonly freshAt = new Map<number, number>();

  private constructor(file?: { folder: string; key: string }) {
    this.file = file;
    this.kept = (file && readIndex(file.folder, file.key)) ?? { addresses: new Float64Array(0), answers: new Answers(0, [], []) };
  }

  /** @param key of the file's content */
  static open(folder: string, key: string): AnswerIndex {
    return new AnswerIndex({ folder, key });
  }

  static inMemory(): AnswerIndex {
    return new AnswerIndex();
  }

  has(address: number): boolean {
    return this.keptAt(address) !== -1 || this.freshAt.has(address);
  }

  framesAt(address: number): readonly SourceFrame[] | undefined {
    const kept = this.keptAt(address);
    if (kept !== -1) return this.kept.answers.framesOf(kept);
    const fresh = this.freshAt.get(address);
    return fresh === undefined ? undefined : this.fresh.answers.framesOf(fresh);
  }

  /** Whether there is room for so many more. */
  takes(addresses: number): boolean {
    return this.kept.addresses.length + this.freshAt.size + addresses <= MAX_ADDRESSES;
  }

  /** Takes over answers to addresses that it does not have. */
  add(addresses: ArrayLike<number>, found: Answers): void {
    for (let i = 0; i < addresses.length; i++) this.freshAt.set(addresses[i]!, this.fresh.take(found, i));
  }

  /** Answers to addresses that it has, in their order. */
  select(addresses: ArrayLike<number>): Answers {
    const places = new Uint32Array(addresses.length);
    let areKept = true;
    for (let i = 0; i < places.length; i++) {
      const place = this.keptAt(addresses[i]!);
      if (place === -1) areKept = false;
      else places[i] = place;
    }
    if (areKept) return this.kept.answers.picked(places);
    const all = new CollectedAnswers();
    for (let i = 0; i < places.length; i++) {
      const fresh = this.freshAt.get(addresses[i]!);
      if (fresh === undefined) all.take(this.kept.answers, places[i]!);
      else all.take(this.fresh.answers, fresh);
    }
    return all.answers;
  }

  /** Writes what has come since it was opened, with what another process may have written meanwhile. */
  save(): void {
    if (this.freshAt.size === 0 || !this.file) return;
    const { folder, key } = this.file;
    this.kept = readIndex(folder, key) ?? this.kept;
    const fresh = [...this.freshAt.keys()].filter((address) => this.keptAt(address) === -1);
    const unsorted = Float64Array.from([...this.kept.addresses, ...fresh]);
    if (unsorted.length > MAX_ADDRESSES) return;
    const addresses = Float64Array.from(sortedOrder(unsorted), (i) => unsorted[i]!);
    writeIndex(folder, key, { addresses, answers: this.select(addresses) });
  }

  private keptAt(address: number): number {
    const { addresses } = this.kept;
    const place = countUpTo(addresses, address) - 1;
    return place >= 0 && addresses[place] === address ? place : -1;
  }
}

/**
 * What is in some files, in short: of each its size, its headers, its build-id where it has one, and pieces from all over it. A file without a build-id is
 * also told by its modification time, since a change of a few bytes may lie between the pieces.
 * @returns undefined where that cannot be told, because a file is no longer there
 */
export function contentKey(files: readonly ElfFile[]): string | undefined {
  const hash = createHash('sha256');
  const scratch = new Scratch();
  for (const { source, header, buildId } of files) {
    const identity = buildId ?? statSync(source.name, { bigint: true, throwIfNoEntry: false })?.mtimeNs;
    if (identity === undefined) return undefined;
    hash.update(`${source.size} ${identity} `);
    const take = (offset: number, length: number): void => {
      if (offset < source.size) hash.update(source.readInto(scratch, offset, Math.min(length, source.size - offset)));
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
  const size = statSync(file, { throwIfNoEntry: false })?.size ?? 0;
  if (size < HEAD_BYTES || size > HEAD_BYTES + MAX_FILE_BYTES) return undefined;
  const bytes = readFileSync(file);
  const body = bytes.byteOffset % 8 === 0 ? bytes.subarray(HEAD_BYTES) : Uint8Array.from(bytes.subarray(HEAD_BYTES));
  if (!bytes.subarray(0, HEAD_BYTES).equals(headOf(key, body))) return undefined;
  const now = new Date();
  utimesSync(file, now, now);
  return unpackAnswers(body);
}

/** Keeps answers, and drops those that have not been used for longest where there are too many. */
function writeIndex(folder: string, key: string, kept: IndexedAnswers): void {
  const body = packAnswers(kept);
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
    .update(`${VERSION} ${endianness()} ${key} `)
    .update(body)
    .digest()
    .copy(head, MAGIC.length + 8);
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
