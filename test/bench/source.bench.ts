/**
 * `npm run bench -- source [--samples N] [--nodes N] [--lines N]`: what the editor waits for when a source file is shown, scrolled and hovered over, beside
 * the same answers worked out anew from the samples, as they would be without what is kept of a profile.
 */
import { parseArgs } from 'node:util';
import { hoverText } from '../../extension/engine/features/hover.ts';
import { lineHeat } from '../../extension/engine/features/lineHeat.ts';
import { sourceAnswers, type ActiveFile } from '../../extension/engine/features/sourceAnswers.ts';
import { openProfile } from '../../extension/engine/formats/open.ts';
import { writePprof } from '../../extension/engine/formats/pprofWrite.ts';
import { EVERYTHING } from '../../extension/engine/profile/filter.ts';
import type { Profile } from '../../extension/engine/profile/profile.ts';
import { ProfileViews } from '../../extension/engine/profile/views.ts';
import { walk } from '../../extension/engine/profile/walk.ts';
import type { ViewFilter } from '../../extension/protocol.ts';
import { largeProfile } from './largeProfile.ts';

const ROUNDS = 21;

export async function bench(args: string[]): Promise<void> {
  const { values } = parseArgs({
    args,
    options: {
      nodes: { type: 'string', default: '300000' },
      samples: { type: 'string', default: '1000000' },
      lines: { type: 'string', default: '5000' },
    },
  });
  const [nodes, samples, lines] = [Number(values.nodes), Number(values.samples), Number(values.lines)];
  const profile = largeProfile(nodes, samples);
  const path = addLargeFile(profile, lines);
  const fresh = (): ActiveFile => ({ views: new ProfileViews(profile), filter: EVERYTHING, rootNode: 0, selectedNode: 0, files: [path] });
  const active = fresh();
  const answers = sourceAnswers(() => Promise.resolve(active));
  const word = profile.table.functions.at(-1)!.name;
  const told = lineHeat(active.views, EVERYTHING, [path])!;
  console.log(
    `${profile.sampleCount.toLocaleString('en')} samples, ${profile.functions.size.toLocaleString('en')} nodes, ${told.line.length} sampled lines in one file`,
  );
  const rows: [string, () => unknown][] = [
    ['line heat of the file', () => lineHeat(active.views, EVERYTHING, [path])],
    ['hover', () => hoverText(active, { line: lines >> 1, word })],
    ['function at a line, its callers and callees', () => answers['ringside/around']({ path, line: lines >> 1, word: '' })],
    ['badge of a file', () => answers['ringside/fileHeat']({ path })],
    ['hottest line of all files', () => answers['ringside/hotLines']({ limit: 1, by: 'self' })],
    ['walk along the hot path', () => walk(active.views.placed(EVERYTHING), null)],
  ];
  const peer = await median(5, () => naiveLineHeat(profile, path));
  const onCpu: ViewFilter = { ...EVERYTHING, states: 'on-cpu' };
  const file = await writePprof(profile);
  const opening = cpuMs(() => openProfile(file, 'large.pb.gz'));
  console.log(`${'opening the file, CPU time'.padEnd(46)} ${ms(opening)}`);
  const rounds = [0, 1, 2].map(() => {
    const { views } = fresh();
    const prepared = slices(views.preparing());
    const [first, other] = [EVERYTHING, onCpu].map((filter) => cpuMs(() => lineHeat(views, filter, [path])));
    return { ...prepared, first: first!, other: other! };
  });
  const of = (what: keyof (typeof rounds)[0]): string => ms(rounds.map((round) => round[what]).sort((a, b) => a - b)[1]!);
  console.log(`${'making ready at its end, in slices, CPU time'.padEnd(46)} ${of('all')}   longest step ${of('longest').trim()}`);
  console.log(`${'first line heat of a profile, CPU time'.padEnd(46)} ${of('first')}`);
  console.log(`${'first line heat under another filter, CPU time'.padEnd(46)} ${of('other')}`);
  console.log(`${'line heat by going through the samples (peer)'.padEnd(46)} ${ms(peer)}`);
  for (const [what, ask] of rows) {
    await ask();
    const took = await median(ROUNDS, ask);
    console.log(`${what.padEnd(46)} ${ms(took)}   ${(peer / took).toFixed(0)} times as fast as the peer`);
  }
}

/** Takes steps to the end. @returns CPU time of all, and of the longest one, in ms */
function slices(steps: Iterator<unknown>): { all: number; longest: number } {
  let [all, longest, ended] = [0, 0, false];
  while (!ended) {
    const took = cpuMs(() => (ended = steps.next().done === true));
    all += took;
    longest = Math.max(longest, took);
  }
  return { all, longest };
}

/** User and system time in ms, of all threads: what a loaded machine changes least. */
function cpuMs(run: () => unknown): number {
  const before = process.cpuUsage();
  run();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1000;
}

const ms = (value: number): string => `${value.toFixed(2).padStart(9)} ms`;

/** Functions of one file with a sampled line on each of its lines, called from everywhere. */
function addLargeFile(profile: Profile, lines: number): string {
  const path = '/src/large/one.c';
  const { table } = profile;
  const callers = profile.stacks.size;
  const name = (line: number): string => `large_function_${line >> 6}`;
  for (let line = 1; line <= lines; line++) {
    const fn = table.internFunction({
      name: name(line),
      linkageName: '',
      file: path,
      startLine: 0,
      module: '',
      category: 'application',
      unresolved: false,
    });
    const location = table.atAddress(BigInt(0x10000000 + line * 16), () => [{ fn, line }]);
    for (let caller = 0; caller < 10; caller++) {
      const node = profile.stackNode(1 + ((line * 7919 + caller * 104729) % (callers - 1)), location);
      profile.samples.add(profile.samples.kind(node, profile.samples.lane(0, 0, 0)), line, 1);
    }
  }
  return path;
}

/** What a profiler without an index does: each sample's stack walked up, a line counted once a stack. */
function naiveLineHeat(profile: Profile, path: string): Map<number, number> {
  const totals = new Map<number, number>();
  const { samples, stacks, table } = profile;
  const [leaves, kinds] = [samples.leaves.view(), samples.kinds.view()];
  for (let sample = 0; sample < samples.count; sample++) {
    const seen = new Set<number>();
    for (let node = leaves[kinds[sample]!]!; node > 0; node = stacks.parent(node))
      for (const { fn, line } of table.locations[stacks.key(node)]!.frames) if (table.functions[fn]!.file === path) seen.add(line);
    for (const line of seen) totals.set(line, (totals.get(line) ?? 0) + 1);
  }
  return totals;
}

async function median(rounds: number, run: () => unknown): Promise<number> {
  const times: number[] = [];
  while (times.length < rounds) {
    const began = performance.now();
    await run();
    times.push(performance.now() - began);
  }
  return times.sort((a, b) => a - b)[rounds >> 1]!;
}
