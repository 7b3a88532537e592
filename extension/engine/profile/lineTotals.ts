/** Self and total by source line: the numbers behind hovers. */
import type { Profile } from './profile.ts';
import type { Weights } from './weights.ts';

export interface LineTotal {
  readonly self: number;
  readonly total: number;
}

/** By file as the debug information names it, then by 1-based line. A sample counts once for a line, however often the line is on its stack. */
export type LineTotals = ReadonlyMap<string, ReadonlyMap<number, LineTotal>>;

interface Tally {
  self: number;
  total: number;
  /** Whether the line is on the stack being walked: it is counted once a stack. */
  open: boolean;
}

const cache = new WeakMap<Weights, LineTotals>();

export function lineTotals(profile: Profile, weights: Weights): LineTotals {
  let totals = cache.get(weights);
  if (!totals) cache.set(weights, (totals = countLines(profile, weights)));
  return totals;
}

function countLines(profile: Profile, weights: Weights): LineTotals {
  const files = new Map<string, Map<number, Tally>>();
  const visit = (root: number): void => {
    // Depth first with an explicit way back, so that a line is closed again when the stack node that opened it is left.
    const open: { node: number; opened: Tally[] | null }[] = [{ node: root, opened: null }];
    for (let top = open.pop(); top; top = open.pop()) {
      if (top.opened) {
        for (const tally of top.opened) tally.open = false;
        continue;
      }
      const opened: Tally[] = [];
      for (const tally of tallies(profile, files, top.node)) {
        if (!tally.open) {
          tally.open = true;
          tally.total += weights.stackTotal[top.node]!;
          opened.push(tally);
        }
      }
      const innermost = innermostTally(profile, files, top.node);
      if (innermost) innermost.self += weights.stackSelf[top.node]!;
      open.push({ node: top.node, opened });
      for (const child of profile.stacks.children(top.node)) if (weights.stackTotal[child]! > 0) open.push({ node: child, opened: null });
    }
  };
  for (const child of profile.stacks.children(0)) if (weights.stackTotal[child]! > 0) visit(child);
  return files;
}

function innermostTally(profile: Profile, files: Map<string, Map<number, Tally>>, node: number): Tally | null {
  const frame = profile.table.locations[profile.stacks.key(node)]!.frames[0]!;
  return tallyOf(files, profile.table.functions[frame.fn]!.file, frame.line);
}

function* tallies(profile: Profile, files: Map<string, Map<number, Tally>>, node: number): Generator<Tally> {
  for (const frame of profile.table.locations[profile.stacks.key(node)]!.frames) {
    const tally = tallyOf(files, profile.table.functions[frame.fn]!.file, frame.line);
    if (tally) yield tally;
  }
}

function tallyOf(files: Map<string, Map<number, Tally>>, file: string, line: number): Tally | null {
  if (!file || line <= 0) return null;
  let lines = files.get(file);
  if (!lines) files.set(file, (lines = new Map<number, Tally>()));
  let tally = lines.get(line);
  if (!tally) lines.set(line, (tally = { self: 0, total: 0, open: false }));
  return tally;
}
