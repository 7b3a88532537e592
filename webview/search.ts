/** What a search finds in the frames that are drawn. No DOM. */
import { frameOf, type FlameIndex } from './flameIndex.ts';
import { LONGEST_NAME } from './names.ts';

export interface SearchQuery {
  readonly text: string;
  readonly matchCase: boolean;
  readonly regex: boolean;
}

export interface Matches {
  /** Matching rows of the zoomed part, from the top, left to right. */
  readonly rows: readonly number[];
  /** Weight of the matches; one inside another counts once. */
  readonly weight: number;
  /** What is wrong with the regular expression. */
  readonly error?: string;
}

export type Matcher = (name: string) => boolean;

/** null for an empty query; throws SyntaxError for a bad regular expression. */
export function matcher({ text, matchCase, regex }: SearchQuery): Matcher | null {
  if (text === '') return null;
  if (regex) {
    const pattern = new RegExp(text, matchCase ? 'u' : 'iu');
    return (name) => pattern.test(name.length > LONGEST_NAME ? name.slice(0, LONGEST_NAME) : name);
  }
  if (matchCase) return (name) => name.includes(text);
  const lower = text.toLowerCase();
  return (name) => name.toLowerCase().includes(lower);
}

/** null where nothing is searched for. */
export function findMatches(index: FlameIndex, query: SearchQuery): Matches | null {
  let matches: Matcher | null;
  try {
    matches = matcher(query);
  } catch (error) {
    return { rows: [], weight: 0, error: error instanceof Error ? error.message : String(error) };
  }
  if (matches === null) return null;
  const { table } = index;
  const hits = table.frames.map((frame) => matches(frame.name));
  const inside: boolean[] = []; // below a match, or one itself
  const rows: number[] = [];
  let weight = 0;
  for (let row = index.rootRow; row < table.node.length; row++) {
    const above = row === index.rootRow ? false : inside[table.parent[row]!]!;
    const hit = hits[table.frame[row]!]! && frameOf(index, row).category !== 'root';
    if (hit) rows.push(row);
    if (hit && !above) weight += table.total[row]!;
    inside[row] = above || hit;
  }
  return { rows, weight };
}

/** The match after or before a row, round the end; the first or last where the row is none of them. undefined: no matches. */
export function stepMatch(rows: readonly number[], from: number, direction: 1 | -1): number | undefined {
  const at = rows.indexOf(from);
  if (at >= 0) return rows[(at + direction + rows.length) % rows.length];
  return direction === 1 ? (rows.find((row) => row > from) ?? rows[0]) : (rows.findLast((row) => row < from) ?? rows.at(-1));
}
