/** Hover text for a line or a function of the open profile's sources: its self and total share. */
import type { Profile } from '../profile/profile.ts';
import { functionTotals } from '../profile/functionTotals.ts';
import { lineTotals } from '../profile/lineTotals.ts';
import type { Weights } from '../profile/weights.ts';
import { matchSource, type SourceMap } from './sourcePaths.ts';

export interface HoverQuestion {
  readonly path: string;
  /** 1-based. */
  readonly line: number;
  /** Identifier under the pointer; empty where there is none. */
  readonly word: string;
}

/** Markdown, or null where the profile knows nothing of the place. */
export function hoverText(profile: Profile, weights: Weights, question: HoverQuestion, map: SourceMap): string | null {
  const files = matchSource(question.path, lineTotals(profile, weights).keys(), map);
  if (files.length === 0) return null;
  const rows = [lineRow(profile, weights, files, question.line), functionRow(profile, weights, files, question.word)].filter(
    (row) => row !== null,
  );
  if (rows.length === 0) return null;
  const base = `of ${count(weights.grandTotal, profile)}${profile.facts.info ? `, guest ${code(profile.facts.info.guest)}` : ''}`;
  return `| Ringside | self | total |\n|:--|--:|--:|\n${rows.join('\n')}\n\n${base}`;
}

function lineRow(profile: Profile, weights: Weights, files: readonly string[], line: number): string | null {
  const totals = lineTotals(profile, weights);
  let [self, total] = [0, 0];
  for (const file of files) {
    const found = totals.get(file)?.get(line);
    self += found?.self ?? 0;
    total += found?.total ?? 0;
  }
  return total > 0 ? row(`line ${line}`, self, total, profile, weights) : null;
}

/** A function of this very file, or, at a call or a declaration, of any. */
function functionRow(profile: Profile, weights: Weights, files: readonly string[], word: string): string | null {
  if (!word) return null;
  const named = functionTotals(profile, weights).filter(({ fn }) => profile.table.functions[fn]!.name === word);
  const here = named.filter(({ fn }) => files.includes(profile.table.functions[fn]!.file));
  let [self, total] = [0, 0];
  for (const found of here.length > 0 ? here : named) {
    self += found.self;
    total += found.total;
  }
  return total > 0 ? row(code(word), self, total, profile, weights) : null;
}

function row(what: string, self: number, total: number, profile: Profile, weights: Weights): string {
  const cell = (value: number): string => `${((100 * value) / weights.grandTotal).toFixed(1)} % (${count(value, profile)})`;
  return `| ${what} | ${cell(self)} | ${cell(total)} |`;
}

function count(value: number, profile: Profile): string {
  return `${Math.round(value)} ${value === 1 && profile.facts.unit === 'samples' ? 'sample' : profile.facts.unit}`;
}

/** A name from a guest or a file, shown as text whatever it holds. */
function code(name: string): string {
  return `\`${name.replaceAll(/[`|\r\n]/g, ' ')}\``;
}
