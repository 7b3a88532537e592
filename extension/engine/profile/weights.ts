/** Weights of a profile's two trees under the half of a filter that picks samples. */
import type { ViewFilter } from '../../protocol.ts';
import { sampleKey, type Zoomed } from './filter.ts';
import { IdleNodes } from './idle.ts';
import type { Profile } from './profile.ts';
import { keptWithin, Recent } from './recent.ts';
import type { Lane } from './samples.ts';

const BLOCKED = 2;
/** Filters whose weights are kept, and ranges of time. At a million nodes each holds 16 to 32 MB. */
const [KEPT, KEPT_TIME_RANGES] = [6, 3];
const BUDGET_BYTES = 96e6;

/** Weights of one moment: a profile that has grown has new ones. */
export class Weights {
  /** Samples that pass the filter. */
  readonly samples: number;
  readonly grandTotal: number;
  /** By stack node. */
  readonly stackSelf: Float64Array;
  private selves: Float64Array | null = null;
  private sums: Float64Array | null = null;
  private stackSums: Float64Array | null = null;
  private readonly profile: Profile;

  constructor(profile: Profile, kinds: KindWeights, { lanes, leftOut }: Pass) {
    this.profile = profile;
    this.stackSelf = new Float64Array(profile.stacks.size);
    const leaves = profile.samples.leaves.view();
    const nodes = profile.functionNodes;
    const { stackSelf } = this;
    const { weights, counts } = kinds;
    const laneOf = profile.samples.laneOf.view();
    let [samples, grandTotal] = [0, 0];
    for (let kind = 0; kind < leaves.length; kind++) {
      const count = counts[kind]!;
      if (count === 0 || lanes[laneOf[kind]!] === 0) continue;
      const leaf = leaves[kind]!;
      if (leftOut !== null && leftOut[nodes[leaf]!] === 1) continue;
      const weight = weights[kind]!;
      stackSelf[leaf]! += weight;
      samples += count;
      grandTotal += weight;
    }
    this.samples = samples;
    this.grandTotal = grandTotal;
  }

  /** By function node. */
  get self(): Float64Array {
    if (!this.selves) {
      const { stackSelf, profile } = this;
      const nodes = profile.functionNodes;
      const selves = (this.selves = new Float64Array(profile.functions.size));
      // in order of stack nodes, whose function nodes are nearly in order, too
      for (let leaf = 0; leaf < stackSelf.length; leaf++) selves[nodes[leaf]!]! += stackSelf[leaf]!;
    }
    return this.selves;
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

/** What a filter lets through, whatever the time. */
interface Pass {
  /** By lane: 1 where its samples pass. */
  readonly lanes: Uint8Array;
  /** By function node: 1 where samples that end in it are left out, because they are idle or outside of the zoom; null where none are. */
  readonly leftOut: Uint8Array | null;
}

/** By kind of sample (samples.ts), within a range of time. Counts and weights are the same array where every weight is 1. */
interface KindWeights {
  readonly weights: Float64Array;
  readonly counts: Float64Array;
}

export class WeightCache {
  private readonly profile: Profile;
  private readonly idle: IdleNodes;
  private readonly outside: (filter: Zoomed) => Uint8Array | null;
  private readonly kept = new Recent<string, { count: number; weights: Weights }>(() => {
    const { stacks, functions } = this.profile;
    return keptWithin(BUDGET_BYTES, 16 * (stacks.size + functions.size), KEPT);
  });
  private readonly keptRanges = new Recent<string, { count: number; kinds: KindWeights }>(() =>
    keptWithin(BUDGET_BYTES, 16 * this.profile.samples.leaves.length, KEPT_TIME_RANGES),
  );

  /** @param outside by function node: 1 where it is not within what a filter is zoomed to; null where there is no zoom */
  constructor(profile: Profile, outside: (filter: Zoomed) => Uint8Array | null = () => null) {
    this.profile = profile;
    this.outside = outside;
    this.idle = new IdleNodes(profile.table, profile.functions);
  }

  of(filter: Zoomed): Weights {
    const key = sampleKey(filter);
    const count = this.profile.sampleCount;
    const known = this.kept.get(key);
    if (known?.count === count) return known.weights;
    const weights = new Weights(this.profile, this.kindWeights(filter), this.pass(filter));
    return this.kept.set(key, { count, weights }).weights;
  }

  /** By kind: 1 where the filter lets its samples through, whatever their time. */
  passes(filter: ViewFilter): Uint8Array {
    const { samples, functionNodes } = this.profile;
    const { lanes, leftOut } = this.pass(filter);
    const [leaves, laneOf] = [samples.leaves.view(), samples.laneOf.view()];
    const passes = new Uint8Array(leaves.length);
    for (let kind = 0; kind < passes.length; kind++) {
      if (lanes[laneOf[kind]!] === 1 && (leftOut === null || leftOut[functionNodes[leaves[kind]!]!] === 0)) passes[kind] = 1;
    }
    return passes;
  }

  private pass(filter: Zoomed): Pass {
    const lanes = Uint8Array.from(this.profile.samples.lanes, (lane) => (lanePasses(lane, filter) ? 1 : 0));
    const idle = filter.hideIdle === true ? this.idle.flags() : null;
    const outside = this.outside(filter);
    return { lanes, leftOut: idle && outside ? outside.map((flag, node) => flag | idle[node]!) : (outside ?? idle) };
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
    const isMost = range !== null && range[1] - range[0] > samples.count / 2;
    const weights = isMost ? samples.kindWeights.view().slice() : new Float64Array(samples.leaves.length);
    const isUniform = samples.weights === null;
    const counts = isUniform ? weights : isMost ? samples.kindCounts.view().slice() : new Float64Array(samples.leaves.length);
    const into = { weights, counts };
    if (range === null) {
      for (let sample = 0; sample < samples.count; sample++) {
        const at = samples.timesNs.get(sample);
        if (at >= fromNs && at < toNs) this.tally(sample, sample + 1, 1, into);
      }
    } else if (isMost) {
      this.tally(0, range[0], -1, into);
      this.tally(range[1], samples.count, -1, into);
    } else this.tally(range[0], range[1], 1, into);
    return into;
  }

  private tally(from: number, to: number, sign: 1 | -1, { weights, counts }: KindWeights): void {
    const { samples } = this.profile;
    const kinds = samples.kinds.view();
    const each = samples.weights;
    if (each === null) {
      for (let sample = from; sample < to; sample++) counts[kinds[sample]!]! += sign;
      return;
    }
    for (let sample = from; sample < to; sample++) {
      const kind = kinds[sample]!;
      counts[kind]! += sign;
      weights[kind]! += sign * each[sample]!;
    }
  }
}

export function lanePasses({ vcpu, state, thread }: Lane, filter: ViewFilter): boolean {
  if (filter.states !== 'all' && (state === BLOCKED) !== (filter.states === 'blocked')) return false;
  if (filter.vcpu !== null && vcpu !== filter.vcpu) return false;
  if (filter.thread !== undefined && filter.thread !== null && thread !== filter.thread) return false;
  return !(filter.hideIdle === true && state === BLOCKED && filter.states !== 'blocked');
}
