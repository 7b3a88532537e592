/** The samples of a profile.proto file (message Sample), written and read without an object for each. */
import type { VcpuState } from '../../protocol.ts';
import type { CallTree } from '../profile/callTree.ts';
import type { Profile } from '../profile/profile.ts';
import { Column } from '../profile/column.ts';
import { FormatError } from './errors.ts';
import { BYTES, WireReader, WireWriter } from './protobuf.ts';

/** Fields of Profile, Sample and Label. */
export const SAMPLE = 2;
const [LOCATION_ID, VALUE, LABEL] = [1, 2, 3];
const [KEY, STR, NUM, NUM_UNIT] = [1, 2, 3, 4];
const PIECE_BYTES = 1 << 20;

/** Indexes of the string table. */
export interface SampleStrings {
  readonly vcpu: number;
  readonly state: number;
  readonly states: readonly number[];
  readonly thread: number;
  /** By thread id. */
  readonly threads: ReadonlyMap<number, number>;
  readonly time: number;
  readonly nanoseconds: number;
}

export function* encodeSamples(profile: Profile, periodNs: number, strings: SampleStrings): Generator<Uint8Array> {
  const { samples, stacks } = profile;
  const out = new WireWriter();
  const [sample, part, label] = [new WireWriter(), new WireWriter(), new WireWriter()];
  const field = (id: number, value: number): void => {
    if (value === 0) return;
    label.tag(id, 0);
    label.varint(value);
  };
  const endLabel = (): void => {
    sample.message(LABEL, label);
    label.clear();
  };
  const hasTimes = samples.hasTimes;
  const byKind = samplesByKind(samples.kinds.view(), samples.leaves.length);
  for (const kind of inStackOrder(stacks, samples.leaves.view())) {
    const [from, to] = [byKind.starts[kind]!, byKind.starts[kind + 1]!];
    // Weights that differ are kept apart; where all are 1, or nothing but the weight would differ, their sum stands for them.
    const isSum = !hasTimes || samples.kindWeights.get(kind) === to - from;
    for (let first = from; first < to; first = isSum ? to : first + 1) {
      const last = isSum ? to : first + 1;
      for (let node = samples.leaves.get(kind); node > 0; node = stacks.parent(node)) part.varint(stacks.key(node) + 1); // leaf first, ids from 1
      sample.message(LOCATION_ID, part);
      part.clear();
      const weight = Math.round(isSum ? samples.kindWeights.get(kind) : samples.weight(byKind.order[first]!));
      part.varint(weight);
      if (periodNs > 0) part.varint(weight * periodNs);
      sample.message(VALUE, part);
      part.clear();
      const { vcpu, state, thread } = samples.lanes[samples.laneOf.get(kind)]!;
      field(KEY, strings.vcpu);
      field(NUM, vcpu);
      endLabel();
      field(KEY, strings.state);
      field(STR, strings.states[state]!);
      endLabel();
      if (thread !== 0) {
        field(KEY, strings.thread);
        field(STR, strings.threads.get(thread) ?? 0);
        field(NUM, strings.threads.has(thread) ? 0 : thread);
        endLabel();
      }
      for (let i = first; hasTimes && i < last; i++) {
        field(KEY, strings.time);
        field(NUM, Math.round(samples.timesNs.get(byKind.order[i]!)));
        field(NUM_UNIT, strings.nanoseconds);
        endLabel();
      }
      out.message(SAMPLE, sample);
      sample.clear();
      if (out.length >= PIECE_BYTES) yield out.take();
    }
  }
  yield out.take();
}

/** Samples of each kind, in order of time. */
function samplesByKind(kinds: Int32Array, kindCount: number): { starts: Uint32Array; order: Uint32Array } {
  const starts = new Uint32Array(kindCount + 1);
  for (const kind of kinds) starts[kind + 1]!++;
  for (let kind = 0; kind < kindCount; kind++) starts[kind + 1]! += starts[kind]!;
  const next = starts.slice();
  const order = new Uint32Array(kinds.length);
  for (let sample = 0; sample < kinds.length; sample++) order[next[kinds[sample]!]!++] = sample;
  return { starts, order };
}

/** Kinds that stay together; and one in so many is taken out of its block and put before all of them. */
const [BLOCK, ONE_IN] = [64, 256];

/**
 * Kinds so that neighbours share most of their stack: depth first. Reading follows the shared part once, and gzip finds it. Where there are many, in blocks from
 * everywhere in turn, a few single ones first: whatever has been read of a large file looks like the whole.
 */
function inStackOrder(stacks: CallTree, leaves: Int32Array): Int32Array {
  const order = depthFirst(stacks, leaves);
  const singles = Math.floor(order.length / ONE_IN);
  if (singles < 2) return order;
  const spread = new Int32Array(order.length);
  let length = 0;
  for (const at of everywhere(singles)) spread[length++] = order[at * ONE_IN]!;
  for (const block of everywhere(Math.ceil(order.length / BLOCK)))
    for (let at = block * BLOCK, end = Math.min(order.length, at + BLOCK); at < end; at++)
      if (at % ONE_IN !== 0 || at >= singles * ONE_IN) spread[length++] = order[at]!;
  return spread;
}

/** 0 to `count` - 1, each once, every part of them evenly spread: with the bits turned round (van der Corput's sequence). */
function* everywhere(count: number): Generator<number> {
  const bits = Math.ceil(Math.log2(Math.max(2, count)));
  for (let i = 0; i < 1 << bits; i++) {
    let turned = 0;
    for (let bit = 0; bit < bits; bit++) turned = (turned << 1) | ((i >> bit) & 1);
    if (turned < count) yield turned;
  }
}

