/**
 * The whole of a profile: samples in columns, stacks in two prefix trees. The *stack tree* tells call sites apart (one node a location); the
 * *function tree* is what a flame graph draws: locations opened into their inlined frames, and call sites of one function merged.
 */
import type { CaptureInfo, PauseStats, VcpuState } from '../../protocol.ts';
import { CallTree } from './callTree.ts';
import { Column } from './column.ts';
import { LocationTable, type LocatedFrame } from './locations.ts';

/** What is known of a profile as a whole. */
export interface ProfileFacts {
  title: string;
  info: CaptureInfo | null;
  /** Where the names come from, in words. */
  symbols: string;
  warnings: string[];
  recording: boolean;
  durationMs: number;
  lost: number;
  missed: number;
  pause: PauseStats | null;
  /** The lowest rate in Hz that the pause budget allowed; null where it never held the rate down. */
  cappedHz: number | null;
  /** What a weight counts. */
  unit: string;
}

export interface Sample {
  /** Since the recording's start. */
  readonly timeNs: number;
  readonly vcpu: number;
  readonly state: VcpuState;
  readonly weight: number;
  /** Location ids, root first. */
  readonly stack: readonly number[];
}

export class Profile {
  readonly facts: ProfileFacts;
  readonly table: LocationTable;
  readonly stacks = new CallTree();
  readonly functions = new CallTree();
  readonly timesNs = new Column(Float64Array);
  readonly vcpus = new Column(Uint16Array);
  readonly states = new Column(Uint8Array);
  readonly weights = new Column(Float64Array);
  /** Node of the stack tree in which each sample ends. */
  readonly leaves = new Column(Int32Array);
  /** For each node of the stack tree, the function node of its innermost frame. */
  private readonly functionNodes = new Column(Int32Array);
  /** 1 where a function node's function is already on the path above it, so that totals count a sample once. */
  private readonly recursive = new Column(Uint8Array);

  constructor(facts: Partial<ProfileFacts> & { title: string }, table = new LocationTable()) {
    this.facts = {
      info: null,
      symbols: '',
      warnings: [],
      recording: false,
      durationMs: 0,
      lost: 0,
      missed: 0,
      cappedHz: null,
      pause: null,
      unit: 'samples',
      ...facts,
    };
    this.table = table;
    this.functionNodes.push(0);
    this.recursive.push(0);
  }

  get sampleCount(): number {
    return this.leaves.length;
  }

  add(sample: Sample): void {
    let node = 0;
    for (const location of sample.stack) {
      const next = this.stacks.child(node, location);
      if (next === this.functionNodes.length) this.functionNodes.push(this.open(this.functionNodes.get(node), location));
      node = next;
    }
    this.timesNs.push(sample.timeNs);
    this.vcpus.push(sample.vcpu);
    this.states.push(sample.state);
    this.weights.push(sample.weight);
    this.leaves.push(node);
  }

  /** Function node of a stack node's innermost frame. */
  functionNode(stackNode: number): number {
    return this.functionNodes.get(stackNode);
  }

  /** Index of the function a function node stands for. */
  functionOf(node: number): number {
    return this.functions.key(node) >> 1;
  }

  isInlined(node: number): boolean {
    return (this.functions.key(node) & 1) === 1;
  }

  isRecursive(node: number): boolean {
    return this.recursive.get(node) === 1;
  }

  /** Frames of a location with the function node of each, outermost first. */
  *framesOf(stackNode: number): Generator<{ node: number; frame: LocatedFrame }> {
    const { frames } = this.table.locations[this.stacks.key(stackNode)]!;
    const nodes: number[] = [];
    for (let node = this.functionNode(stackNode); nodes.length < frames.length; node = this.functions.parent(node)) nodes.push(node);
    for (let i = frames.length - 1; i >= 0; i--) yield { node: nodes[i]!, frame: frames[i]! };
  }

  /** Walks a location's frames down the function tree, outermost first. */
  private open(node: number, location: number): number {
    const { frames } = this.table.locations[location]!;
    for (let i = frames.length - 1; i >= 0; i--) {
      const inlined = i < frames.length - 1 ? 1 : 0;
      const fn = frames[i]!.fn;
      const next = this.functions.child(node, fn * 2 + inlined);
      if (next === this.recursive.length) this.recursive.push(this.isOnPath(node, fn) ? 1 : 0);
      node = next;
    }
    return node;
  }

  private isOnPath(node: number, fn: number): boolean {
    for (let at = node; at > 0; at = this.functions.parent(at)) if (this.functionOf(at) === fn) return true;
    return false;
  }
}
