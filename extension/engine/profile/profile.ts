/**
 * The whole of a profile: samples in columns, stacks in two prefix trees. The *stack tree* tells call sites apart (one node a location); the
 * *function tree* is what a flame graph draws: locations opened into their inlined frames, and call sites of one function merged.
 */
import type { CaptureInfo, GuestThread, PauseStats, SymbolProof, VcpuState } from '../../protocol.ts';
import { CallTree } from './callTree.ts';
import { Column } from './column.ts';
import { FunctionTree } from './functionTree.ts';
import { LocationTable } from './locations.ts';
import { Samples } from './samples.ts';

/** What is known of a profile as a whole. */
export interface ProfileFacts {
  title: string;
  info: CaptureInfo | null;
  /** Where the names come from, in words. */
  symbols: string;
  /** The ELF file that named the addresses, on the machine where they were named; null: none, or not known. */
  symbolFile: string | null;
  proof: SymbolProof | null;
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
  threads: GuestThread[];
}

export interface Sample {
  /** Since the recording's start. */
  readonly timeNs: number;
  readonly vcpu: number;
  readonly state: VcpuState;
  /** Guest thread, by its id in the facts; 0 or absent: not known. */
  readonly thread?: number;
  readonly weight: number;
  /** Location ids, root first. */
  readonly stack: readonly number[];
}

export class Profile {
  readonly facts: ProfileFacts;
  readonly table: LocationTable;
  readonly stacks = new CallTree();
  readonly functions = new FunctionTree();
  readonly samples = new Samples();
  /** For each node of the stack tree, the function node of its innermost frame. */
  private readonly functionNodeColumn = new Column(Int32Array);

  constructor(facts: Partial<ProfileFacts> & { title: string }, table = new LocationTable()) {
    this.facts = {
      info: null,
      symbols: '',
      symbolFile: null,
      proof: null,
      warnings: [],
      recording: false,
      durationMs: 0,
      lost: 0,
      missed: 0,
      cappedHz: null,
      pause: null,
      unit: 'samples',
      threads: [],
      ...facts,
    };
    this.table = table;
    this.functionNodeColumn.push(0);
  }

  get sampleCount(): number {
    return this.samples.count;
  }

  add({ timeNs, vcpu, state, thread = 0, weight, stack }: Sample): void {
    const { samples } = this;
    let node = 0;
    for (const location of stack) node = this.stackNode(node, location);
    samples.add(samples.kind(node, samples.lane(vcpu, state, thread)), timeNs, weight);
  }

  /** The node of the stack tree for a location below another node, made where there is none. */
  stackNode(caller: number, location: number): number {
    const node = this.stacks.child(caller, location);
    if (node === this.functionNodeColumn.length) this.functionNodeColumn.push(this.open(this.functionNodeColumn.get(caller), location));
    return node;
  }

  /** Function node of a stack node's innermost frame. */
  functionNode(stackNode: number): number {
    return this.functionNodeColumn.get(stackNode);
  }

  /** The same of every stack node. Stale after the next new stack. */
  get functionNodes(): Int32Array {
    return this.functionNodeColumn.view();
  }

  /** Walks a location's frames down the function tree, outermost first. */
  private open(node: number, location: number): number {
    const { frames } = this.table.locations[location]!;
    for (let i = frames.length - 1; i >= 0; i--) node = this.functions.child(node, frames[i]!.fn * 2 + (i < frames.length - 1 ? 1 : 0));
    return node;
  }
}
