/**
 * What a search finds. The frames that are drawn are matched here, so that they are marked as fast as one types; the engine's count of the whole,
 * of what is too narrow to be drawn as well, comes a moment later. No DOM.
 */
import type { SearchQuery, SearchResult } from '../extension/protocol.ts';
import { frameOf, type FlameIndex } from './flame/flameIndex.ts';
import { LONGEST_NAME } from './names.ts';

export interface Matches {
  /** Matching rows of the zoomed part. */
  readonly rows: ReadonlySet<number>;
  /** Matching nodes to step to, drawn or not, from the top, left to right. */
  readonly steps: readonly number[];
  /** Matching frames; more than `steps` where there are too many to walk. */
  readonly frames: number;
  /** Weight of the matches; one inside another counts once. */
  readonly weight: number;
  /** Share of each row with a match in it, 0 to 1; null until the engine has told it. */
  readonly inside: readonly number[] | null;
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
export function findMatches(index: FlameIndex, query: SearchQuery, found: SearchResult | null): Matches | null {
  const nothing = { rows: new Set<number>(), steps: [], frames: 0, weight: 0, inside: null };
  let matches: Matcher | null;
  try {
    matches = matcher(query);
  } catch (error) {
    return { ...nothing, error: error instanceof Error ? error.message : String(error) };
  }
  if (matches === null) return null;
  if (found?.error !== undefined) return { ...nothing, error: found.error };
  const { rows, weight } = matchDrawn(index, matches);
  const steps = rows.map((row) => index.table.node[row]!);
  const whole = found !== null && found.matched.length === index.table.node.length ? found : null;
  return {
    rows: new Set(rows),
    steps: whole?.steps ?? steps,
    frames: whole?.frames ?? rows.length,
    weight: whole?.weight ?? weight,
    inside: whole?.matched.map((part, row) => (index.table.total[row]! > 0 ? part / index.table.total[row]! : 0)) ?? null,
  };
}

function matchDrawn(index: FlameIndex, matches: Matcher): { rows: number[]; weight: number } {
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

/** The match after or before a node, round the end; the first or last where the node is none of them. undefined: no matches. */
export function stepMatch(steps: readonly number[], from: number | null, direction: 1 | -1): number | undefined {
  const at = from === null ? -1 : steps.indexOf(from);
  if (at >= 0) return steps[(at + direction + steps.length) % steps.length];
  return direction === 1 ? steps[0] : steps.at(-1);
}

/** Whether a text is a regular expression. */
export function isRegex(text: string): boolean {
  try {
    matcher({ text, matchCase: true, regex: true });
    return true;
  } catch {
    return false;
  }
}
