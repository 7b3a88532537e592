/**
 * The samples of a profile in columns. Samples that end in the same stack node on the same *lane* (vCPU, state and thread) are of one *kind*:
 * what differs between them is their time alone. So a sample is a time and a kind, and a filter that does not ask for the time looks at kinds only.
 */
import type { VcpuState } from '../../protocol.ts';
import { Column } from './column.ts';

export interface Lane {
  readonly vcpu: number;
  readonly state: VcpuState;
  /** 0: not known. */
  readonly thread: number;
}

export class Samples {
  readonly lanes: Lane[] = [];
  /** Samples on each lane. */
  readonly laneCounts: number[] = [];
  /** The sum of their weights. */
  readonly laneWeights: number[] = [];
  /** By sample. In order of time once they are sorted; as they came before that. */
  readonly timesNs = new Column(Float64Array);
  readonly kinds = new Column(Int32Array);
  /** By kind: the stack node in which its samples end, its lane, the sum of their weights. */
  readonly leaves = new Column(Int32Array);
  readonly laneOf = new Column(Uint16Array);
  readonly kindWeights = new Column(Float64Array);
  /** Where weights differ from 1, each sample's, and the number of each kind's samples; null while every weight is 1. */
  private weightColumn: Column<Float64Array> | null = null;
  private countColumn: Column<Float64Array> | null = null;
  /** Kinds of a stack node, newest first. By stack node, and by kind. */
  private readonly firstKinds = new Column(Int32Array);
  private readonly nextKinds = new Column(Int32Array);
  private sorted = true;
  private lastLane = 0;

  get count(): number {
    return this.kinds.length;
  }

  /** Whether the time of samples is known: they do not all have the same. */
  get hasTimes(): boolean {
    return this.count > 1 && (!this.sorted || this.timesNs.get(0) !== this.timesNs.get(this.count - 1));
  }

  /** By kind: the number of its samples. The same as their weights while every weight is 1. */
  get kindCounts(): Column<Float64Array> {
    return this.countColumn ?? this.kindWeights;
  }

  get isSorted(): boolean {
    return this.sorted;
  }

  lane(vcpu: number, state: VcpuState, thread: number): number {
    const last = this.lanes[this.lastLane];
    if (last?.vcpu === vcpu && last.state === state && last.thread === thread) return this.lastLane;
    let lane = this.lanes.findIndex((at) => at.vcpu === vcpu && at.state === state && at.thread === thread);
    if (lane < 0) {
      if (this.lanes.length === MAX_LANES) throw new RangeError(`more than ${MAX_LANES} combinations of vCPU, state and thread`);
      lane = this.lanes.push({ vcpu, state, thread }) - 1;
      this.laneCounts.push(0);
      this.laneWeights.push(0);
    }
    return (this.lastLane = lane);
  }

  /** The kind of samples that end in `leaf` on `lane`. */
  kind(leaf: number, lane: number): number {
    while (this.firstKinds.length <= leaf) this.firstKinds.push(-1);
    const first = this.firstKinds.get(leaf);
    for (let kind = first; kind !== -1; kind = this.nextKinds.get(kind)) if (this.laneOf.get(kind) === lane) return kind;
    const kind = this.leaves.push(leaf);
    this.laneOf.push(lane);
    this.kindWeights.push(0);
    this.countColumn?.push(0);
    this.nextKinds.push(first);
    this.firstKinds.set(leaf, kind);
    return kind;
  }

  add(kind: number, timeNs: number, weight: number): void {
    const { count } = this;
    if (this.sorted && count > 0 && timeNs < this.timesNs.get(count - 1)) this.sorted = false;
    if (weight !== 1 && this.weightColumn === null) {
      this.weightColumn = new Column(Float64Array);
      this.weightColumn.repeat(1, count);
      this.countColumn = new Column(Float64Array);
      this.countColumn.append(this.kindWeights.view());
    }
    this.timesNs.push(timeNs);
    this.kinds.push(kind);
    this.weightColumn?.push(weight);
    this.kindWeights.add(kind, weight);
    this.countColumn?.add(kind, 1);
    const lane = this.laneOf.get(kind);
    this.laneCounts[lane]!++;
    this.laneWeights[lane]! += weight;
  }

  /** Samples of one kind, each of weight 1. */
  addAll(kind: number, timesNs: Float64Array<ArrayBuffer>): void {
    const { length } = timesNs;
    let last = this.count > 0 ? this.timesNs.get(this.count - 1) : -Infinity;
    for (let i = 0; this.sorted && i < length; last = timesNs[i++]!) this.sorted = timesNs[i]! >= last;
    this.timesNs.append(timesNs);
    this.kinds.repeat(kind, length);
    this.weightColumn?.repeat(1, length);
    this.kindWeights.add(kind, length);
    this.countColumn?.add(kind, length);
    const lane = this.laneOf.get(kind);
    this.laneCounts[lane]! += length;
    this.laneWeights[lane]! += length;
  }

