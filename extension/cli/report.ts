/** `ringside report FILE`: a capture as folded stacks, a table of functions, or JSON. */
import path from 'node:path';
import { parseArgs } from 'node:util';
import { writeFolded } from '../engine/formats/foldedWrite.ts';
import { openProfile } from '../engine/formats/open.ts';
import { writeSvg } from '../engine/formats/svg.ts';
import { readWhole } from '../engine/formats/wholeFile.ts';
import { writeSpeedscope } from '../engine/formats/speedscope.ts';
import { functionTotals } from '../engine/profile/functionTotals.ts';
import { profileHeader } from '../engine/profile/header.ts';
import { hotPaths } from '../engine/profile/hotPaths.ts';
import type { Profile } from '../engine/profile/profile.ts';
import { WeightCache, type Weights } from '../engine/profile/weights.ts';
import type { ViewFilter } from '../protocol.ts';
import { numberOption, UsageError } from './usage.ts';

const options = { format: { type: 'string' }, states: { type: 'string' }, vcpu: { type: 'string' } } as const;
const formats: Record<string, (profile: Profile, weights: Weights, cache: WeightCache) => string> = {
  folded: writeFolded,
  speedscope: writeSpeedscope,
  svg: writeSvg,
  top,
  json,
};

export async function report(args: string[]): Promise<number> {
  const { values, positionals } = parseArgs({ args, allowPositionals: true, options });
  const [file, ...rest] = positionals;
  if (file === undefined || rest.length > 0) throw new UsageError('ringside report takes one FILE');
  const format = values.format ?? 'top';
  const write = Object.hasOwn(formats, format) ? formats[format] : undefined;
  if (!write) throw new UsageError(`--format takes ${Object.keys(formats).join(', ')}, not ${JSON.stringify(format)}`);
  const profile = openProfile(await readWhole(file), path.basename(file));
  const cache = new WeightCache(profile);
  process.stdout.write(write(profile, cache.of(filterOf(values)), cache));
  return 0;
}

function filterOf(values: { states?: string | undefined; vcpu?: string | undefined }): ViewFilter {
  const states = values.states ?? 'all';
  if (states !== 'all' && states !== 'on-cpu' && states !== 'blocked')
    throw new UsageError(`--states takes all, on-cpu or blocked, not ${JSON.stringify(states)}`);
  return { states, vcpu: values.vcpu === undefined ? null : numberOption('vcpu', values.vcpu, 0, 0, 65_535) };
}

function top(profile: Profile, weights: Weights): string {
  const share = (value: number): string => `${((100 * value) / Math.max(1, weights.grandTotal)).toFixed(1).padStart(6)} %`;
  const head = `${profile.facts.title}: ${weights.samples} samples, weights in ${profile.facts.unit}\n`;
  const rows = functionTotals(profile, weights).map(({ fn, self, total }) => {
    const { name, file } = profile.table.functions[fn]!;
    return `${String(self).padStart(9)} ${share(self)} ${String(total).padStart(9)} ${share(total)}  ${name}${file ? `  ${file}` : ''}\n`;
  });
  return `${head}     self            total            function\n${rows.join('')}`;
}

function json(profile: Profile, weights: Weights, cache: WeightCache): string {
  const functions = functionTotals(profile, weights).map(({ fn, self, total }) => {
    const { name, linkageName, file, module } = profile.table.functions[fn]!;
    return { name, linkageName, file, module, self, total };
  });
  const document = {
    header: profileHeader(profile, cache),
    grandTotal: weights.grandTotal,
    functions,
    hotPaths: hotPaths(profile, weights, 20),
  };
  return `${JSON.stringify(document, null, 2)}\n`;
}
