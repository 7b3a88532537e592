/** Self and total weights of both trees under a filter, brought up to date as samples arrive. */
import type { ViewFilter } from '../../protocol.ts';
import type { Profile } from './profile.ts';

const BLOCKED = 2;
/** Parts of a filter that are refused, rather than passed over, until they work. */
const UNANSWERED = [
  'thread',
  'timeMs',
  'hideIdle',
  'hideLibrary',
  'hiddenModules',
  'hiddenFunctions',
  'collapseRecursion',
  'focus',
  'callersOf',
  'inverted',
] as const;

export interface Weights {
  readonly grandTotal: number;
  /** Samples that pass the filter. */
  readonly samples: number;
  /** By function node. */
  readonly self: Float64Array;
  readonly total: Float64Array;
  /** By stack node. */
  readonly stackSelf: Float64Array;
  readonly stackTotal: Float64Array;
}

interface Running {
  counted: number;
  samples: number;
  stackSelf: Float64Array;
  result: Weights | null;
}

export class WeightCache {
  private readonly running = new Map<string, Running>();
  private readonly profile: Profile;

  constructor(profile: Profile) {
    this.profile = profile;
  }

  of(filter: ViewFilter): Weights {
    const unanswered = UNANSWERED.find((part) => Array.isArray(filter[part]) || typeof filter[part] === 'number' || filter[part] === true);
    if (unanswered) throw new Error(`The engine cannot filter by ${unanswered} yet`);
    const key = `${filter.states} ${filter.vcpu ?? '*'}`;
    let entry = this.running.get(key);
    if (!entry) this.running.set(key, (entry = { counted: 0, samples: 0, stackSelf: new Float64Array(1024), result: null }));
    const { profile } = this;
    if (entry.result && entry.counted === profile.sampleCount) return entry.result;
    this.countNew(entry, filter);
    return (entry.result = this.sum(entry));
  }

  private countNew(entry: Running, filter: ViewFilter): void {
    const { profile } = this;
    if (entry.stackSelf.length < profile.stacks.size) {
      const wider = new Float64Array(Math.max(profile.stacks.size, entry.stackSelf.length * 2));
      wider.set(entry.stackSelf);
      entry.stackSelf = wider;
    }
    const states = profile.states.view();
    const vcpus = profile.vcpus.view();
    const leaves = profile.leaves.view();
    const weights = profile.weights.view();
    for (let i = entry.counted; i < leaves.length; i++) {
      if (filter.states !== 'all' && (states[i] === BLOCKED) !== (filter.states === 'blocked')) continue;
      if (filter.vcpu !== null && vcpus[i] !== filter.vcpu) continue;
      entry.stackSelf[leaves[i]!]! += weights[i]!;
      entry.samples++;
    }
    entry.counted = leaves.length;
  }

  private sum(entry: Running): Weights {
    const { profile } = this;
    const stackSelf = entry.stackSelf.slice(0, profile.stacks.size);
    const self = new Float64Array(profile.functions.size);
    for (let node = 0; node < stackSelf.length; node++) self[profile.functionNode(node)]! += stackSelf[node]!;
    const total = self.slice();
    profile.functions.sumUp(total);
    const stackTotal = stackSelf.slice();
    profile.stacks.sumUp(stackTotal);
    return { grandTotal: total[0]!, samples: entry.samples, self, total, stackSelf, stackTotal };
  }
}
