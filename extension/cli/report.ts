/** `ringside report FILE`: a capture as folded stacks, a table of functions, a flame graph in one file, or in another tool's format. */
import path from 'node:path';
import { parseArgs } from 'node:util';
import { openProfile } from '../engine/formats/open.ts';
import { readWhole } from '../engine/formats/wholeFile.ts';
import { exportComparison, exportProfile } from '../engine/formats/export.ts';
import { Comparison } from '../engine/profile/comparison.ts';
import { heaviestFunctions } from '../engine/profile/functionTotals.ts';
import { ProfileViews } from '../engine/profile/views.ts';
import type { DiffFunctionsReply, ExportFormat, ViewFilter } from '../protocol.ts';
import { numberOption, UsageError } from './usage.ts';

const options = {
  format: { type: 'string' },
  base: { type: 'string' },
  states: { type: 'string' },
  vcpu: { type: 'string' },
  time: { type: 'string' },
  focus: { type: 'string' },
  'callers-of': { type: 'string' },
  'hide-idle': { type: 'boolean' },
  'hide-library': { type: 'boolean' },
  'collapse-recursion': { type: 'boolean' },
  inverted: { type: 'boolean' },
} as const;

type Values = ReturnType<typeof parse>['values'];
const EXPORTED: readonly ExportFormat[] = ['pprof', 'folded', 'speedscope', 'svg', 'html'];
const printed: Record<string, (views: ProfileViews, filter: ViewFilter) => string> = { top, json };

export async function report(args: string[]): Promise<number> {
  const { values, positionals } = parse(args);
  const [file, ...rest] = positionals;
  if (file === undefined || rest.length > 0) throw new UsageError('ringside report takes one FILE');
  const format = values.format ?? 'top';
  const isExport = (EXPORTED as readonly string[]).includes(format);
  if (!isExport && !Object.hasOwn(printed, format))
    throw new UsageError(`--format takes ${[...EXPORTED, ...Object.keys(printed)].join(', ')}, not ${JSON.stringify(format)}`);
  if (values.base !== undefined) return reportChange(values, values.base, file, format);
  const views = await open(file);
  const filter = filterOf(values, views);
  if (!isExport) process.stdout.write(printed[format]!(views, filter));
  else for await (const piece of exportProfile(views, filter, format as ExportFormat)) await write(piece);
  return 0;
}

/** What became of the base: shares before and after, what has become slower first, as the view's table has it. */
async function reportChange(values: Values, baseFile: string, file: string, format: string): Promise<number> {
  const [base, other] = [await open(baseFile), await open(file)];
  const comparison = new Comparison(base, other);
  if (values.focus !== undefined || values['callers-of'] !== undefined)
    throw new UsageError('--base does not go with --focus or --callers-of');
  const filter = filterOf(values, other);
  if (format === 'svg' || format === 'html') {
    for (const piece of exportComparison(comparison, filter, format)) await write(piece);
    return 0;
  }
  if (format !== 'top' && format !== 'json') throw new UsageError(`--base goes with --format top, json, svg or html, not ${format}`);
  const { rows } = comparison.functionTable({ filter, order: 'sureChange', descending: true, offset: 0, limit: 2000 });
  if (format === 'json') await write(`${JSON.stringify({ base: base.header(), other: other.header(), functions: rows }, null, 2)}\n`);
  else await write(changeTable(base, other, rows));
  return 0;
}

function changeTable(base: ProfileViews, other: ProfileViews, rows: DiffFunctionsReply['rows']): string {
  const percent = (share: number): string => `${(100 * share).toFixed(1)} %`.padStart(8);
  const change = (points: number): string => `${points < 0 ? '' : '+'}${(100 * points).toFixed(1)}`.padStart(7);
  const sure = (points: number): string => (points === 0 ? '-' : change(points)).padStart(7);
  const head =
    `${base.profile.facts.title} -> ${other.profile.facts.title}: shares of all, their change in points, ` +
    'and what of the change of the total is beyond three standard deviations of chance\n';
  const lines = rows.frames.map(({ name, file }, i) => {
    const [selfBefore, selfAfter, before, after] = [rows.baseSelf[i]!, rows.otherSelf[i]!, rows.baseTotal[i]!, rows.otherTotal[i]!];
    const self = `${percent(selfBefore)} ${percent(selfAfter)} ${change(selfAfter - selfBefore)}`;
    return `${self}  ${percent(before)} ${percent(after)} ${change(after - before)} ${sure(rows.sureChange[i]!)}  ${name}${file ? `  ${file}` : ''}\n`;
  });
  return `${head}    self    -> self                total   -> total             sure  function\n${lines.join('')}`;
}