  weight(sample: number): number {
    return this.weightColumn === null ? 1 : this.weightColumn.get(sample);
  }

  /** By sample; null: every weight is 1. */
  get weights(): Float64Array | null {
    return this.weightColumn?.view() ?? null;
  }

  /** Samples taken in [fromNs, toNs), as a range of indexes; null where they are not in order of time. */
  range(fromNs: number, toNs: number): readonly [from: number, to: number] | null {
    if (!this.sorted) return null;
    const times = this.timesNs.view();
    const from = lowerBound(times, fromNs);
    return [from, Math.max(from, lowerBound(times, toNs))];
  }

  /** Puts the samples of a file into order of time (files hold one thread, or one stack, after another). In steps: ten million samples take seconds. */
  *sealing(): Generator<undefined, void, undefined> {
    if (this.sorted) return;
    const order = yield* orderByTime(this.timesNs.view());
    const kinds = yield* inOrder(this.kinds.view(), order, new Int32Array(order.length));
    const times = yield* inOrder(this.timesNs.view(), order, new Float64Array(order.length));
    const weights = this.weightColumn ? yield* inOrder(this.weightColumn.view(), order, new Float64Array(order.length)) : null;
    // All at once: a view may be answered between two steps.
    this.kinds.replace(kinds);
    this.timesNs.replace(times);
    if (weights) this.weightColumn!.replace(weights);
    this.sorted = true;
  }
}

function* inOrder<T extends Float64Array | Int32Array>(values: T, order: Uint32Array, into: T): Generator<undefined, T, undefined> {
  for (let i = 0; i < order.length; i++) {
    into[i] = values[order[i]!]!;
    if (i % SORTED_A_STEP === 0) yield;
  }
  return into;
}

/** Puts all samples of one profile into another, with the stack nodes they have there; samples of a kind without one (below 0) are left out. */
export function copySamples(
  from: Samples,
  into: Samples,
  stackNodeOf: (leaf: number) => number,
  keep: (kind: number, timeNs: number) => boolean = () => true,
): void {
  const leaves = from.leaves.view();
  const lanes = from.lanes.map(({ vcpu, state, thread }) => into.lane(vcpu, state, thread));
  const kinds = new Int32Array(leaves.length);
  for (let kind = 0; kind < kinds.length; kind++) {
    const node = stackNodeOf(leaves[kind]!);
    kinds[kind] = node < 0 ? -1 : into.kind(node, lanes[from.laneOf.get(kind)]!);
  }
  for (let sample = 0; sample < from.count; sample++) {
    const [kind, timeNs] = [from.kinds.get(sample), from.timesNs.get(sample)];
    if (kinds[kind]! >= 0 && keep(kind, timeNs)) into.add(kinds[kind]!, timeNs, from.weight(sample));
  }
}

const MAX_LANES = 0xffff;

/** Index of the first time that is not before `at`. */
function lowerBound(times: Float64Array, at: number): number {
  let [low, high] = [0, times.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (times[middle]! < at) low = middle + 1;
    else high = middle;
  }
  return low;
}

const SORTED_A_STEP = 1 << 18;

/** A stable order by time: dealt into very many buckets of equal length, and each of the few in a bucket put in its place. */
function* orderByTime(times: Float64Array): Generator<undefined, Uint32Array, undefined> {
  let [least, most] = [Infinity, -Infinity];
  for (const time of times) {
    if (time < least) least = time;
    if (time > most) most = time;
  }
  const buckets = Math.min(1 << 22, Math.max(1, times.length));
  const scale = most > least ? (buckets - 1) / (most - least) : 0;
  const next = new Uint32Array(buckets + 1);
  for (let i = 0; i < times.length; i++) {
    next[Math.floor((times[i]! - least) * scale) + 1]!++;
    if (i % SORTED_A_STEP === 0) yield;
  }
  for (let bucket = 1; bucket <= buckets; bucket++) next[bucket]! += next[bucket - 1]!;
  const order = new Uint32Array(times.length);
  for (let i = 0; i < times.length; i++) {
    order[next[Math.floor((times[i]! - least) * scale)]!++] = i;
    if (i % SORTED_A_STEP === 0) yield;
  }
  // Now next[bucket] is the bucket's end. Samples of one time stay as they came.
  for (let bucket = 0, from = 0; bucket < buckets; from = next[bucket]!, bucket++) {
    const to = next[bucket]!;
    if (bucket % SORTED_A_STEP === 0) yield;
    if (to - from > MOST_IN_A_BUCKET) order.subarray(from, to).sort((a, b) => times[a]! - times[b]! || a - b);
    else insertionSort(order, times, from, to);
  }
  return order;
}

const MOST_IN_A_BUCKET = 24;

function insertionSort(order: Uint32Array, times: Float64Array, from: number, to: number): void {
  for (let i = from + 1; i < to; i++) {
    const moved = order[i]!;
    const time = times[moved]!;
    let at = i;
    for (; at > from && times[order[at - 1]!]! > time; at--) order[at] = order[at - 1]!;
    order[at] = moved;
  }
}
