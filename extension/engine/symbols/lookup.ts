/** Many addresses at once: from the index on disk what it has, and the rest from the file, with helper threads where they pay. */
import { contentKey, type IndexedAnswers, readIndex, writeIndex } from './answerIndex.ts';
import type { Answers, PartialAnswers } from './answers.ts';
import { lookupTogether } from './crew.ts';
import type { Symbolizer } from './symbolizer.ts';

/** More answers of one file are not kept. */
const MOST_KEPT = 500_000;

export interface LookupOptions {
  /** Where answers are kept from one run to the next; undefined: nowhere. */
  readonly index?: string | undefined;
  /** Threads that work together; undefined: as many as pay. */
  readonly threads?: number | undefined;
}

/** As `symbols.lookupAll`. */
export async function lookupMany(symbols: Symbolizer, addresses: readonly bigint[], options: LookupOptions = {}): Promise<Answers> {
  const { index: indexFolder, threads } = options;
  if (indexFolder === undefined || symbols.place === undefined) return lookupTogether(symbols, addresses, threads);
  const key = contentKey(symbols.files);
  const kept = readIndex(indexFolder, key);
  const rows = rowsOf(kept);
  const missing = [...new Set(addresses)].filter((address) => !rows.has(symbols.dwarf.addresses.toNumber(address)));
  if (kept !== undefined && missing.length === 0) return inOrder(symbols, addresses, kept);
  const all = merged(symbols, kept, missing, await lookupTogether(symbols, missing, threads));
  // what could not be read today may be there tomorrow
  if (all.addresses.length <= MOST_KEPT && symbols.faults.length === 0) writeIndex(indexFolder, key, all);
  return inOrder(symbols, addresses, all);
}

const rowsOf = (kept: IndexedAnswers | undefined): Map<number, number> =>
  new Map(Array.from(kept?.addresses ?? [], (address, row) => [address, row]));

function merged(symbols: Symbolizer, kept: IndexedAnswers | undefined, missing: readonly bigint[], found: Answers): IndexedAnswers {
  const added = missing.map((address) => symbols.dwarf.addresses.toNumber(address));
  const answers = found.part({ functions: 0, files: 0 });
  if (kept === undefined) return { addresses: Float64Array.from(added), answers };
  const all = symbols.answers(kept.addresses.length + missing.length);
  all.add(kept.answers, counted(0, kept.addresses.length), 0, adopted(symbols, kept.answers));
  all.add(answers, counted(kept.addresses.length, missing.length), 0, {
    functions: counted(0, found.functions.length),
    files: counted(0, found.files.length),
  });
  return { addresses: Float64Array.from([...kept.addresses, ...added]), answers: all.part({ functions: 0, files: 0 }) };
}

/** The answers to some of the addresses that were kept. */
function inOrder(symbols: Symbolizer, addresses: readonly bigint[], kept: IndexedAnswers): Answers {
  const rows = rowsOf(kept);
  const answers = symbols.answers(addresses.length);
  const index = adopted(symbols, kept.answers);
  addresses.forEach((address, i) => answers.addOne(kept.answers, rows.get(symbols.dwarf.addresses.toNumber(address))!, i, index));
  return answers;
}

/** What the functions and files of kept answers are to these symbols. */
function adopted(symbols: Symbolizer, answers: PartialAnswers): { functions: number[]; files: number[] } {
  return {
    functions: answers.newFunctions.map((fn) => symbols.adopt(fn)),
    files: answers.newFiles.map((file) => symbols.dwarf.indexOf(file)),
  };
}

const counted = (from: number, count: number): number[] => Array.from({ length: count }, (_, i) => from + i);