function parse(args: string[]) {
  return parseArgs({ args, allowPositionals: true, options });
}

async function open(file: string): Promise<ProfileViews> {
  return new ProfileViews(openProfile(await readWhole(file), path.basename(file)));
}

async function write(piece: string | Uint8Array): Promise<void> {
  if (!process.stdout.write(piece)) await new Promise((resolve) => process.stdout.once('drain', resolve));
}

function filterOf(values: Values, views: ProfileViews): ViewFilter {
  const states = values.states ?? 'all';
  if (states !== 'all' && states !== 'on-cpu' && states !== 'blocked')
    throw new UsageError(`--states takes all, on-cpu or blocked, not ${JSON.stringify(states)}`);
  return {
    states,
    vcpu: values.vcpu === undefined ? null : numberOption('vcpu', values.vcpu, 0, 0, 65_535),
    timeMs: values.time === undefined ? null : timeRange(values.time),
    hideIdle: values['hide-idle'] === true,
    hideLibrary: values['hide-library'] === true,
    collapseRecursion: values['collapse-recursion'] === true,
    inverted: values.inverted === true,
    focus: functionOption('focus', values.focus, views),
    callersOf: functionOption('callers-of', values['callers-of'], views),
  };
}

/** `FROM-TO` in seconds; either may be left out. */
function timeRange(text: string): [number, number] {
  const [, from, to] = /^(\d+(?:\.\d+)?)?-(\d+(?:\.\d+)?)?$/.exec(text) ?? [];
  if (from === undefined && to === undefined) throw new UsageError(`--time takes FROM-TO in seconds, not ${JSON.stringify(text)}`);
  return [Number(from ?? 0) * 1000, to === undefined ? Number.MAX_SAFE_INTEGER : Number(to) * 1000];
}

/** The heaviest function of that name. */
function functionOption(option: string, name: string | undefined, views: ProfileViews): number | null {
  if (name === undefined) return null;
  const { functions } = views.profile.table;
  const found = heaviestFunctions(views.weighted({ states: 'all', vcpu: null }))
    .filter(({ fn }) => functions[fn]!.name === name)
    .sort((a, b) => b.total - a.total)[0];
  if (!found) throw new Error(`--${option}: the profile has no function ${JSON.stringify(name)}; --format top lists them`);
  return found.fn;
}

function top(views: ProfileViews, filter: ViewFilter): string {
  const { profile } = views;
  const weighted = views.weighted(filter);
  const share = (value: number): string => `${((100 * value) / Math.max(1, weighted.grandTotal)).toFixed(1).padStart(6)} %`;
  // what was summed up of fractions has digits that mean nothing
  const weight = (value: number): string => String(Number.isInteger(value) ? value : Number(value.toPrecision(6)));
  const { samples, onCpuSamples, warnings, proof } = views.header();
  const states = onCpuSamples < samples ? ` (the whole: ${onCpuSamples} on CPU, ${samples - onCpuSamples} blocked)` : '';
  // a line of folded stacks stands for many
  const counted = profile.facts.unit === 'samples' ? weighted.grandTotal : views.weights.of(filter).samples;
  const head = [
    `${profile.facts.title}: ${counted} samples${states}, weights in ${profile.facts.unit}\n`,
    ...(proof ? [`symbols ${proof.verdict}: ${proof.detail}\n`] : []),
    ...warnings.map((warning) => `warning: ${warning}\n`),
  ].join('');
  const rows = heaviestFunctions(weighted).map(({ fn, self, total }) => {
    const { name, file } = profile.table.functions[fn]!;
    return `${weight(self).padStart(9)} ${share(self)} ${weight(total).padStart(9)} ${share(total)}  ${name}${file ? `  ${file}` : ''}\n`;
  });
  return `${head}     self            total            function\n${rows.join('')}`;
}

function json(views: ProfileViews, filter: ViewFilter): string {
  const weighted = views.weighted(filter);
  const functions = heaviestFunctions(weighted).map(({ fn, self, total }) => {
    const { name, linkageName, file, module } = weighted.functions[fn]!;
    return { name, linkageName, file, module, self, total };
  });
  const { paths } = views.hotPaths({ filter, limit: 20 });
  return `${JSON.stringify({ header: views.header(), grandTotal: weighted.grandTotal, functions, hotPaths: paths }, null, 2)}\n`;
}
