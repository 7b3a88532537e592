/**
 * The disassembly of a function with what its instructions cost. Of an inlined function, which has no code of its own, the code of the functions it was
 * put into. Addresses are the guest's: the file's, moved by the slide that the guest's text proved.
 */
import { statSync } from 'node:fs';
import path from 'node:path';
import type { Assembly, AssemblyPart } from '../../protocol.ts';
import type { Placed } from '../profile/placed.ts';
import type { Profile } from '../profile/profile.ts';
import { CLONE } from '../recording/guestImage.ts';
import { slideOf } from '../recording/proofWords.ts';
import type { SourceFrame } from '../symbols/answers.ts';
import { openSymbols, type FunctionRange, type Symbolizer } from '../symbols/symbolizer.ts';
import { addressWeights, type AddressWeights } from './addressWeights.ts';
import { codeFile } from './codeFile.ts';
import { disassemble, type Instruction } from './objdump.ts';

/** Ranges of code that are shown of one function: a cold part, or the functions it was inlined into. */
const MOST_PARTS = 8;
/** Longer ones are cut off: nobody reads more of a function, and an editor is slow with it. */
const MOST_BYTES = 128n * 1024n;

export interface AssemblyQuestion {
  readonly fn: number;
  readonly symbolFile: string;
  readonly objdump: string;
  readonly signal: AbortSignal;
}

/** The ELF file that a profile's addresses were named by, where it still is. A capture may come from anywhere: what it names must be a file of this machine. */
export function symbolFileOf({ facts: { symbolFile } }: Profile): string | null {
  if (symbolFile === null || !path.isAbsolute(symbolFile) || /^[\\/]{2}/.test(symbolFile)) return null;
  return statSync(symbolFile, { throwIfNoEntry: false })?.isFile() ? symbolFile : null;
}

/** @throws Error that names what failed and the next step */
export async function assemblyOf(placed: Placed, { fn, symbolFile, objdump, signal }: AssemblyQuestion): Promise<Assembly> {
  const info = placed.profile.table.functions[fn];
  if (!info) throw new Error('This function is no longer in the profile: choose it again');
  const symbols = openSymbols(symbolFile);
  const file = codeFile(symbols, symbolFile);
  try {
    const slide = slideOf(placed.profile.facts.proof);
    const sources: Sources = { file: symbolFile, symbols, slide, weights: addressWeights(placed) };
    const ranges = rangesOf(placed, fn, sources);
    if (ranges.length === 0)
      throw new Error(
        `${symbolFile} has no function at the addresses that were sampled in ${info.name}: choose the ELF file that the guest runs`,
      );
    const { grandTotal } = placed.weighted;
    const parts: AssemblyPart[] = [];
    for (const range of ranges.slice(0, MOST_PARTS)) {
      const end = range.end - range.start > MOST_BYTES ? range.start + MOST_BYTES : range.end;
      const instructions = await disassemble({ program: objdump, file: file.path, start: range.start, end, slide, signal });
      if (instructions.length === 0)
        throw new Error(
          `${symbolFile} holds no code for ${range.name}: it has debug information alone. Choose the unstripped ELF file that the guest was built as`,
        );
      parts.push({ ...partOf(placed, instructions, sources), name: range.name, cutOff: end < range.end });
    }
    return {
      name: info.name,
      symbolFile,
      grandTotal,
      unit: placed.profile.facts.unit,
      slide: hex(slide),
      parts,
      partsLeftOut: Math.max(0, ranges.length - MOST_PARTS),
    };
  } finally {
    file.remove();
    symbols.close();
  }
}

interface Sources {
  readonly file: string;
  readonly symbols: Symbolizer;
  readonly slide: bigint;
  readonly weights: AddressWeights;
}

/** Functions of the file that hold the code, heaviest first. */
function rangesOf({ profile: { table } }: Placed, fn: number, { symbols, slide, weights, file }: Sources): FunctionRange[] {
  const found = new Map<bigint, { range: FunctionRange; weight: number; own: boolean }>();
  let [same, others] = [0, 0];
  table.locations.forEach(({ address, frames }, id) => {
    if (address === null || weights.total[id] === 0 || !frames.some((frame) => frame.fn === fn)) return;
    const linked = BigInt.asUintN(64, address - slide);
    const range = symbols.functionRange(linked);
    if (!range) return;
    const name = symbols.lookup(linked).at(-1)?.name.replace(CLONE, '');
    if (name === table.functions[frames.at(-1)!.fn]!.name) same++;
    else others++;
    const entry = found.get(range.start) ?? { range, weight: 0, own: false };
    entry.weight += weights.total[id]!;
    entry.own ||= frames.at(-1)!.fn === fn;
    found.set(range.start, entry);
  });
  if (others > same)
    throw new Error(
      `${file} is not what this profile was named by: it has other functions at the sampled addresses. Choose the ELF file that the guest ran`,
    );
  const all = [...found.values()].sort((a, b) => b.weight - a.weight || (a.range.start < b.range.start ? -1 : 1));
  const own = all.filter((entry) => entry.own);
  return (own.length > 0 ? own : all).map(({ range }) => range);
}

function partOf(
  { profile: { table } }: Placed,
  instructions: readonly Instruction[],
  { symbols, slide, weights }: Sources,
): Omit<AssemblyPart, 'name' | 'cutOff'> {
  const [self, total] = [instructions.map(() => 0), instructions.map(() => 0)];
  const linkedAt = (address: bigint): bigint => BigInt.asUintN(64, address - slide);
  const addresses = instructions.map(({ address }) => linkedAt(address));
  const [first, last] = [addresses[0]!, addresses.at(-1)!];
  table.locations.forEach(({ address }, id) => {
    if (address === null || weights.total[id] === 0) return;
    const linked = linkedAt(address);
    // a call's address lies within its instruction, a byte before the one after; of the last one the length is not known
    if (linked < first || linked > last + 15n) return;
    const at = lastNotAbove(addresses, linked);
    self[at]! += weights.self[id]!;
    total[at]! += weights.total[id]!;
  });
  const answers = symbols.lookupAll(addresses);
  const chains: AssemblyPart['chains'][number][] = [];
  const ids = new Map<string, number>();
  const chain = addresses.map((_, at) => {
    const frames = answers.framesOf(at).map(placeOf);
    const key = JSON.stringify(frames);
    let id = ids.get(key);
    if (id === undefined) ids.set(key, (id = chains.push(frames) - 1));
    return id;
  });
  return {
    address: instructions.map(({ address }) => hex(address)),
    text: instructions.map(({ text }) => text),
    self,
    total,
    chain,
    chains,
  };
}

function placeOf({ name, file, line }: SourceFrame): AssemblyPart['chains'][number][number] {
  return { name, ...(file === undefined ? {} : { file }), ...(line === undefined ? {} : { line }) };
}

function lastNotAbove(addresses: readonly bigint[], wanted: bigint): number {
  let [low, high] = [0, addresses.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (addresses[middle]! <= wanted) low = middle + 1;
    else high = middle;
  }
  return low - 1;
}

function hex(value: bigint): string {
  return value < 0n ? `-0x${(-value).toString(16)}` : `0x${value.toString(16)}`;
}
