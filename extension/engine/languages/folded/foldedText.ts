/** Folded stacks as a text that is looked at in the editor: what each line says, and what the whole says of a function. */
import { foldedStack } from '../../formats/foldedRead.ts';

export interface FoldedLine {
  /** 0-based. */
  readonly line: number;
  readonly frames: readonly string[];
  readonly weight: number;
}

export interface FoldedFault {
  readonly line: number;
  readonly length: number;
  readonly message: string;
}

export interface FunctionShare {
  readonly self: number;
  readonly total: number;
}

/** More faults than a person reads. */
const MAX_FAULTS = 200;

export class FoldedText {
  readonly lines: FoldedLine[] = [];
  readonly faults: FoldedFault[] = [];
  /** Sum of all weights. */
  readonly total: number;
  private shares: Map<string, FunctionShare> | undefined;

  constructor(text: string) {
    let total = 0;
    text.split(/\r?\n/).forEach((row, line) => {
      if (row.trim() === '' || row.startsWith('#')) return;
      const stack = foldedStack(row);
      const message = stack ? (stack.frames.includes('') ? 'A frame has no name: two ; follow each other.' : null) : faultOf(row);
      if (message !== null && this.faults.length < MAX_FAULTS) this.faults.push({ line, length: row.length, message });
      if (!stack) return;
      this.lines.push({ line, ...stack });
      total += stack.weight;
    });
    this.total = total;
  }

  /** Weight of the stacks that a function is in (each counted once, however often it recurs), and of those that it ends. */
  shareOf(frame: string): FunctionShare | undefined {
    this.shares ??= this.count();
    return this.shares.get(frame);
  }

  private count(): Map<string, FunctionShare> {
    const counted = new Map<string, { self: number; total: number }>();
    for (const { frames, weight } of this.lines) {
      for (const frame of new Set(frames)) {
        const share = counted.get(frame) ?? { self: 0, total: 0 };
        share.total += weight;
        if (frame === frames.at(-1)) share.self += weight;
        counted.set(frame, share);
      }
    }
    return counted;
  }
}

function faultOf(row: string): string {
  const blank = row.trimEnd().search(/\s\S*$/);
  if (blank < 0) return 'This stack has no weight: a line is frames joined by ; then a blank, then a number.';
  if (/^\s/.test(row)) return 'A stack begins at the start of its line.';
  return `${JSON.stringify(row.trimEnd().slice(blank + 1))} is no weight: a number of samples is expected at the end of the line.`;
}

/** The frame around a character of a line, with its place; null between the stack and its end. */
export function frameAt(row: string, character: number): { frame: string; start: number; end: number } | null {
  const stack = foldedStack(row);
  if (!stack) return null;
  let start = 0;
  for (const frame of stack.frames) {
    if (character >= start && character <= start + frame.length) return { frame, start, end: start + frame.length };
    start += frame.length + 1;
  }
  return null;
}
