/** A flame table with what walking it needs: rows by node, children, depths. */
import type { DiffFlameReply, DiffWidth, FlameTable, FrameInfo } from '../../extension/protocol.ts';

/** A differential graph's shares, by row. */
export type Changes = Pick<DiffFlameReply['table'], 'baseSelf' | 'baseTotal' | 'otherSelf' | 'otherTotal'>;

export interface FlameIndex {
  readonly table: FlameTable;
  /** Present in a comparison; self and total of `table` are then shares. */
  readonly changes?: Changes;
  /** Row of a node that is in the table. */
  readonly rows: ReadonlyMap<number, number>;
  /** Rows below each row, in drawing order. */
  readonly children: readonly (readonly number[])[];
  /** Distance of each row from the first, which has 0. */
  readonly depths: readonly number[];
  /** Rows of each depth, from left to right. */
  readonly levels: readonly (readonly number[])[];
  /** Row of the node that fills the width. */
  readonly rootRow: number;
}

/** Throws where a row stands before its parent: such a table would send every walk astray. */
export function indexTable(table: FlameTable, changes?: Changes): FlameIndex {
  const rows = new Map<number, number>();
  const children: number[][] = [];
  const depths: number[] = [];
  const levels: number[][] = [];
  for (let row = 0; row < table.node.length; row++) {
    const parent = table.parent[row]!;
    if (parent >= row || (row > 0 && parent < 0)) throw new Error(`Row ${row} of the flame table has no parent before it`);
    const depth = row === 0 ? 0 : depths[parent]! + 1;
    rows.set(table.node[row]!, row);
    children.push([]);
    depths.push(depth);
    if (row > 0) children[parent]!.push(row);
    (levels[depth] ??= []).push(row);
  }
  return { table, rows, children, depths, levels, rootRow: rows.get(table.rootNode) ?? 0, ...(changes ? { changes } : {}) };
}

/** A comparison as one graph, each frame as wide as `width` says. */
export function indexComparison({ table, baseGrandTotal, otherGrandTotal }: DiffFlameReply, width: DiffWidth): FlameIndex {
  const of = (base: readonly number[], other: readonly number[]): readonly number[] =>
    width === 'base' ? base : width === 'other' ? other : base.map((share, row) => (share + other[row]!) / 2);
  const { rootNode, node, parent, frame, frames, pruned } = table;
  const self = of(table.baseSelf, table.otherSelf);
  const total = of(table.baseTotal, table.otherTotal);
  const grandTotal = baseGrandTotal + otherGrandTotal > 0 ? (total[0] ?? 0) : 0;
  return indexTable({ rootNode, grandTotal, node, parent, self, total, frame, frames, pruned }, table);
}

/**
 * What a table has of a frame further in, as it will stand when the frame fills the width: to be drawn until the engine has answered with what was too
 * narrow before. null where the table does not have it below its own root.
 */
export function zoomedTo(index: FlameIndex, node: number): FlameIndex | null {
  const { table, changes, rootRow } = index;
  const row = index.rows.get(node);
  if (row === undefined || row === rootRow || isAncestorOfRoot(index, row)) return null;
  const kept = pathTo(index, row);
  const places = new Map(kept.map((each, at) => [each, at]));
  for (let below = row + 1; below < table.node.length; below++)
    if ((places.get(table.parent[below]!) ?? -1) >= places.get(row)!) places.set(below, kept.push(below) - 1);
  const of = (column: readonly number[]): number[] => kept.map((each) => column[each]!);
  const part: FlameTable = {
    ...table,
    rootNode: node,
    node: of(table.node),
    parent: kept.map((each) => places.get(table.parent[each]!) ?? -1),
    self: of(table.self),
    total: of(table.total),
    frame: of(table.frame),
  };
  return indexTable(
    part,
    changes && {
      baseSelf: of(changes.baseSelf),
      baseTotal: of(changes.baseTotal),
      otherSelf: of(changes.otherSelf),
      otherTotal: of(changes.otherTotal),
    },
  );
}

export interface Change {
  /** What the frame's share of all grew by, -1 to 1. */
  readonly share: number;
  readonly gone: boolean;
  readonly isNew: boolean;
}

/** null where nothing is compared. */
export function changeOf({ changes }: FlameIndex, row: number): Change | null {
  if (!changes) return null;
  const base = changes.baseTotal[row]!;
  const other = changes.otherTotal[row]!;
  return { share: other - base, gone: other <= 0 && base > 0, isNew: base <= 0 && other > 0 };
}

export function frameOf({ table }: FlameIndex, row: number): FrameInfo {
  return table.frames[table.frame[row]!]!;
}

/** Rows from the first one down to this one, both included. */
export function pathTo({ table }: FlameIndex, row: number): number[] {
  const path: number[] = [];
  for (let at = row; at >= 0; at = table.parent[at]!) path.push(at);
  return path.reverse();
}

export function isAncestorOfRoot(index: FlameIndex, row: number): boolean {
  return index.depths[row]! < index.depths[index.rootRow]!;
}

export type Step = 'in' | 'out' | 'before' | 'after' | 'root' | 'hottest';

/** Where the keyboard goes from a row: to the heaviest callee, the caller, a neighbour at the same depth, the root, or the end of the heaviest chain. */
export function walk(index: FlameIndex, row: number, step: Step): number {
  switch (step) {
    case 'in':
      return heaviestChild(index, row) ?? row;
    case 'out':
      return Math.max(0, index.table.parent[row]!);
    case 'before':
    case 'after': {
      const level = index.levels[index.depths[row]!]!;
      return level[level.indexOf(row) + (step === 'after' ? 1 : -1)] ?? row;
    }
    case 'root':
      return index.rootRow;
    case 'hottest': {
      let at = row;
      for (let next = heaviestChild(index, at); next !== undefined; next = heaviestChild(index, at)) at = next;
      return at;
    }
  }
}

function heaviestChild(index: FlameIndex, row: number): number | undefined {
  const { total } = index.table;
  let best: number | undefined;
  for (const child of index.children[row]!) if (best === undefined || total[child]! > total[best]!) best = child;
  return best;
}
