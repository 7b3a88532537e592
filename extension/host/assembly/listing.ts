/** A disassembly as text: what each instruction costs, and the lines of source that it was made from between. */
import { baseName } from '../../builtPaths.ts';
import type { Assembly, AssemblyPart, SourcePlace } from '../../protocol.ts';
import { plain, share } from '../words.ts';

/** A line of the text. */
export interface ListingLine {
  /** Where it is in the source: the innermost line first, then where that was inlined, outwards. */
  readonly places: readonly SourcePlace[];
  /** Weight at the instruction and in what it called; 0 for lines that are none. */
  readonly self: number;
  readonly total: number;
}

export interface Listing {
  readonly text: string;
  readonly lines: readonly ListingLine[];
  readonly grandTotal: number;
}

const COLUMN = 9;
const NOTHING: ListingLine = { places: [], self: 0, total: 0 };
/** Longer lines of source are cut. */
const LONGEST_SOURCE = 120;

/**
 * @param sourceLine the text of a line, where the file is at hand
 * @param doubted files whose text may be another than what was compiled: it is marked as the figures in the source are then
 */
export function listing(
  assembly: Assembly,
  sourceLine: (place: SourcePlace) => string | undefined,
  doubted: readonly string[] = [],
): Listing {
  const { name, symbolFile, grandTotal, unit, slide, parts, partsLeftOut } = assembly;
  const text: string[] = [];
  const lines: ListingLine[] = [];
  const write = (row: string, line: ListingLine = NOTHING): void => {
    text.push(row);
    lines.push(line);
  };
  const self = parts.reduce((sum, part) => sum + part.self.reduce((all, value) => all + value, 0), 0);
  write(`; ${plain(name)}: ${share(self, grandTotal)} of ${grandTotal.toLocaleString('en')} ${unit} are at these instructions`);
  write(`; ${plain(symbolFile)}${slide === '0x0' ? '' : `, which the guest has ${slide} further up`}`);
  for (const file of doubted) write(`; ≈ ${plain(file)} does not match the build, or was changed since: its lines may be others`);
  for (const part of parts) writePart(part);
  if (partsLeftOut > 0) write(`; and in ${partsLeftOut} more, with less weight`);
  return { text: `${text.join('\n')}\n`, lines, grandTotal };

  function writePart(part: AssemblyPart): void {
    write('');
    write(`${plain(part.name)}:`);
    write(`;${'self'.padStart(COLUMN - 1)}${'total'.padStart(COLUMN)}   address`);
    let before = -1;
    part.address.forEach((address, at) => {
      const chain = part.chains[part.chain[at]!] ?? [];
      const places = chain.flatMap(({ file, line }) => (file !== undefined && line !== undefined ? [{ file, line }] : []));
      if (part.chain[at] !== before) writeSource(chain, places);
      before = part.chain[at]!;
      const [own, all] = [part.self[at]!, part.total[at]!];
      const cell = (value: number): string => (value > 0 ? share(value, grandTotal) : '').padStart(COLUMN);
      write(`${cell(own)}${cell(all)}   ${address.slice(2)}:  ${part.text[at]!.replaceAll('\t', ' ')}`, { places, self: own, total: all });
    });
    if (part.cutOff) write('; the function goes on: this is its beginning');
  }

  /** `; compress.c:13  three * 2654435761u >> 22;  [place_of, inlined at compress.c:51]`. */
  function writeSource(chain: AssemblyPart['chains'][number], places: readonly SourcePlace[]): void {
    const [innermost] = places;
    if (!innermost) return write('; no line of source');
    const code = sourceLine(innermost)?.trim() ?? '';
    const short = code.length > LONGEST_SOURCE ? `${code.slice(0, LONGEST_SOURCE)}…` : code;
    const told = short !== '' && doubted.includes(innermost.file) ? `≈ ${short}` : short;
    const ways = chain.slice(0, -1).map(({ name: inlined }, at) => {
      const call = chain[at + 1]!;
      return `[${plain(inlined)}, inlined${call.file === undefined ? '' : ` at ${shortPlace({ file: call.file, line: call.line ?? 0 })}`}]`;
    });
    write(['; ' + shortPlace(innermost), told, ...ways].filter((part) => part !== '').join('  '), { places, self: 0, total: 0 });
  }
}

const shortPlace = ({ file, line }: SourcePlace): string => `${plain(baseName(file))}:${line}`;
