/** Answers to questions that begin in the source: all of the active profile, under the filter that its view shows. */
import type { EngineRequests, FileHeat, HotLines, ViewFilter } from '../../protocol.ts';
import { around, functionOfLine, functionsOfPlaces } from '../profile/around.ts';
import { fileTotals } from '../profile/fileTotals.ts';
import { topDown, zoomedTo, type Zoomed } from '../profile/filter.ts';
import { functionTotals } from '../profile/functionTotals.ts';
import type { Placed } from '../profile/placed.ts';
import type { ProfileViews } from '../profile/views.ts';
import { sourceName } from './functionNames.ts';

/** The active profile, as its view shows it. */
export interface Active {
  readonly views: ProfileViews;
  readonly filter: ViewFilter;
  /** Node of the frame that the view is zoomed to; 0: the whole. What lines and files cost is of the zoomed part; callers and callees are of the whole. */
  readonly rootNode: number;
  /** Node, not turned round, of the frame that is selected in the view; 0: none. Lines cost what they cost in the samples through it, files do not. */
  readonly selectedNode: number;
}

/** The active profile, and the files of it that a local file stands for. */
export interface ActiveFile extends Active {
  readonly files: readonly string[];
}

type Question = 'ringside/hotLines' | 'ringside/around' | 'ringside/fileHeat';
type Answers = { [M in Question]: (params: EngineRequests[M]['params']) => Promise<EngineRequests[M]['result']> };

/** Callers, and callees, that are told. */
const NEIGHBOURS = 12;
const MOST_LINES = 1000;

/** @param activeFile null where there is no profile to answer from; without a path no file is asked about */
export function sourceAnswers(activeFile: (path?: string) => Promise<ActiveFile | null>): Answers {
  return {
    'ringside/hotLines': async ({ limit, by }) => {
      const now = await activeFile();
      return now && hotLines(now, Math.min(MOST_LINES, limit), by);
    },
    'ringside/around': async (question) => {
      const now = await activeFile('fn' in question ? undefined : question.path);
      if (!now) return null;
      const placed = now.views.placed(topDown(now.filter));
      const fn = 'fn' in question ? question.fn : functionAt(now, placed, question);
      return fn < 0 ? null : around(placed, fn, NEIGHBOURS);
    },
    'ringside/fileHeat': async ({ path }) => {
      const now = await activeFile(path);
      return now && fileHeat(now);
    },
  };
}

/** The samples that lines are counted of: those through the selected frame, if it is a part of what is shown, else all that is shown. */
export function countedIn(active: Active): Zoomed {
  const { filter, rootNode } = active;
  return isNarrowed(active) ? { ...topDown(filter), within: active.selectedNode } : zoomedTo(filter, rootNode);
}

/** Weight of all that the view shows: what shares are of, whatever is selected. */
export function shownTotal({ views, filter, rootNode }: Active): number {
  return views.grandTotal(zoomedTo(filter, rootNode));
}

/** The selected frame's function, where lines are counted within it. */
export function selectedName(active: Active): string | null {
  if (!isNarrowed(active)) return null;
  const { tree, functions } = active.views.weighted(topDown(active.filter));
  return functions[tree.functionOf(active.selectedNode)]?.name ?? null;
}

function isNarrowed({ views, filter, rootNode, selectedNode }: Active): boolean {
  const { tree } = views.weighted(topDown(filter));
  if (selectedNode <= 0 || selectedNode >= tree.size) return false;
  const { within } = zoomedTo(filter, rootNode);
  return within === undefined || (within !== selectedNode && tree.path(selectedNode).includes(within));
}

function hotLines(active: Active, limit: number, by: 'self' | 'total'): HotLines {
  const { views } = active;
  const counted = topDown(countedIn(active));
  const placed = views.placed(counted);
  const top = views.lineTotals(counted).hottest(limit, by);
  const { functions } = placed.weighted;
  const place = top.map(({ file, line }) => ({ file, line }));
  return {
    grandTotal: shownTotal(active),
    place,
    name: functionsOfPlaces(placed, place).map((fn) => functions[fn]?.name ?? ''),
    self: top.map(({ self }) => self),
    total: top.map(({ total }) => total),
  };
}

function fileHeat({ views, filter, rootNode, files }: ActiveFile): FileHeat | null {
  if (files.length === 0) return null;
  const placed = views.placed(topDown(zoomedTo(filter, rootNode)));
  const totals = fileTotals(placed);
  // spellings of one path are one file: a stack seldom holds two of them
  const found = files.flatMap((file) => totals.get(file) ?? []);
  if (found.length === 0) return null;
  const sum = (which: 'self' | 'total'): number => found.reduce((all, cost) => all + cost[which], 0);
  const { grandTotal } = placed.weighted;
  return { grandTotal, self: sum('self'), total: Math.min(grandTotal, sum('total')) };
}

/** The function that a name at the cursor means, else the one that the line is in; -1 where neither has samples. */
export function functionAt(
  { views, filter, files: own }: ActiveFile,
  placed: Placed,
  { line, word }: { line: number; word: string },
): number {
  const totals = views.lineTotals(filter);
  const files = new Set(own);
  const named = functionNamed(placed, files, word);
  if (named >= 0 || files.size === 0) return named;
  const here = functionOfLine(placed, files, line);
  if (here >= 0) return here;
  // a line without samples is in the function of the sampled line before it, or after it where it is the first
  const sampled = [...files].flatMap((file) => [...(totals.get(file)?.keys() ?? [])]).sort((a, b) => a - b);
  const near = sampled.filter((at) => at < line).at(-1) ?? sampled[0];
  return near === undefined ? -1 : functionOfLine(placed, files, near);
}

/** The heaviest function of a name, of these files where there is one. */
function functionNamed({ weighted }: Placed, files: ReadonlySet<string>, word: string): number {
  if (word === '') return -1;
  const named = functionsNamed(weighted.functions, files, word);
  const { total } = functionTotals(weighted);
  return named.filter((fn) => total[fn]! > 0).sort((a, b) => total[b]! - total[a]!)[0] ?? -1;
}

/** Functions that a word of the source may mean: those of these files, or, at a call or a declaration, all of that name. */
export function functionsNamed(
  functions: readonly { readonly name: string; readonly file: string }[],
  files: ReadonlySet<string>,
  word: string,
): number[] {
  const named: number[] = [];
  for (let fn = 0; fn < functions.length; fn++) {
    const { name } = functions[fn]!;
    if (name === word || (name.includes(word) && sourceName(name) === word)) named.push(fn);
  }
  const here = named.filter((fn) => files.has(functions[fn]!.file));
  return here.length > 0 ? here : named;
}