function depthFirst(stacks: CallTree, leaves: Int32Array): Int32Array {
  const { parents } = stacks;
  const sizes = new Float64Array(parents.length).fill(1);
  stacks.sumUp(sizes);
  const place = new Float64Array(parents.length);
  const next = new Float64Array(parents.length).fill(1);
  for (let node = 1; node < parents.length; node++) {
    const parent = parents[node]!;
    place[node] = place[parent]! + next[parent]!;
    next[parent]! += sizes[node]!;
  }
  return Int32Array.from(leaves.keys()).sort((a, b) => place[leaves[a]!]! - place[leaves[b]!]! || a - b);
}

/** What the rest of a file says about its samples. */
export interface SampleContext {
  readonly title: string;
  /** Location of the profile by location id of the file; null where the file does not hold it. */
  location(id: number): number | null;
  /** Which of a sample's values is its weight. */
  readonly weightIndex: number;
  text(index: number): string;
  /** Id of a thread of the profile. */
  thread(name: string): number;
  readonly states: readonly string[];
}

/** What a label tells. */
type Role = 'vcpu' | 'state' | 'thread' | 'time' | null;

/** Adds the samples of a file to a profile. */
export class SampleReader {
  private readonly profile: Profile;
  private readonly context: SampleContext;
  private readonly reader = new WireReader(new Uint8Array());
  /** Stack of the sample before, leaf first, and its nodes, root first: most of it is the stack of the next, too. */
  private ids = new Column(Float64Array);
  private previous = new Column(Float64Array);
  private readonly nodes = new Column(Int32Array);
  private readonly roles = new Map<number, Role>();
  private lastKey = -1;
  private lastRole: Role = null;
  private readonly times = new Column(Float64Array);
  /** Of the label read last. */
  private str = 0;
  private num = 0;

  constructor(profile: Profile, context: SampleContext) {
    this.profile = profile;
    this.context = context;
  }

  /** @param from where the sample's message begins in the bytes */
  read(bytes: Uint8Array, from: number, to: number): void {
    const { ids, times } = this;
    const reader = this.reader.moveTo(bytes, from, to);
    ids.length = 0;
    times.length = 0;
    let [weight, valueIndex] = [0, 0];
    let [vcpu, state, thread] = [0, 0 as VcpuState, 0];
    while (reader.at < to) {
      const tag = reader.varint();
      const [field, wireType] = [Math.floor(tag / 8), tag & 7];
      if (field === LABEL && wireType === BYTES) {
        const role = this.label(reader, reader.length());
        const { str, num } = this;
        if (role === 'time') times.push(num);
        else if (role === 'vcpu') vcpu = Math.min(0xffff, Math.max(0, num));
        else if (role === 'state') state = Math.max(0, this.context.states.indexOf(this.context.text(str))) as VcpuState;
        else if (role === 'thread') thread = this.context.thread(str > 0 ? this.context.text(str) : String(num));
      } else if ((field === LOCATION_ID || field === VALUE) && (wireType === BYTES || wireType === 0)) {
        // packed, or one by one as older writers have them
        const length = wireType === BYTES ? reader.length() : 1;
        for (const end = reader.at + length; reader.at < end;) {
          const found = reader.varint();
          if (field === LOCATION_ID) ids.push(found);
          else if (valueIndex++ === this.context.weightIndex) weight = found;
        }
      } else reader.skip(wireType);
    }
    this.add(weight, this.profile.samples.lane(vcpu, state, thread));
  }

  private add(weight: number, lane: number): void {
    const { samples } = this.profile;
    const { times } = this;
    const kind = samples.kind(this.leaf(), lane);
    if (times.length > 1 && weight === times.length) samples.addAll(kind, times.view());
    else samples.add(kind, times.length > 0 ? times.get(0) : 0, weight);
  }

  private leaf(): number {
    const { ids, previous, nodes, profile, context } = this;
    const depth = ids.length;
    const most = Math.min(depth, previous.length);
    let shared = 0;
    while (shared < most && ids.get(depth - 1 - shared) === previous.get(previous.length - 1 - shared)) shared++;
    nodes.length = shared;
    let node = shared > 0 ? nodes.get(shared - 1) : 0;
    for (let i = shared; i < depth; i++) {
      const id = ids.get(depth - 1 - i);
      const location = context.location(id);
      if (location === null)
        throw new FormatError(`${context.title}: a sample names location ${id}, which the file does not hold: the file is damaged`);
      nodes.push((node = profile.stackNode(node, location)));
    }
    [this.ids, this.previous] = [previous, ids];
    return node;
  }

  private label(reader: WireReader, length: number): Role {
    const end = reader.at + length;
    let key = 0;
    this.str = this.num = 0;
    while (reader.at < end) {
      const tag = reader.varint();
      if ((tag & 7) !== 0) {
        reader.skip(tag & 7);
        continue;
      }
      const value = reader.varint();
      const field = Math.floor(tag / 8);
      if (field === KEY) key = value;
      else if (field === STR) this.str = value;
      else if (field === NUM) this.num = value;
    }
    reader.at = end;
    if (key !== this.lastKey) [this.lastKey, this.lastRole] = [key, this.role(key)];
    return this.lastRole;
  }

  private role(key: number): Role {
    let role = this.roles.get(key);
    if (role === undefined) {
      const name = this.context.text(key);
      role = name === 'vcpu' || name === 'state' || name === 'time' ? name : name === 'thread' || name === 'thread_id' ? 'thread' : null;
      this.roles.set(key, role);
    }
    return role;
  }
}
