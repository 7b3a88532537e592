/** Hot paths made short enough to read: runs of recursion folded, the middle of long chains left out until asked for. No DOM. */
import type { HotPath, HotPathReply, HotPathStep, ViewState } from '../../extension/protocol.ts';

/** A step of a chain as it is listed. */
export type ChainRow =
  | {
      readonly kind: 'step';
      readonly step: HotPathStep;
      /** Frames of the same function that this row stands for; more than one where it calls itself. */
      readonly times: number;
    }
  | {
      readonly kind: 'gap';
      /** Steps left out here. */
      readonly hidden: number;
    };

/** Rows shown above and below a gap. */
const HEAD = 3;
const TAIL = 9;

/** A run of one function becomes its last frame, where the time is; more rows than fit lose their middle unless `whole`. */
export function chainRows(path: HotPath, whole: boolean): ChainRow[] {
  const rows: { kind: 'step'; step: HotPathStep; times: number }[] = [];
  for (const step of path.steps) {
    const last = rows.at(-1);
    if (last?.step.frame.name === step.frame.name && last.step.frame.module === step.frame.module) {
      last.step = step;
      last.times++;
    } else {
      rows.push({ kind: 'step', step, times: 1 });
    }
  }
  if (whole || rows.length <= HEAD + TAIL + 1) return rows;
  const hidden = rows.slice(HEAD, -TAIL).reduce((sum, row) => sum + row.times, 0);
  return [...rows.slice(0, HEAD), { kind: 'gap', hidden }, ...rows.slice(-TAIL)];
}

/** Weight of each path and of all before it. */
export function cumulative(paths: readonly HotPath[]): number[] {
  let sum = 0;
  return paths.map((path) => (sum += path.weight));
}

/** The node that stands for a path: its last. -1 for an empty one. */
export function leafOf(path: HotPath): number {
  return path.steps.at(-1)?.node ?? -1;
}

/** Leaves of the paths that are open: the heaviest one, until the user has opened or closed any. */
export function openPathsOf({ view, hotPaths }: { view: ViewState; hotPaths: HotPathReply | null }): readonly number[] {
  const heaviest = hotPaths?.paths[0];
  return view.openPaths ?? (heaviest ? [leafOf(heaviest)] : []);
}
