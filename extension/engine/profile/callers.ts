/**
 * Trees that grow from leaves to roots: of everything (bottom up), or of one function. Such a tree can have many more nodes than the one it is
 * made from, so it is never built: a node is opened when it is wide enough to be shown. Nodes that were shown keep their ids for good.
 */
import { CallTree } from './callTree.ts';
import { byName, MAX_ROWS, type Cut } from './cut.ts';
import type { Weighted } from './weighted.ts';

/** What a caller node stands for: nodes of the top-down tree, each with the weight of the samples that came through it on this path. */
export interface Bundle {
  readonly nodes: Int32Array;
  readonly weights: Float64Array;
  readonly total: number;
}

export class CallersTree {
  /** Ids of the nodes that were ever shown. */
  readonly ids = new CallTree();
  /** The function below the root; or every leaf. */
  readonly from: number | 'all';
  /** Kept zeroed between uses: by node, and by key. */
  private nodeSums = new Float64Array(0);
  private keySums = new Float64Array(0);
  private keyCounts = new Int32Array(0);

  constructor(from: number | 'all') {
    this.from = from;
  }

  functionOf(node: number): number {
    return this.ids.key(node) >> 1;
  }

  /** The same rows as `cutDown` makes, of the tree turned round. `rows` hears of each row's bundle, too. */
  cut(weighted: Weighted, rootNode: number, widthPx: number, rows?: (bundle: Bundle | null, row: number) => void): Cut {
    const { ids } = this;
    const path = Number.isInteger(rootNode) && rootNode > 0 && rootNode < ids.size ? ids.path(rootNode) : [];
    const found = this.follow(weighted, path);
    const root = found ? rootNode : 0;
    const chain = found ?? [null];
    const cut: Cut = { rootNode: root, node: [], parent: [], key: [], self: [], total: [], lineNode: [], pruned: 0 };
    let pruned = 0;
    const first = this.weightBelowRoot(weighted, () => true);
    const add = (node: number, bundle: Bundle | null, parent: number): number => {
      cut.parent.push(parent);
      cut.key.push(ids.key(node));
      cut.self.push(bundle ? endsHere(weighted, bundle) : 0);
      cut.total.push(bundle ? bundle.total : first);
      cut.lineNode.push(bundle ? heaviestNode(bundle) : 0);
      const row = cut.node.push(node) - 1;
      rows?.(bundle, row);
      return row;
    };
    let parentRow = -1;
    for (let i = 0; i < chain.length - 1; i++) parentRow = add(i === 0 ? 0 : path[i - 1]!, chain[i]!, parentRow);
    const rootBundle = chain.at(-1) ?? null;
    const narrowest = Math.max((rootBundle === null ? first : rootBundle.total) / Math.max(1, widthPx), Number.MIN_VALUE);
    const open: [node: number, bundle: Bundle | null, parentRow: number][] = [[root, rootBundle, parentRow]];
    for (let next = open.pop(); next; next = open.pop()) {
      const [node, bundle, parent] = next;
      const row = add(node, bundle, parent);
      const children = this.children(weighted, bundle, narrowest);
      pruned += children.pruned;
      if (cut.node.length + open.length + children.keys.length > MAX_ROWS) {
        pruned += children.keys.length;
        continue;
      }
      children.keys.sort((a, b) => -byName(weighted.functions, a, b)); // the stack turns the order round
      for (const key of children.keys) open.push([ids.child(node, key), children.bundles.get(key)!, row]);
    }
    return { ...cut, pruned };
  }

  /** Weight of what a node stands for, and the nodes of the top-down tree it is made of; null where the weights have nothing of it. */
  bundle(weighted: Weighted, node: number): Bundle | null {
    return this.follow(weighted, this.ids.path(node))?.at(-1) ?? null;
  }

  /** Weights of nodes of this tree by other weights than those they were cut by. */
  weightsOf(weighted: Weighted, nodes: ReadonlySet<number>): Map<number, { self: number; total: number }> {
    const found = new Map([[0, { self: 0, total: this.weightBelowRoot(weighted, () => true) }]]);
    const open: [node: number, bundle: Bundle | null][] = [[0, null]];
    for (let next = open.pop(); next; next = open.pop()) {
      const [node, bundle] = next;
      for (const [key, below] of this.children(weighted, bundle, 0).bundles) {
        const child = this.ids.find(node, key);
        if (child === 0 || !nodes.has(child)) continue;
        found.set(child, { self: endsHere(weighted, below), total: below.total });
        open.push([child, below]);
      }
    }
    return found;
  }

  /** Bundles from the root (null) along a path; null where nothing leads there. */
  private follow(weighted: Weighted, path: readonly number[]): (Bundle | null)[] | null {
    const bundles: (Bundle | null)[] = [null];
    for (const node of path) {
      const next = this.children(weighted, bundles.at(-1)!, 0, this.ids.key(node)).bundles.get(this.ids.key(node));
      if (!next) return null;
      bundles.push(next);
    }
    return bundles;
  }

