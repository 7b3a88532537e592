/** Our answers beside llvm-symbolizer's, address by address. */
import { SHF_EXECINSTR } from '../../extension/engine/elf/constants.ts';
import { openSymbols, type SourceFrame } from '../../extension/engine/symbols/symbolizer.ts';
import { numbers } from './generated.ts';
import { type LlvmFrame, llvmFrames } from './llvm.ts';

export interface Comparison {
  readonly addresses: number;
  readonly equal: number;
  /** How many addresses differ first in what. */
  readonly differences: ReadonlyMap<string, number>;
  /** Some of those addresses, with both answers. */
  readonly examples: readonly string[];
  /** Frames over all addresses: more than the addresses where code was inlined. */
  readonly frames: number;
  /** Addresses with a line. */
  readonly withLine: number;
}

/** Random addresses of a file's code, in no order. */
export function textAddresses(file: string, count: number): bigint[] {
  const symbols = openSymbols(file);
  try {
    const sections = symbols.elf.sections.filter(
      ({ flags, size, name }) => (flags & SHF_EXECINSTR) !== 0 && size > 0 && name.includes('text'),
    );
    const total = sections.reduce((sum, { size }) => sum + size, 0);
    if (total === 0) throw new Error(`${file} has no code`);
    const random = numbers(total);
    return Array.from({ length: count }, () => {
      let at = random(total);
      const section = sections.find(({ size }) => (at -= size) < 0)!;
      return section.address + BigInt(at + section.size);
    });
  } finally {
    symbols.close();
  }
}

export async function compare(file: string, count: number): Promise<Comparison> {
  const addresses = textAddresses(file, count);
  const theirs = await llvmFrames(file, addresses);
  const symbols = openSymbols(file);
  try {
    const answers = symbols.lookupAll(addresses);
    const ours = addresses.map((_, i) => answers.framesOf(i));
    if (symbols.faults.length > 0) throw new Error(`${file} was not read in full`, { cause: symbols.faults[0] });
    const differences = new Map<string, number>();
    const examples: string[] = [];
    let frames = 0;
    let withLine = 0;
    addresses.forEach((address, i) => {
      frames += ours[i]!.length;
      if (ours[i]![0]?.line !== undefined) withLine++;
      const difference = differenceOf(ours[i]!, theirs[i]!);
      if (difference === undefined) return;
      differences.set(difference, (differences.get(difference) ?? 0) + 1);
      if (examples.length < 5)
        examples.push(
          `0x${address.toString(16)} ${difference}\n ours ${JSON.stringify(ours[i], plain)}\n llvm ${JSON.stringify(theirs[i])}`,
        );
    });
    const different = [...differences.values()].reduce((sum, n) => sum + n, 0);
    return { addresses: count, equal: count - different, differences, examples, frames, withLine };
  } finally {
    symbols.close();
  }
}

const plain = (_: string, value: unknown): unknown => (typeof value === 'bigint' ? `0x${value.toString(16)}` : value);

/** What differs first: depth, and then function, file or line of the innermost frame that differs. */
function differenceOf(ours: readonly SourceFrame[], theirs: readonly LlvmFrame[]): string | undefined {
  if (ours.length === 0)
    return theirs.length === 1 && theirs[0]!.FunctionName === '' && theirs[0]!.FileName === '' ? undefined : 'nothing found';
  if (ours.length !== theirs.length) return 'inline depth';
  for (let i = 0; i < ours.length; i++) {
    const { name, linkageName, file, line } = ours[i]!;
    const their = theirs[i]!;
    if ((linkageName ?? name) !== their.FunctionName) return 'function';
    if ((file ?? '') !== their.FileName) return 'file';
    if ((line ?? 0) !== their.Line) return 'line';
  }
  return undefined;
}
