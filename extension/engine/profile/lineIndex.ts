/**
 * Where the frames of a profile's stacks are in the source. An *occurrence* is a frame of a stack node; occurrences of one function node are chained, so that
 * the lines of a node are found without looking at the others. Made on first use, and brought up to date as the profile grows.
 */
import { Column } from './column.ts';
import type { Profile } from './profile.ts';

export interface OccurrenceColumns {
  readonly stackNodes: Int32Array;
  readonly lines: Int32Array;
  readonly repeats: Uint8Array;
  /** First occurrence of each stack node. */
  readonly starts: Int32Array;
  /** Function node. */
  readonly nodes: Int32Array;
}

export class LineIndex {
  private readonly profile: Profile;
  /** By line id. A line is a file, as an index of `files`, and a number. */
  readonly fileOf = new Column(Int32Array);
  readonly lineOf = new Column(Int32Array);
  readonly files: string[] = [];
  private readonly fileIds = new Map<string, number>();
  private readonly fileOfFunction = new Column(Int32Array);
  private readonly lineIds = new Map<number, number>();
  /** By line id: the function it is in; SEVERAL where inlining, or a template, has put it into more than one. */
  private readonly functionOfLine = new Column(Int32Array);
  /** By location: where in `frames` the number of its frames is, followed by their line ids, outermost first; -1: not put there yet. */
  private readonly framesAt = new Column(Int32Array);
  private readonly frames = new Column(Int32Array);
  /** By occurrence. Those of a stack node follow each other, outermost first. */
  private readonly stackNodes = new Column(Int32Array);
  /** Line id; -1 where the line is not known. */
  private readonly lines = new Column(Int32Array);
  /** 1 where the line is on the stack already, further out: a sample counts once for it. */
  private readonly repeats = new Column(Uint8Array);
  private readonly next = new Column(Int32Array);
  /** Newest occurrence of each function node; -1 for none. */
  private readonly first = new Column(Int32Array);
  /** Function node of each occurrence. */
  private readonly nodes = new Column(Int32Array);
  /** First occurrence of each stack node. */
  private readonly starts = new Column(Int32Array);

  constructor(profile: Profile) {
    this.profile = profile;
    this.starts.push(0);
  }

  /** Columns over all occurrences. Stale when the profile has grown. */
  columns(): OccurrenceColumns {
    this.update();
    const { stackNodes, lines, repeats, starts, nodes } = this;
    return {
      stackNodes: stackNodes.view(),
      lines: lines.view(),
      repeats: repeats.view(),
      starts: starts.view(),
      nodes: nodes.view(),
    };
  }

  /** The files that lines are in. */
  sources(): readonly string[] {
    this.update();
    return this.files;
  }

  /** Brings the index up to date in steps of a few milliseconds. Whoever asks in between does the rest at once, and nothing twice. */
  *updating(): Generator<undefined, void, undefined> {
    const { stacks } = this.profile;
    let occurrences = this.lines.length;
    for (let stackNode = this.starts.length; stackNode < stacks.size; stackNode++) {
      occurrences += this.frames.get(this.framesOf(stacks.key(stackNode)));
      if (stackNode % STACKS_A_STEP === 0) yield;
    }
    // to double a column now and then would take longer than a step
    for (const column of [this.lines, this.nodes, this.stackNodes, this.next, this.repeats]) column.reserve(occurrences);
    this.starts.reserve(stacks.size);
    yield;
    this.first.repeat(-1, this.profile.functions.size - this.first.length);
    yield;
    while (this.starts.length < stacks.size) {
      this.advance(Math.min(stacks.size, this.starts.length + STACKS_A_STEP));
      yield;
    }
  }

  /** Caller of a stack node. */
  parentOf(stackNode: number): number {
    return this.profile.stacks.parent(stackNode);
  }

  /** Whether the line of an occurrence is on its stack already, further out, in an occurrence that is kept. */
  isRepeated(occurrence: number, kept: (occurrence: number) => boolean): boolean {
    return this.isAbove(this.stackNodes.get(occurrence), occurrence, kept);
  }

  /** Adds up the weight of each line of a function node. @param sums by line id */
  sumLines(node: number, stackTotal: Float64Array, sums: Map<number, number>): void {
    this.update();
    if (node >= this.first.length) return;
    for (let at = this.first.get(node); at !== -1; at = this.next.get(at)) {
      const line = this.lines.get(at);
      const weight = stackTotal[this.stackNodes.get(at)] ?? 0;
      if (line >= 0 && weight > 0) sums.set(line, (sums.get(line) ?? 0) + weight);
    }
  }

  /** Adds up the weight of each line from which a function node was called. @param sums by line id */
  sumCallSites(node: number, stackTotal: Float64Array, sums: Map<number, number>): void {
    this.update();
    if (node >= this.first.length) return;
    for (let at = this.first.get(node); at !== -1; at = this.next.get(at)) {
      const line = this.callerLine(at);
      const weight = stackTotal[this.stackNodes.get(at)] ?? 0;
      if (line >= 0 && weight > 0) sums.set(line, (sums.get(line) ?? 0) + weight);
    }
  }

