/** The facts at the top of a view. */
import type { ProfileHeader } from '../../protocol.ts';
import { EVERYTHING } from './filter.ts';
import { IDLE } from './idle.ts';
import type { Profile } from './profile.ts';
import type { Lane } from './samples.ts';
import { lanePasses, type WeightCache } from './weights.ts';

type Counted = Pick<ProfileHeader, 'unresolved' | 'modules' | 'hasIdle'>;
const cache = new WeakMap<Float64Array, Counted>();

export function profileHeader(profile: Profile, weights: WeightCache): ProfileHeader {
  const { facts, samples } = profile;
  return {
    title: facts.title,
    info: facts.info,
    symbols: facts.symbols,
    proof: facts.proof,
    warnings: facts.warnings,
    recording: facts.recording,
    durationMs: facts.durationMs,
    ...sampleCounts(profile),
    lost: facts.lost,
    missed: facts.missed,
    ...(facts.cappedHz === null ? {} : { cappedHz: facts.cappedHz }),
    ...counted(profile, weights.of(EVERYTHING).self),
    pause: facts.pause,
    unit: facts.unit,
    vcpuIds: [...new Set(samples.lanes.map(({ vcpu }) => vcpu))].sort((a, b) => a - b),
    threads: facts.threads,
    hasTimes: samples.hasTimes,
  };
}

/** Where weights count samples, one of a file may stand for many: a line of folded stacks does. */
function sampleCounts({ facts, samples }: Profile): Pick<ProfileHeader, 'samples' | 'onCpuSamples'> {
  const each = facts.unit === 'samples' ? samples.laneWeights : samples.laneCounts;
  const sum = (passes: (lane: Lane) => boolean): number =>
    samples.lanes.reduce((total, lane, at) => total + (passes(lane) ? each[at]! : 0), 0);
  return { samples: sum(() => true), onCpuSamples: sum((lane) => lanePasses(lane, { states: 'on-cpu', vcpu: null })) };
}

/** Weight of the samples that end in a function without a name; the modules by their weight; and whether there is an idle loop. */
function counted(profile: Profile, self: Float64Array): Counted {
  const known = cache.get(self);
  if (known) return known;
  const { functions } = profile.table;
  const byFunction = new Float64Array(functions.length);
  const { keys } = profile.functions;
  for (let node = 1; node < self.length; node++) byFunction[keys[node]! >> 1]! += self[node]!;
  const modules = new Map<string, number>();
  let unresolved = 0;
  let hasIdle = false;
  functions.forEach(({ name, module, unresolved: isUnresolved }, fn) => {
    hasIdle ||= IDLE.test(name);
    if (isUnresolved) unresolved += byFunction[fn]!;
    if (module !== '') modules.set(module, (modules.get(module) ?? 0) + byFunction[fn]!);
  });
  const ordered = [...modules].sort(([a, x], [b, y]) => y - x || (a < b ? -1 : 1)).map(([name]) => name);
  const result = { unresolved, modules: ordered.slice(0, MAX_MODULES), hasIdle };
  cache.set(self, result);
  return result;
}

/** More than a menu can offer. */
const MAX_MODULES = 200;
