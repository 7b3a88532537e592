/** What is known of a node or a function, from whichever answer holds it. */
import type { FrameInfo } from '../extension/protocol.ts';
import { frameOf, pathTo } from './flame/flameIndex.ts';
import type { Model } from './store.ts';

export interface FrameFacts {
  /** null for a function as a whole. */
  readonly node: number | null;
  readonly frame: FrameInfo;
  readonly self: number;
  readonly total: number;
  /** Shares before and after, in a comparison. */
  readonly compared?: { readonly self: readonly [before: number, after: number]; readonly total: readonly [before: number, after: number] };
}

type Answers = Pick<Model, 'index' | 'hotPaths'>;

/** null where neither the flame table nor a hot path holds the node: it is narrower than a pixel here. */
export function factsOf({ index, hotPaths }: Answers, node: number): FrameFacts | null {
  const row = index?.rows.get(node);
  if (index && row !== undefined) {
    const { table, changes } = index;
    const facts = { node, frame: frameOf(index, row), self: table.self[row]!, total: table.total[row]! };
    if (!changes) return facts;
    const { baseSelf, baseTotal, otherSelf, otherTotal } = changes;
    return { ...facts, compared: { self: [baseSelf[row]!, otherSelf[row]!], total: [baseTotal[row]!, otherTotal[row]!] } };
  }
  for (const path of hotPaths?.paths ?? []) for (const step of path.steps) if (step.node === node) return step;
  return null;
}

/** What the functions table, or the answer about its neighbours, says of a function. */
export function functionFacts({ functions, diffFunctions, neighbours }: Model, fn: number): FrameFacts | null {
  const diff = diffFunctions?.rows;
  const at = diff?.frames.findIndex((frame) => frame.fn === fn) ?? -1;
  if (diff && at >= 0) {
    const compared = {
      self: [diff.baseSelf[at]!, diff.otherSelf[at]!] as const,
      total: [diff.baseTotal[at]!, diff.otherTotal[at]!] as const,
    };
    return { node: null, frame: diff.frames[at]!, self: diff.otherSelf[at]!, total: diff.otherTotal[at]!, compared };
  }
  const row = functions?.rows.frames.findIndex((frame) => frame.fn === fn) ?? -1;
  if (functions && row >= 0) {
    const { frames, self, total } = functions.rows;
    return { node: null, frame: frames[row]!, self: self[row]!, total: total[row]! };
  }
  if (neighbours?.frame?.fn === fn) return { node: null, frame: neighbours.frame, self: neighbours.self, total: neighbours.total };
  return null;
}

/** What the details tell of: what is pointed at, else what is selected. */
export function shownFacts(model: Model): FrameFacts | null {
  const { hovered, view } = model;
  const node = hovered ?? (view.tab === 'functions' ? null : view.selectedNode);
  if (node !== null) return factsOf(model, node);
  return view.tab === 'functions' && view.selectedFunction !== null ? functionFacts(model, view.selectedFunction) : null;
}

/** Frames from the node out to the root's child; empty where the way is not known. Inverted graphs are walked the other way. */
export function stackOf({ index, hotPaths, view }: Answers & Pick<Model, 'view'>, node: number): FrameInfo[] {
  const row = index?.rows.get(node);
  if (index && row !== undefined) {
    const frames = pathTo(index, row)
      .map((at) => frameOf(index, at))
      .filter((frame) => frame.category !== 'root');
    const leafFirst = view.filter.inverted === true || typeof view.filter.callersOf === 'number';
    return leafFirst ? frames : frames.reverse();
  }
  for (const { steps } of hotPaths?.paths ?? []) {
    const at = steps.findIndex((step) => step.node === node);
    if (at >= 0)
      return steps
        .slice(0, at + 1)
        .map((step) => step.frame)
        .reverse();
  }
  return [];
}

/** A stack as text, innermost first: `#0  hash_block (hash.c:42)`. Names whole and raw: this is for the clipboard. */
export function stackText(frames: readonly FrameInfo[]): string {
  const width = String(frames.length - 1).length;
  return frames
    .map((frame, at) => {
      const place = frame.file === undefined ? frame.module : frame.line === undefined ? frame.file : `${frame.file}:${frame.line}`;
      const inlined = frame.inlined === true ? ' [inlined]' : '';
      return `#${String(at).padEnd(width)}  ${frame.name}${inlined}${place === '' ? '' : ` (${place})`}`;
    })
    .join('\n');
}

/** The frame of a function by its id, wherever it is in sight. */
export function frameByFunction(model: Model, fn: number): FrameInfo | null {
  const { index, hotPaths } = model;
  const drawn = index?.table.frames.find((frame) => frame.fn === fn);
  if (drawn) return drawn;
  const facts = functionFacts(model, fn);
  if (facts) return facts.frame;
  for (const { steps } of hotPaths?.paths ?? []) for (const { frame } of steps) if (frame.fn === fn) return frame;
  for (const list of [model.neighbours?.callers, model.neighbours?.callees]) {
    const found = list?.frames.find((frame) => frame.fn === fn);
    if (found) return found;
  }
  return null;
}