  /** Line of the frame around an occurrence: of the same location where it was inlined, else the innermost of the calling location. */
  private callerLine(occurrence: number): number {
    const stackNode = this.stackNodes.get(occurrence);
    if (occurrence > this.starts.get(stackNode)) return this.lines.get(occurrence - 1);
    const caller = this.profile.stacks.parent(stackNode);
    return caller > 0 ? this.lines.get(this.end(caller) - 1) : -1;
  }

  private end(stackNode: number): number {
    return stackNode + 1 < this.starts.length ? this.starts.get(stackNode + 1) : this.stackNodes.length;
  }

  private update(): void {
    this.advance(this.profile.stacks.size);
  }

  /** Takes in the stack nodes below `to`. */
  private advance(to: number): void {
    const { stacks, functions, functionNodes } = this.profile;
    const from = this.starts.length;
    if (from >= to) return;
    const locations = stacks.keys;
    const starts = extended(this.starts, to - from);
    const before = this.lines.length;
    let count = before;
    for (let stackNode = from; stackNode < to; stackNode++) {
      starts[stackNode] = count;
      count += this.frames.get(this.framesOf(locations[stackNode]!));
    }
    this.first.repeat(-1, functions.size - this.first.length);
    const [frames, framesAt, first] = [this.frames.view(), this.framesAt.view(), this.first.view()];
    const [lines, nodes] = [extended(this.lines, count - before), extended(this.nodes, count - before)];
    const [stackNodes, next] = [extended(this.stackNodes, count - before), extended(this.next, count - before)];
    const repeats = extended(this.repeats, count - before);
    const { parents, recursive } = functions;
    const functionOf = this.functionOfLine.view();
    for (let stackNode = from; stackNode < to; stackNode++) {
      const at = framesAt[locations[stackNode]!]!;
      let node = functionNodes[stackNode]!;
      for (let i = frames[at]! - 1; i >= 0; i--, node = parents[node]!) {
        const occurrence = starts[stackNode]! + i;
        lines[occurrence] = frames[at + 1 + i]!;
        nodes[occurrence] = node;
        stackNodes[occurrence] = stackNode;
        next[occurrence] = first[node]!;
        first[node] = occurrence;
      }
      for (let occurrence = starts[stackNode]!, end = occurrence + frames[at]!; occurrence < end; occurrence++) {
        const line = lines[occurrence]!;
        // a line of one function is on the stack already only where the function is
        const mayRepeat = line >= 0 && (functionOf[line] === SEVERAL || recursive[nodes[occurrence]!] === 1);
        if (mayRepeat && this.isAbove(stackNode, occurrence)) repeats[occurrence] = 1;
      }
    }
  }

  /** Where the line ids of a location's frames begin. */
  private framesOf(location: number): number {
    while (this.framesAt.length <= location) this.framesAt.push(-1);
    const known = this.framesAt.get(location);
    if (known >= 0) return known;
    const { frames } = this.profile.table.locations[location]!;
    const at = this.frames.push(frames.length);
    for (let i = frames.length - 1; i >= 0; i--) this.frames.push(this.lineId(frames[i]!.fn, frames[i]!.line));
    this.framesAt.set(location, at);
    return at;
  }

  /** Whether the line of an occurrence is on its stack further out: in the same stack node before it, or in those above. */
  private isAbove(stackNode: number, occurrence: number, kept: (occurrence: number) => boolean = () => true): boolean {
    const { stacks } = this.profile;
    const line = this.lines.get(occurrence);
    for (let at = stackNode, end = occurrence; at > 0; at = stacks.parent(at), end = this.end(at))
      for (let i = this.starts.get(at); i < end; i++) if (this.lines.get(i) === line && kept(i)) return true;
    return false;
  }

  private lineId(fn: number, line: number): number {
    const file = this.fileId(fn);
    if (file < 0 || line <= 0) return -1;
    const key = file * LINE_SPAN + line;
    let id = this.lineIds.get(key);
    if (id === undefined) {
      this.lineIds.set(key, (id = this.fileOf.push(file)));
      this.lineOf.push(line);
      this.functionOfLine.push(fn);
    } else if (this.functionOfLine.get(id) !== fn) this.functionOfLine.set(id, SEVERAL);
    return id;
  }

  private fileId(fn: number): number {
    const { functions } = this.profile.table;
    while (this.fileOfFunction.length <= fn) {
      const { file } = functions[this.fileOfFunction.length]!;
      let id = file === '' ? -1 : this.fileIds.get(file);
      if (id === undefined) this.fileIds.set(file, (id = this.files.push(file) - 1));
      this.fileOfFunction.push(id);
    }
    return this.fileOfFunction.get(fn);
  }
}

const LINE_SPAN = 2 ** 32;
const SEVERAL = -1;
const STACKS_A_STEP = 4096;

/** Makes room for more values. @returns all values, those to come included */
function extended<T extends Int32Array | Uint8Array>(column: Column<T>, by: number): T {
  column.repeat(0, by);
  return column.view();
}