  /** Weight of the nodes that bundles begin with, as far as they are kept. */
  weightBelowRoot({ tree, self, total }: Weighted, keep: (node: number) => boolean): number {
    const { keys, recursive } = tree;
    let sum = 0;
    for (let node = 1; node < total.length; node++) {
      const weight = this.from === 'all' ? self[node]! : keys[node]! >> 1 === this.from && recursive[node] === 0 ? total[node]! : 0;
      if (weight > 0 && keep(node)) sum += weight;
    }
    return sum;
  }

  private children(weighted: Weighted, bundle: Bundle | null, narrowest: number, only: number | null = null): Children {
    return bundle === null ? this.leaves(weighted, narrowest, only) : this.callers(weighted, bundle, narrowest, only);
  }

  /** Below the root: the leaves of all stacks by their function; or the outermost frames of the one function. */
  private leaves({ tree, self, total }: Weighted, narrowest: number, only: number | null): Children {
    const { keys, recursive } = tree;
    const { from } = this;
    let count = 0;
    const nodes = new Int32Array(total.length);
    if (from === 'all') {
      for (let node = 1; node < self.length; node++) if (self[node] !== 0 && (only === null || keys[node] === only)) nodes[count++] = node;
      return this.grouped(nodes.subarray(0, count), self, keys, narrowest);
    }
    let sum = 0;
    for (let node = 1; node < total.length; node++) {
      if (keys[node]! >> 1 !== from || total[node] === 0 || recursive[node] === 1) continue;
      nodes[count++] = node;
      sum += total[node]!;
    }
    const key = from * 2;
    if (sum === 0 || (only !== null && only !== key)) return { keys: [], bundles: new Map(), pruned: 0 };
    const bundle = {
      nodes: nodes.slice(0, count),
      weights: Float64Array.from(nodes.subarray(0, count), (node) => total[node]!),
      total: sum,
    };
    return { keys: [key], bundles: new Map([[key, bundle]]), pruned: 0 };
  }

  /** One step up: bundles that meet in one caller are added up there. */
  private callers({ tree, total }: Weighted, bundle: Bundle, narrowest: number, only: number | null): Children {
    const { keys, parents } = tree;
    if (this.nodeSums.length < total.length) this.nodeSums = new Float64Array(total.length);
    const sums = this.nodeSums;
    const { nodes, weights } = bundle;
    const touched = new Int32Array(nodes.length);
    let count = 0;
    for (let i = 0; i < nodes.length; i++) {
      const caller = parents[nodes[i]!]!;
      if (caller <= 0 || (only !== null && keys[caller] !== only)) continue;
      if (sums[caller] === 0) touched[count++] = caller;
      sums[caller]! += weights[i]!;
    }
    const callers = touched.subarray(0, count);
    const children = this.grouped(callers, sums, keys, narrowest);
    for (const node of callers) sums[node] = 0;
    return children;
  }

  /** Deals nodes out by their key. */
  private grouped(nodes: Int32Array, weights: Float64Array, keys: Int32Array, narrowest: number): Children {
    const found: number[] = [];
    let { keySums, keyCounts } = this;
    for (const node of nodes) {
      const key = keys[node]!;
      if (key >= keySums.length) {
        [keySums, keyCounts] = [widened(keySums, key), widened(keyCounts, key)];
        Object.assign(this, { keySums, keyCounts });
      }
      if (keyCounts[key]!++ === 0) found.push(key);
      keySums[key]! += weights[node]!;
    }
    const bundles = new Map<number, Bundle>();
    const wide: { nodes: Int32Array; weights: Float64Array }[] = [];
    for (const key of found) {
      const total = keySums[key]!;
      const count = keyCounts[key]!;
      keySums[key] = 0;
      // From here on: where the key's bundle is, from 1; 0 for those too narrow.
      keyCounts[key] = 0;
      if (total < narrowest) continue;
      const bundle = { nodes: new Int32Array(count), weights: new Float64Array(count), total };
      keyCounts[key] = wide.push(bundle);
      bundles.set(key, bundle);
    }
    const filled = new Int32Array(wide.length);
    for (const node of nodes) {
      const slot = keyCounts[keys[node]!]! - 1;
      if (slot < 0) continue;
      const at = filled[slot]!++;
      wide[slot]!.nodes[at] = node;
      wide[slot]!.weights[at] = weights[node]!;
    }
    for (const key of bundles.keys()) keyCounts[key] = 0;
    return { keys: [...bundles.keys()], bundles, pruned: found.length - bundles.size };
  }
}

function widened<T extends Float64Array | Int32Array>(values: T, index: number): T {
  const wider = new (values.constructor as new (length: number) => T)(Math.max(1024, (index + 1) * 2));
  wider.set(values);
  return wider;
}

interface Children {
  readonly keys: number[];
  readonly bundles: ReadonlyMap<number, Bundle>;
  readonly pruned: number;
}

/** Weight of the samples whose whole stack is this path. */
function endsHere({ tree }: Weighted, { nodes, weights }: Bundle): number {
  let sum = 0;
  for (let i = 0; i < nodes.length; i++) if (tree.parent(nodes[i]!) === 0) sum += weights[i]!;
  return sum;
}

/** The node that most of a bundle came through. */
export function heaviestNode({ nodes, weights }: Bundle): number {
  let best = 0;
  for (let i = 1; i < nodes.length; i++) if (weights[i]! > weights[best]!) best = i;
  return nodes[best] ?? 0;
}
