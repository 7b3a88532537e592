/** Weights of a profile's two trees under the half of a filter that picks samples. */
import type { ViewFilter } from '../../protocol.ts';
import { sampleKey } from './filter.ts';
import { IdleNodes } from './idle.ts';
import type { Profile } from './profile.ts';
import { Recent } from './recent.ts';
import type { Lane } from './samples.ts';

const BLOCKED = 2;
/** Filters whose weights are kept: at a million nodes each holds 16 to 32 MB. */
const KEPT = 6;
const KEPT_TIME_RANGES = 3;

/** Weights of one moment: a profile that has grown has new ones. */
export class Weights {
  /** Samples that pass the filter. */
  readonly samples: number;
  readonly grandTotal: number;
  /** By function node. */
  readonly self: Float64Array;
  /** By stack node. */
  readonly stackSelf: Float64Array;
  private sums: Float64Array | null = null;
  private stackSums: Float64Array | null = null;
  private readonly profile: Profile;

  constructor(profile: Profile, kinds: KindWeights, passes: Uint8Array) {
    this.profile = profile;
    this.stackSelf = new Float64Array(profile.stacks.size);
    this.self = new Float64Array(profile.functions.size);
    const leaves = profile.samples.leaves.view();
    const nodes = profile.functionNodes;
    let [samples, grandTotal] = [0, 0];
    for (let kind = 0; kind < leaves.length; kind++) {
      const weight = kinds.weights[kind]!;
      if (passes[kind] === 0 || kinds.counts[kind] === 0) continue;
      const leaf = leaves[kind]!;
      this.stackSelf[leaf]! += weight;
      this.self[nodes[leaf]!]! += weight;
      samples += kinds.counts[kind]!;
      grandTotal += weight;
    }
    this.samples = samples;
    this.grandTotal = grandTotal;
  }

  /** By function node. */
  get total(): Float64Array {
    if (!this.sums) this.profile.functions.sumUp((this.sums = this.self.slice()));
    return this.sums;
  }

  /** By stack node. */
  get stackTotal(): Float64Array {
    if (!this.stackSums) this.profile.stacks.sumUp((this.stackSums = this.stackSelf.slice()));
    return this.stackSums;
  }
}

/** By kind of sample (samples.ts), within a range of time. */
interface KindWeights {
  readonly weights: Float64Array;
  readonly counts: Float64Array;
}

export class WeightCache {
  private readonly profile: Profile;
  private readonly idle: IdleNodes;
  private readonly kept = new Recent<string, { count: number; weights: Weights }>(KEPT);
  private readonly keptRanges = new Recent<string, { count: number; kinds: KindWeights }>(KEPT_TIME_RANGES);

  constructor(profile: Profile) {
    this.profile = profile;
    this.idle = new IdleNodes(profile.table, profile.functions);
  }

  of(filter: ViewFilter): Weights {
    const key = sampleKey(filter);
    const count = this.profile.sampleCount;
    const known = this.kept.get(key);
    if (known?.count === count) return known.weights;
    const weights = new Weights(this.profile, this.kindWeights(filter), this.passes(filter));
    return this.kept.set(key, { count, weights }).weights;
  }

  /** By kind: 1 where the filter lets its samples through, whatever their time. */
  passes(filter: ViewFilter): Uint8Array {
    const { samples, functionNodes } = this.profile;
    const lanes = samples.lanes.map((lane) => lanePasses(lane, filter));
    const leaves = samples.leaves.view();
    const laneOf = samples.laneOf.view();
    const idle = filter.hideIdle === true ? this.idle.flags() : null;
    const passes = new Uint8Array(leaves.length);
    for (let kind = 0; kind < passes.length; kind++) {
      if (lanes[laneOf[kind]!]! && (idle === null || idle[functionNodes[leaves[kind]!]!] === 0)) passes[kind] = 1;
    }
    return passes;
  }

  private kindWeights({ timeMs }: ViewFilter): KindWeights {
    const { samples } = this.profile;
    if (!timeMs) return { weights: samples.kindWeights.view(), counts: samples.kindCounts.view() };
    const key = timeMs.join('-');
    const known = this.keptRanges.get(key);
    if (known?.count === samples.count) return known.kinds;
    return this.keptRanges.set(key, { count: samples.count, kinds: this.within(timeMs[0] * 1e6, timeMs[1] * 1e6) }).kinds;
  }

  /** A range of more than half of the samples is the whole less what is outside: never more than half of them are looked at. */
  private within(fromNs: number, toNs: number): KindWeights {
    const { samples } = this.profile;
    const range = samples.range(fromNs, toNs);
    if (range && range[1] - range[0] > samples.count / 2) {
      const [weights, counts] = [samples.kindWeights.view().slice(), samples.kindCounts.view().slice()];
      this.tally(0, range[0], -1, weights, counts);
      this.tally(range[1], samples.count, -1, weights, counts);
      return { weights, counts };
    }
    const kinds = samples.leaves.length;
    const [weights, counts] = [new Float64Array(kinds), new Float64Array(kinds)];
    if (range) this.tally(range[0], range[1], 1, weights, counts);
    else {
      for (let sample = 0; sample < samples.count; sample++) {
        const at = samples.timesNs.get(sample);
        if (at >= fromNs && at < toNs) this.tally(sample, sample + 1, 1, weights, counts);
      }
    }
    return { weights, counts };
  }

  private tally(from: number, to: number, sign: 1 | -1, weights: Float64Array, counts: Float64Array): void {
    const { samples } = this.profile;
    const kinds = samples.kinds.view();
    const each = samples.weights;
    for (let sample = from; sample < to; sample++) {
      const kind = kinds[sample]!;
      counts[kind]! += sign;
      weights[kind]! += each === null ? sign : sign * each[sample]!;
    }
  }
}

export function lanePasses({ vcpu, state, thread }: Lane, filter: ViewFilter): boolean {
  if (filter.states !== 'all' && (state === BLOCKED) !== (filter.states === 'blocked')) return false;
  if (filter.vcpu !== null && vcpu !== filter.vcpu) return false;
  if (filter.thread !== undefined && filter.thread !== null && thread !== filter.thread) return false;
  return !(filter.hideIdle === true && state === BLOCKED && filter.states !== 'blocked');
}
