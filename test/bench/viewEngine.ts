/** The engine's part of `npm run bench -- view`: how long its answers take, against the size of the profile. */
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { openGently } from '../../extension/engine/formats/open.ts';
import { writePprof } from '../../extension/engine/formats/pprofWrite.ts';
import { piecesOf } from '../../extension/engine/formats/wholeFile.ts';
import { EVERYTHING } from '../../extension/engine/profile/filter.ts';
import type { Profile } from '../../extension/engine/profile/profile.ts';
import { ProfileViews } from '../../extension/engine/profile/views.ts';
import type { ViewFilter } from '../../extension/protocol.ts';
import { largeProfile } from './largeProfile.ts';

const WIDTH_PX = 1600;
const ROUNDS = 15;

setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc') as () => void;

/** Milliseconds: of the clock, or of the processor where the machine has other things to do. */
let now = (): number => performance.now();

type Row = Record<string, number | string>;

/** @param sizes nodes of the call tree; each has ten samples a node */
export async function benchEngine(sizes: readonly number[], processorTime: boolean): Promise<void> {
  if (processorTime)
    now = () => {
      const { user, system } = process.cpuUsage();
      return (user + system) / 1000;
    };
  const rows: Row[] = [];
  for (const nodes of sizes) rows.push(await measure(nodes, nodes * 10));
  const names = Object.keys(rows[0]!);
  const width = Math.max(...names.map((name) => name.length));
  for (const name of names) console.log(`${name.padEnd(width)}  ${rows.map((row) => String(row[name]).padStart(12)).join('')}`);
}

async function measure(nodes: number, samples: number): Promise<Row> {
  const made = largeProfile(nodes, samples);
  const file = await writePprof(made);
  const opened = await open(file);
  const { profile } = opened;
  collect();
  const before = used();
  const row: Row = {
    'nodes of the call tree': profile.functions.size,
    samples: profile.sampleCount,
    'file, MB': mb(file.length),
    'open the file, ms': opened.ms.toFixed(0),
    'first piece of it can be shown after, ms': opened.firstMs.toFixed(0),
    'longest the engine did not answer meanwhile, ms': opened.blockedMs.toFixed(0),
  };
  const views = new ProfileViews(profile);
  const flame = (filter: ViewFilter, rootNode = 0) => views.flame({ filter, rootNode, widthPx: WIDTH_PX });
  const start = now();
  const first = flame(EVERYTHING);
  row['first table, ms'] = (now() - start).toFixed(1);
  row['its rows'] = first.table.node.length;
  row['its JSON, kB'] = (JSON.stringify(first).length / 1000).toFixed(0);
  const roots = first.table.node.filter((_, at) => at > 0);
  const pick = (i: number): number => roots[(i * 7919) % roots.length]!;
  row['zoom, ms'] = median((i) => flame(EVERYTHING, pick(i)));
  const nodesShown = first.table.node;
  const search = (text: string, regex: boolean) =>
    views.search({ filter: EVERYTHING, rootNode: 0, widthPx: WIDTH_PX, search: { text, matchCase: false, regex }, nodes: nodesShown });
  row['search, ms'] = median((i) => search(`order_${i}`, false));
  row['search by a pattern, ms'] = median((i) => search(`^(hash|find).*_${i}$`, true));
  const vcpuStates = Array.from({ length: ROUNDS }, (_, i) => ({ states: i % 2 ? 'on-cpu' : 'blocked', vcpu: (i >> 1) % 4 }) as const);
  row['vCPU and state, ms'] = median((i) => flame(vcpuStates[i]!));
  const duration = profile.facts.durationMs;
  const range = (i: number, share: number): ViewFilter => ({ ...EVERYTHING, timeMs: [i * duration * 0.01, (i * 0.01 + share) * duration] });
  row['time range of a tenth, ms'] = median((i) => flame(range(i, 0.1)));
  row['time range of a half, ms'] = median((i) => flame(range(i, 0.5)));
  row['hide idle, ms'] = median((i) => flame({ ...vcpuStates[i]!, hideIdle: true }));
  const fns = first.table.frames.filter(({ fn }) => fn >= 0).map(({ fn }) => fn);
  row['reshape: hide a function and libraries, ms'] = median((i) =>
    flame({ ...EVERYTHING, hideLibrary: true, hiddenFunctions: [fns[i % fns.length]!] }),
  );
  row['collapse recursion, another vCPU each time, ms'] = median((i) => flame({ ...vcpuStates[i]!, collapseRecursion: true }));
  row['bottom up, ms'] = median((i) => flame({ ...vcpuStates[i]!, inverted: true }));
  row['bottom up again (zoom), ms'] = median((i) => {
    const { table } = flame({ ...EVERYTHING, inverted: true });
    return flame({ ...EVERYTHING, inverted: true }, table.node[1 + (i % 20)]);
  });
  row['callers of a function, ms'] = median((i) => flame({ ...EVERYTHING, callersOf: fns[i % fns.length]! }));
  row['functions by name, ms'] = median((i) =>
    views.functions({ filter: vcpuStates[i]!, order: i % 2 ? 'self' : 'name', descending: true, offset: 0, limit: 60 }),
  );
  row['callers and callees, ms'] = median((i) => views.neighbours({ filter: EVERYTHING, fn: fns[i % fns.length]!, limit: 50 }));
  row['hot paths, ms'] = median((i) => views.hotPaths({ filter: vcpuStates[i]!, limit: 25 }));
  row['heat map, ms'] = median((i) => views.heatMap({ filter: vcpuStates[i]!, maxColumns: WIDTH_PX, rows: 50 }));
  row['while recording: 333 ms of samples, and a table, ms'] = grow(profile, views);
  collect();
  row['memory of the profile, MB'] = mb(before - opened.before);
  row['and of what views keep, MB'] = mb(used() - before);
  return row;
}

