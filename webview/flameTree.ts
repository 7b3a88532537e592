/** From the engine's flat table to the nested tree that d3-flame-graph lays out. */
import { frameOf, isAncestorOfRoot, type FlameIndex } from './flameIndex.ts';
import { visibleText } from './names.ts';

/** One frame as d3-flame-graph reads it (`name`, `value`, `children`), and as the view's own drawing needs it. */
export interface FlameNode {
  readonly name: string;
  readonly value: number;
  readonly children: FlameNode[];
  readonly node: number;
  readonly row: number;
}

/** Callers of the zoomed node take its weight, so that each fills the width; null for a table without weight. */
export function flameTree(index: FlameIndex): FlameNode | null {
  const { table, rootRow } = index;
  const rootTotal = table.total[rootRow] ?? 0;
  if (rootTotal <= 0) return null;
  const names = table.frames.map((frame) => visibleText(frame.name));
  const nodes: FlameNode[] = [];
  for (let row = 0; row < table.node.length; row++) {
    const value = isAncestorOfRoot(index, row) ? rootTotal : table.total[row]!;
    const prefix = frameOf(index, row).truncated === true ? '⋯ ' : '';
    const node: FlameNode = { name: prefix + names[table.frame[row]!]!, value, children: [], node: table.node[row]!, row };
    nodes.push(node);
    if (row > 0) nodes[table.parent[row]!]!.children.push(node);
  }
  return nodes[0]!;
}
