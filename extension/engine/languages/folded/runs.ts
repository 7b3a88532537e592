/** Neighbouring lines that begin with the same frames: what the outline shows and what can be folded away. */
import type { FoldedLine } from './foldedText.ts';

export interface Run {
  readonly frame: string;
  /** 0-based lines of the text, both included. */
  readonly first: number;
  readonly last: number;
  readonly weight: number;
  readonly inner: readonly Run[];
}

/** A screen of outline; a capture is looked at in the flame graph. */
const MAX_RUNS = 5000;
const MAX_DEPTH = 64;

/** Runs by first frame, and within them by the second, and so on. A run of one line has none within it. */
export function runsOf(lines: readonly FoldedLine[]): Run[] {
  const left = { runs: MAX_RUNS };
  return runsWithin(lines, 0, lines.length, 0, left);
}

function runsWithin(lines: readonly FoldedLine[], from: number, to: number, depth: number, left: { runs: number }): Run[] {
  const runs: Run[] = [];
  let first = from;
  while (first < to && left.runs > 0) {
    const frame = lines[first]!.frames[depth];
    let next = first + 1;
    let weight = lines[first]!.weight;
    while (next < to && lines[next]!.frames[depth] === frame) weight += lines[next++]!.weight;
    if (frame !== undefined) {
      left.runs--;
      const inner = next - first > 1 && depth < MAX_DEPTH ? runsWithin(lines, first, next, depth + 1, left) : [];
      runs.push({ frame, first: lines[first]!.line, last: lines[next - 1]!.line, weight, inner });
    }
    first = next;
  }
  return runs;
}
