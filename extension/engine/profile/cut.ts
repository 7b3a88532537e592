/** Part of a tree that a screen can show: rows in drawing order, as FlameTable has them. */
import type { FunctionInfo } from './locations.ts';
import type { Weighted } from './weighted.ts';

/** Rows a view is sent at most, however wide the screen: a backstop against a flat profile of very many equal leaves. */
export const MAX_ROWS = 20_000;

export interface Cut {
  /** Node that fills the width. */
  readonly rootNode: number;
  readonly node: number[];
  /** Row of the parent; -1 for the first. */
  readonly parent: number[];
  /** Key of the function tree; -1 for the root. */
  readonly key: number[];
  readonly self: number[];
  readonly total: number[];
  /** For each row, the node of the top-down tree whose line stands for the row's. */
  readonly lineNode: number[];
  readonly pruned: number;
}

/**
 * The nodes below `rootNode` that are at least a pixel wide, and its ancestors before them. One pass over the weights and no pointer followed
 * but for the few that are wide: a parent is never narrower than its child, and stands before it.
 */
export function cutDown(weighted: Weighted, rootNode: number, widthPx: number): Cut {
  const { tree, total } = weighted;
  const root = Number.isInteger(rootNode) && rootNode > 0 && rootNode < total.length && total[rootNode]! > 0 ? rootNode : 0;
  const { parents } = tree;
  let narrowest = Math.max(total[root]! / Math.max(1, widthPx), Number.MIN_VALUE);
  const inside = new Uint8Array(total.length);
  let wide: number[] = [];
  let left = 0;
  for (;;) {
    inside[root] = 1;
    for (let node = root + 1; node < total.length; node++) {
      const weight = total[node]!;
      if (weight === 0 || inside[parents[node]!] !== 1) continue;
      if (weight >= narrowest) {
        inside[node] = 1;
        wide.push(node);
      } else left++;
    }
    if (wide.length <= MAX_ROWS) break;
    // Too many for a screen to tell apart: only what is twice as wide, until they fit.
    narrowest *= 2;
    inside.fill(0);
    wide = [];
    left = 0;
  }
  const ancestors = root === 0 ? [] : [0, ...tree.path(root).slice(0, -1)];
  return new Rows(weighted).laidOut(ancestors, root, wide, left);
}

class Rows {
  private readonly weighted: Weighted;

  constructor(weighted: Weighted) {
    this.weighted = weighted;
  }

  laidOut(ancestors: readonly number[], root: number, wide: readonly number[], pruned: number): Cut {
    const { tree, self, total, functions } = this.weighted;
    const children = new Map<number, number[]>();
    for (const node of wide) {
      const parent = tree.parent(node);
      const siblings = children.get(parent);
      if (siblings) siblings.push(node);
      else children.set(parent, [node]);
    }
    const cut: Cut = { rootNode: root, node: [], parent: [], key: [], self: [], total: [], lineNode: [], pruned };
    const add = (node: number, parent: number): number => {
      cut.parent.push(parent);
      cut.key.push(tree.key(node));
      cut.self.push(self[node]!);
      cut.total.push(total[node]!);
      cut.lineNode.push(node);
      return cut.node.push(node) - 1;
    };
    let row = -1;
    for (const ancestor of ancestors) row = add(ancestor, row);
    const open: [node: number, parentRow: number][] = [[root, row]];
    for (let next = open.pop(); next; next = open.pop()) {
      const [node, parentRow] = next;
      const at = add(node, parentRow);
      // The stack turns the order round.
      const below = children.get(node)?.sort((a, b) => -byName(functions, tree.key(a), tree.key(b)));
      for (const child of below ?? []) open.push([child, at]);
    }
    return cut;
  }
}

/** Alphabetical, as flame graphs are: a growing profile must not shuffle what the eye has found. By code unit: the same order in every locale. */
export function byName(functions: readonly FunctionInfo[], a: number, b: number): number {
  const [left, right] = [functions[a >> 1]!.name, functions[b >> 1]!.name];
  return left < right ? -1 : left > right ? 1 : a - b;
}
