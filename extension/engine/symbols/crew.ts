/**
 * Helper threads for many addresses in a large file. Every thread has the file open for itself and takes one block of units after another; this one
 * takes part, so that nothing waits for a thread to start and all is answered where none can.
 */
import { existsSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import path from 'node:path';
import type { Worker as Thread } from 'node:worker_threads';
import type { UnitAddresses } from '../dwarf/dwarfFile.ts';
import type { Answers, PartialAnswers } from './answers.ts';
import type { SymbolPlace, Symbolizer } from './symbolizer.ts';

/** What a thread is given. Blocks are runs of units; `next` counts those that have been taken. */
export interface Errand {
  readonly place: SymbolPlace;
  readonly next: Int32Array;
  /** First unit of each block, and the end of the last. */
  readonly blocks: Int32Array;
  /** Of each unit: its offset, and where its addresses begin. */
  readonly units: Float64Array;
  readonly first: Int32Array;
  readonly addresses: Float64Array;
}

/** What a thread sends of each block. */
export interface Report {
  readonly block: number;
  readonly answers: PartialAnswers;
}

declare const __dirname: string | undefined;
/** Beside the bundles; where the sources run as they are, as modules, there is none, and no helpers. */
const program = typeof __dirname === 'string' ? path.join(__dirname, 'symbols.cjs') : '';
export const MOST_THREADS = 4;
/** Helpers warm up anew: with less than this of units they cost as much as they take over (22 MB, two processors: 1.6 s with one, 1.7 without). */
const LEAST_BYTES = 32 * 1024 * 1024;
const BLOCK_BYTES = 1024 * 1024;
const LEAST_ADDRESSES = 64;

/**
 * As `symbols.lookupAll`, with the help of other threads.
 * @param threads this one included; undefined: as many as pay
 */
export async function lookupTogether(symbols: Symbolizer, addresses: readonly bigint[], threads?: number): Promise<Answers> {
  const { place } = symbols;
  const count = existsSync(program) ? (threads ?? threadsThatPay(symbols, addresses.length)) - 1 : 0;
  if (place === undefined || count === 0) return symbols.lookupAll(addresses);
  const { Worker } = await import('node:worker_threads');
  const helpers = Array.from({ length: count }, () => new Helper(new Worker(program)));
  try {
    const { groups, keys } = symbols.grouped(addresses);
    const errand = errandOf(place, groups, keys);
    const done = new Set<number>();
    const answers = symbols.answers(addresses.length);
    const order = groups.flatMap(({ indexes }) => indexes);
    const ended = helpers.map((helper) => {
      const index = { functions: [] as number[], files: [] as number[] };
      return helper.work(errand, ({ block, answers: part }) => {
        for (const fn of part.newFunctions) index.functions.push(symbols.adopt(fn));
        for (const each of part.newFiles) index.files.push(symbols.dwarf.indexOf(each));
        answers.add(part, order, errand.first[errand.blocks[block]!]!, index);
        done.add(block);
      });
    });
    const target = (index: number): number => order[index]!;
    for (let block = takeBlock(errand); block !== -1; block = takeBlock(errand)) {
      lookupBlock(symbols, errand, block, answers, target);
      done.add(block);
    }
    await Promise.all(ended);
    // what a thread took and did not bring back
    for (let block = 0; block + 1 < errand.blocks.length; block++)
      if (!done.has(block)) lookupBlock(symbols, errand, block, answers, target);
    return answers;
  } finally {
    for (const helper of helpers) helper.end();
  }
}

function threadsThatPay(symbols: Symbolizer, addresses: number): number {
  const mayPay = addresses >= LEAST_ADDRESSES && symbols.dwarf.size >= LEAST_BYTES;
  return mayPay ? Math.min(MOST_THREADS, availableParallelism()) : 1;
}

/** A block that nobody has taken yet, or -1. */
export function takeBlock({ next, blocks }: Errand): number {
  const block = Atomics.add(next, 0, 1);
  return block + 1 < blocks.length ? block : -1;
}

/** @param place which of the answers' addresses each of the errand's is */
export function lookupBlock(
  symbols: Symbolizer,
  { blocks, units, first, addresses }: Errand,
  block: number,
  answers: Answers,
  place: (index: number) => number,
): void {
  for (let unit = blocks[block]!; unit < blocks[block + 1]!; unit++) {
    const from = first[unit]!;
    symbols.lookupIn(units[unit]!, addresses.subarray(from, first[unit + 1]), answers, (index) => place(from + index));
  }
}

class Helper {
  private readonly worker: Thread;

  constructor(worker: Thread) {
    this.worker = worker;
    // a thread that fails leaves its blocks to this one, which meets the same failure or none
    this.worker.on('error', () => undefined);
    this.worker.unref();
  }

  /** Resolves when there is nothing left to take, or the thread has ended. */
  work(errand: Errand, take: (report: Report) => void): Promise<void> {
    this.worker.ref();
    return new Promise((resolve) => {
      this.worker.on('message', (report: Report | 'done') => (report === 'done' ? resolve() : take(report)));
      this.worker.once('exit', () => resolve());
      this.worker.postMessage(errand);
    });
  }

  end(): void {
    void this.worker.terminate();
  }
}

function errandOf(place: SymbolPlace, groups: readonly UnitAddresses[], keys: Float64Array): Errand {
  const blocks: number[] = [];
  let bytes = Infinity;
  const first = shared(Int32Array, groups.length + 1);
  const units = shared(Float64Array, groups.length);
  const addresses = shared(Float64Array, keys.length);
  let count = 0;
  groups.forEach((group, unit) => {
    if (bytes >= BLOCK_BYTES) {
      blocks.push(unit);
      bytes = 0;
    }
    bytes += group.bytes;
    units[unit] = group.unit;
    first[unit] = count;
    for (const index of group.indexes) addresses[count++] = keys[index]!;
  });
  first[groups.length] = count;
  blocks.push(groups.length);
  const bounds = shared(Int32Array, blocks.length);
  bounds.set(blocks);
  return { place, next: shared(Int32Array, 1), blocks: bounds, units, first, addresses };
}

function shared<T extends Int32Array | Float64Array>(
  make: { new (buffer: SharedArrayBuffer): T; readonly BYTES_PER_ELEMENT: number },
  length: number,
): T {
  return new make(new SharedArrayBuffer(length * make.BYTES_PER_ELEMENT));
}
