/** Hover text for a line or a function of the open profile's sources: its shares of the time on a CPU, and of the time that vCPUs were blocked. */
import { EVERYTHING } from '../profile/filter.ts';
import { functionTotals } from '../profile/functionTotals.ts';
import type { ViewFilter } from '../../protocol.ts';
import type { Profile } from '../profile/profile.ts';
import type { ProfileViews } from '../profile/views.ts';
import { matchSource, type SourceMap } from './sourcePaths.ts';

export interface HoverQuestion {
  readonly path: string;
  /** 1-based. */
  readonly line: number;
  /** Identifier under the pointer; empty where there is none. */
  readonly word: string;
}

const ON_CPU: ViewFilter = { ...EVERYTHING, states: 'on-cpu' };
const BLOCKED: ViewFilter = { ...EVERYTHING, states: 'blocked' };

interface Cost {
  readonly self: number;
  readonly total: number;
}

/** Markdown, or null where the profile knows nothing of the place. */
export function hoverText(views: ProfileViews, question: HoverQuestion, map: SourceMap): string | null {
  const files = matchSource(question.path, views.lineTotals().keys(), map);
  if (files.length === 0) return null;
  const { profile } = views;
  const whole = (filter: ViewFilter): number => views.weighted(filter).grandTotal;
  // a profile of another tool knows of no blocked vCPUs: one pair of columns is all there is to say
  const toldApart = whole(BLOCKED) > 0;
  const filters = toldApart ? [ON_CPU, BLOCKED] : [ON_CPU];
  const lines = filters.map((filter) => lineCost(views, filter, files, question.line));
  const functions = filters.map((filter) => functionCost(views, filter, files, question.word));
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
  return `| ${head} |\n|:--|${'--:|--:|'.repeat(filters.length)}\n${rows.join('\n')}\n\nof ${base}${guest}`;
}

function lineCost(views: ProfileViews, filter: ViewFilter, files: readonly string[], line: number): Cost {
  const totals = views.lineTotals(filter);
  return sum(files.map((file) => totals.get(file)?.get(line)).filter((found) => found !== undefined));
}

/** A function of this very file, or, at a call or a declaration, of any. */
function functionCost(views: ProfileViews, filter: ViewFilter, files: readonly string[], word: string): Cost {
  if (!word) return { self: 0, total: 0 };
  const { functions } = views.profile.table;
  const totals = functionTotals(views.weighted(filter));
  const named = [...functions.keys()].filter((fn) => functions[fn]!.name === word);
  const here = named.filter((fn) => files.includes(functions[fn]!.file));
  return sum((here.length > 0 ? here : named).map((fn) => ({ self: totals.self[fn]!, total: totals.total[fn]! })));
}

function sum(costs: readonly Cost[]): Cost {
  return costs.reduce((all, { self, total }) => ({ self: all.self + self, total: all.total + total }), { self: 0, total: 0 });
}

function cell(value: number, whole: number, profile: Profile): string {
  return `${((100 * value) / Math.max(1, whole)).toFixed(1)} % (${count(value, profile)})`;
}

function count(value: number, profile: Profile): string {
  return `${Math.round(value)} ${value === 1 && profile.facts.unit === 'samples' ? 'sample' : profile.facts.unit}`;
}

/** A name from a guest or a file, shown as text whatever it holds. */
function code(name: string): string {
  return `\`${name.replaceAll(/[`|\r\n]/g, ' ')}\``;
}
