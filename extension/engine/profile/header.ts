/** The facts at the top of a view. */
import type { ProfileHeader } from '../../protocol.ts';
import type { Profile } from './profile.ts';
import type { WeightCache } from './weights.ts';

export function profileHeader(profile: Profile, weights: WeightCache): ProfileHeader {
  const { facts } = profile;
  const all = weights.of({ states: 'all', vcpu: null });
  return {
    title: facts.title,
    info: facts.info,
    symbols: facts.symbols,
    warnings: facts.warnings,
    recording: facts.recording,
    durationMs: facts.durationMs,
    samples: profile.sampleCount,
    onCpuSamples: weights.of({ states: 'on-cpu', vcpu: null }).samples,
    lost: facts.lost,
    missed: facts.missed,
    ...(facts.cappedHz === null ? {} : { cappedHz: facts.cappedHz }),
    unresolved: unresolvedSamples(profile, all.self),
    pause: facts.pause,
    unit: facts.unit,
    vcpuIds: [...new Set(profile.vcpus.view())].sort((a, b) => a - b),
    threads: [],
    modules: [...new Set(profile.table.functions.map((fn) => fn.module).filter((name) => name !== ''))],
    hasTimes: facts.durationMs > 0,
  };
}

/** Weight of the samples that end in a function without a name. */
function unresolvedSamples(profile: Profile, self: Float64Array): number {
  let sum = 0;
  for (let node = 1; node < self.length; node++) if (profile.table.functions[profile.functionOf(node)]!.unresolved) sum += self[node]!;
  return sum;
}
