/** What is known of a node, from whichever answer holds it. */
import type { FrameInfo } from '../extension/protocol.ts';
import { frameOf, pathTo } from './flameIndex.ts';
import type { Model } from './store.ts';

export interface NodeFacts {
  readonly node: number;
  readonly frame: FrameInfo;
  readonly self: number;
  readonly total: number;
}

/** null where neither the flame table nor a hot path holds the node: it is narrower than a pixel here. */
export function factsOf({ index, hotPaths }: Pick<Model, 'index' | 'hotPaths'>, node: number): NodeFacts | null {
  const row = index?.rows.get(node);
  if (index && row !== undefined) return { node, frame: frameOf(index, row), self: index.table.self[row]!, total: index.table.total[row]! };
  for (const path of hotPaths?.paths ?? []) for (const step of path.steps) if (step.node === node) return step;
  return null;
}

/** Frames from the node out to the root's child; empty where the way is not known. */
export function stackOf({ index, hotPaths }: Pick<Model, 'index' | 'hotPaths'>, node: number): FrameInfo[] {
  const row = index?.rows.get(node);
  if (index && row !== undefined) {
    const frames = pathTo(index, row).map((at) => frameOf(index, at));
    return frames.filter((frame) => frame.category !== 'root').reverse();
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
