/** Hover text for a line or a function of the open profile's sources: its self and total share. */
import { EVERYTHING } from '../profile/filter.ts';
import { functionTotals } from '../profile/functionTotals.ts';
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

/** Markdown, or null where the profile knows nothing of the place. */
export function hoverText(views: ProfileViews, question: HoverQuestion, map: SourceMap): string | null {
  const files = matchSource(question.path, views.lineTotals().keys(), map);
  if (files.length === 0) return null;
  const rows = [lineRow(views, files, question.line), functionRow(views, files, question.word)].filter((row) => row !== null);
  if (rows.length === 0) return null;
  const { facts } = views.profile;
  const base = `of ${count(whole(views), views.profile)}${facts.info ? `, guest ${code(facts.info.guest)}` : ''}`;
  return `| Ringside | self | total |\n|:--|--:|--:|\n${rows.join('\n')}\n\n${base}`;
}

function whole(views: ProfileViews): number {
  return views.weighted(EVERYTHING).grandTotal;
}

function lineRow(views: ProfileViews, files: readonly string[], line: number): string | null {
  const totals = views.lineTotals();
  let [self, total] = [0, 0];
  for (const file of files) {
    const found = totals.get(file)?.get(line);
    self += found?.self ?? 0;
    total += found?.total ?? 0;
  }
  return total > 0 ? row(`line ${line}`, self, total, views) : null;
}

/** A function of this very file, or, at a call or a declaration, of any. */
function functionRow(views: ProfileViews, files: readonly string[], word: string): string | null {
  if (!word) return null;
  const { functions } = views.profile.table;
  const totals = functionTotals(views.weighted(EVERYTHING));
  const named = [...functions.keys()].filter((fn) => functions[fn]!.name === word);
  const here = named.filter((fn) => files.includes(functions[fn]!.file));
  let [self, total] = [0, 0];
  for (const fn of here.length > 0 ? here : named) {
    self += totals.self[fn]!;
    total += totals.total[fn]!;
  }
  return total > 0 ? row(code(word), self, total, views) : null;
}

function row(what: string, self: number, total: number, views: ProfileViews): string {
  const cell = (value: number): string => `${((100 * value) / whole(views)).toFixed(1)} % (${count(value, views.profile)})`;
  return `| ${what} | ${cell(self)} | ${cell(total)} |`;
}

function count(value: number, profile: Profile): string {
  return `${Math.round(value)} ${value === 1 && profile.facts.unit === 'samples' ? 'sample' : profile.facts.unit}`;
}

/** A name from a guest or a file, shown as text whatever it holds. */
function code(name: string): string {
  return `\`${name.replaceAll(/[`|\r\n]/g, ' ')}\``;
}
