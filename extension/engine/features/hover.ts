/**
 * Hover text for a line or a function of the open profile's sources: its shares of the time on a CPU and of the time that vCPUs were blocked, and
 * the function's callers and callees as links.
 */
import { EVERYTHING } from '../profile/filter.ts';
import { functionTotals } from '../profile/functionTotals.ts';
import { around } from '../profile/around.ts';
import type { FrameEvidence, SourceNeighbour, SourceQuestion, ViewFilter } from '../../protocol.ts';
import type { Profile } from '../profile/profile.ts';
import { topDown } from '../profile/filter.ts';
import { code, commandLink } from './markdown.ts';
import { functionAt, functionsNamed, type Active, type ActiveFile } from './sourceAnswers.ts';

const ON_CPU: ViewFilter = { ...EVERYTHING, states: 'on-cpu' };
const BLOCKED: ViewFilter = { ...EVERYTHING, states: 'blocked' };

/** Callers, and callees, that a hover names. */
const NEIGHBOURS = 5;
/** Of the function's own time; what is less does not matter here. */
const LEAST_SHARE = 0.01;

interface Cost {
  readonly self: number;
  readonly total: number;
}

/** Markdown, or null where the profile knows nothing of the place. Its links run commands of ours and no others. */
export function hoverText(active: ActiveFile, question: Pick<SourceQuestion, 'line' | 'word'>): string | null {
  const { views, files } = active;
  if (files.length === 0) return null;
  const { profile } = views;
  const whole = (filter: ViewFilter): number => views.weighted(filter).grandTotal;
  // a profile of another tool knows of no blocked vCPUs: one pair of columns is all there is to say
  const toldApart = whole(BLOCKED) > 0;
  const filters = toldApart ? [ON_CPU, BLOCKED] : [ON_CPU];
  const lines = filters.map((filter) => lineCost(active, filter, files, question.line));
  const functions = filters.map((filter) => functionCost(active, filter, files, question.word));
  const row = (what: string, costs: readonly Cost[]): string[] => {
    if (costs.every(({ total }) => total === 0)) return [];
    const cells = costs.flatMap(({ self, total }, i) => [self, total].map((value) => cell(value, whole(filters[i]!), profile)));
    return [`| ${[what, ...cells].join(' | ')} |`];
  };
  const rows = [...row(`line ${question.line}`, lines), ...row(code(question.word), functions)];
  if (rows.length === 0) return null;
  const head = toldApart ? 'Ringside | on CPU: self | total | blocked: self | total' : 'Ringside | self | total';
  const base = toldApart
    ? `${count(whole(ON_CPU), profile)} on CPU and ${count(whole(BLOCKED), profile)} blocked`
    : count(whole(ON_CPU), profile);
  const guest = profile.facts.info ? `, guest ${code(profile.facts.info.guest)}` : '';
  const table = `| ${head} |\n|:--|${'--:|--:|'.repeat(filters.length)}\n${rows.join('\n')}\n\nof ${base}${guest}`;
  return [table, ...aboutFunction(active, question)].join('\n\n');
}

/** Callers, callees and how sure they are, under the filter that the view shows. */
function aboutFunction(active: ActiveFile, question: Pick<SourceQuestion, 'line' | 'word'>): string[] {
  const placed = active.views.placed(topDown(active.filter));
  const fn = functionAt(active, placed, question);
  const found = fn < 0 ? null : around(placed, fn, NEIGHBOURS);
  if (!found) return [];
  const { frame, callers, callees, total, self } = found;
  const share = (value: number): string => `${((100 * value) / Math.max(1, total)).toFixed(0)} %`;
  const list = (rows: readonly SourceNeighbour[]): string =>
    rows
      .filter((row) => row.total >= LEAST_SHARE * total)
      .map((row) => `${linked(row)} ${share(row.total)}`)
      .join(', ');
  const called = list(callers);
  const calls = list(callees);
  const evidence = frame.evidence === undefined ? null : SURENESS[frame.evidence];
  return [
    ...(called ? [`${code(frame.name)} is called by ${called}`] : []),
    ...(calls ? [`${code(frame.name)} calls ${calls}${self > 0 ? `, and itself takes ${share(self)}` : ''}`] : []),
    ...(evidence === null ? [] : [`How sure: ${evidence}.`]),
    [
      commandLink('Show in Flame Graph', 'ringside.showInGraph', { fn: frame.fn }),
      commandLink('Show Assembly', 'ringside.assembly', { fn: frame.fn }),
    ].join(' · '),
  ];
}

function linked({ frame, place }: SourceNeighbour): string {
  return place ? commandLink(code(frame.name), 'ringside.openPlace', place) : code(frame.name);
}

/** The least sure way in which a frame of the function was found, in words. */
const SURENESS: Record<FrameEvidence, string> = {
  registers: 'it is where the processor was',
  cfi: 'found by call frame information',
  'hypercall-page': "found by what Xen's hypercall page does to the stack",
  instructions: 'found by what the instructions of the function it called do to the stack',
  scanned: 'found on the stack, and proved by what its call calls',
  'frame-pointer': 'some of its frames were found by frame pointers alone, which nothing proves',
};

function lineCost({ views }: Active, filter: ViewFilter, files: readonly string[], line: number): Cost {
  const totals = views.lineTotals(filter);
  return sum(files.map((file) => totals.get(file)?.get(line)).filter((found) => found !== undefined));
}

/** A function of this very file, or, at a call or a declaration, of any. */
function functionCost({ views }: Active, filter: ViewFilter, files: readonly string[], word: string): Cost {
  if (!word) return { self: 0, total: 0 };
  const totals = functionTotals(views.weighted(filter));
  const named = functionsNamed(views.profile.table.functions, new Set(files), word);
  return sum(named.map((fn) => ({ self: totals.self[fn]!, total: totals.total[fn]! })));
}

function sum(costs: readonly Cost[]): Cost {
  return costs.reduce((all, { self, total }) => ({ self: all.self + self, total: all.total + total }), { self: 0, total: 0 });
}

/** With room before it: the editor draws the columns of a table next to each other. */
function cell(value: number, whole: number, profile: Profile): string {
  return `&emsp;${((100 * value) / Math.max(1, whole)).toFixed(1)} % (${count(value, profile)})`;
}

function count(value: number, profile: Profile): string {
  return `${Math.round(value)} ${value === 1 && profile.facts.unit === 'samples' ? 'sample' : profile.facts.unit}`;
}