async function open(file: Uint8Array): Promise<{ profile: Profile; ms: number; firstMs: number; blockedMs: number; before: number }> {
  collect();
  const before = used();
  let [last, blockedMs, firstMs] = [now(), 0, 0];
  const timer = setInterval(() => {
    blockedMs = Math.max(blockedMs, now() - last);
    last = now();
  }, 1);
  const start = now();
  const profile = await openGently(piecesOf(file), 'large.pb.gz', {
    onProgress: () => undefined,
    onProfile: () => (firstMs = now() - start),
    signal: new AbortController().signal,
  });
  const ms = now() - start;
  blockedMs = Math.max(blockedMs, now() - last);
  clearInterval(timer);
  return { profile, ms, firstMs: firstMs || ms, blockedMs, before };
}

/** A third of a second at 1,000 Hz on four vCPUs: the time that a view's answer takes with the samples before it. */
function grow(profile: Profile, views: ProfileViews): string {
  const { samples } = profile;
  let timeNs = samples.timesNs.get(samples.count - 1);
  return median((round) => {
    for (let i = 0; i < 1332; i++) {
      const kind = (i * 7919 + round) % samples.leaves.length;
      samples.add(kind, (timeNs += 250_000), 1);
    }
    return views.flame({ filter: EVERYTHING, rootNode: 0, widthPx: WIDTH_PX });
  });
}

function median(run: (round: number) => unknown): string {
  const times = Array.from({ length: ROUNDS }, (_, round) => {
    const start = now();
    run(round);
    return now() - start;
  }).sort((a, b) => a - b);
  return times[ROUNDS >> 1]!.toFixed(1);
}

function used(): number {
  const { heapUsed, arrayBuffers } = process.memoryUsage();
  return heapUsed + arrayBuffers;
}

function mb(bytes: number): string {
  return (bytes / 1e6).toFixed(1);
}
