/**
 * A tree reshaped by the second half of a filter: frames hidden, recursion collapsed, begun at a function. Each node of the tree as sampled has its
 * place in the reshaped one, so weights are carried over in one pass, whatever samples were picked. Built in order of ids: a shape that
 * was forgotten comes back with the same ids, and grows with its profile.
 */
import type { FrameCategory, ViewFilter } from '../../protocol.ts';
import { Column } from './column.ts';
import { shapeKey } from './filter.ts';
import { FunctionTree } from './functionTree.ts';
import { keptWithin, Recent } from './recent.ts';

/** What reshaping needs to know of a function. */
interface ShapedFunction {
  readonly module: string;
  readonly category: FrameCategory;
}

/** Nodes above the function that a shape begins at. */
export const OUTSIDE = -1;

/** A shape of a million nodes takes 30 MB. */
const KEPT_SHAPES = 4;
const [BUDGET_BYTES, BYTES_A_NODE] = [96e6, 30];

export class Shape {
  readonly tree: FunctionTree;
  private readonly source: FunctionTree;
  private readonly functions: readonly ShapedFunction[];
  private readonly filter: ViewFilter;
  private readonly hidden = new Column(Uint8Array);
  private readonly mapColumn = new Column(Int32Array);
  readonly isPlain: boolean;

  constructor(source: FunctionTree, functions: readonly ShapedFunction[], filter: ViewFilter) {
    this.source = source;
    this.functions = functions;
    this.filter = filter;
    this.isPlain = shapeKey(filter) === '';
    this.tree = this.isPlain ? source : new FunctionTree();
  }

  /** Node of the shape for each node of the source, OUTSIDE for those left out; null where the two are the same. Stale after growth. */
  map(): Int32Array | null {
    if (this.isPlain) return null;
    const { source, tree, mapColumn } = this;
    const { collapseRecursion } = this.filter;
    const focus = this.filter.focus ?? null;
    this.markHidden();
    if (mapColumn.length === 0) mapColumn.push(focus === null ? 0 : OUTSIDE);
    mapColumn.reserve(source.size);
    const { keys, parents, recursive } = source;
    for (let node = mapColumn.length; node < keys.length; node++) {
      const key = keys[node]!;
      let caller = mapColumn.get(parents[node]!);
      if (caller === OUTSIDE && key >> 1 === focus) caller = 0;
      const again = collapseRecursion === true && recursive[node] === 1 && caller > 0 ? tree.above(caller, key >> 1) : 0;
      const shown = this.hidden.get(key >> 1) === 0 || key >> 1 === focus;
      mapColumn.push(caller === OUTSIDE || !shown ? caller : again > 0 ? again : tree.child(caller, key));
    }
    return mapColumn.view();
  }

  /** Carries weights of source nodes over. @returns by node of the shape */
  carry(self: Float64Array): Float64Array {
    const map = this.map();
    if (map === null) return self;
    const carried = new Float64Array(this.tree.size);
    for (let node = 0; node < self.length; node++) if (map[node] !== OUTSIDE) carried[map[node]!]! += self[node]!;
    return carried;
  }

  /** By node of the source: 0 for a node of the shape and all below it, 1 for the others. */
  outside(within: number): Uint8Array {
    const map = this.map();
    const { parents } = this.tree;
    const inside = new Uint8Array(this.tree.size);
    for (let node = within; node < inside.length; node++) inside[node] = node === within || inside[parents[node]!] === 1 ? 1 : 0;
    return Uint8Array.from({ length: this.source.size }, (_, node) => (inside[map ? map[node]! : node] === 1 ? 0 : 1));
  }

  /** Function of a node of the source. */
  sourceFunction(node: number): number {
    return this.source.functionOf(node);
  }

  private markHidden(): void {
    const { filter, hidden, functions } = this;
    for (const flag of hiddenFunctions(functions, filter, hidden.length)) hidden.push(flag);
  }
}

/** By function, from `first` on: 1 where a filter hides it. */
export function hiddenFunctions(functions: readonly ShapedFunction[], filter: ViewFilter, first = 0): Uint8Array {
  const modules = new Set(filter.hiddenModules);
  const ids = new Set(filter.hiddenFunctions);
  return Uint8Array.from({ length: functions.length - first }, (_, index) => {
    const { module, category } = functions[first + index]!;
    return (filter.hideLibrary === true && category === 'library') || modules.has(module) || ids.has(first + index) ? 1 : 0;
  });
}

export class ShapeCache {
  private readonly source: FunctionTree;
  private readonly functions: readonly ShapedFunction[];
  private readonly kept = new Recent<string, Shape>(() => keptWithin(BUDGET_BYTES, BYTES_A_NODE * this.source.size, KEPT_SHAPES));

  constructor(source: FunctionTree, functions: readonly ShapedFunction[]) {
    this.source = source;
    this.functions = functions;
  }

  of(filter: ViewFilter): Shape {
    const key = shapeKey(filter);
    return this.kept.get(key) ?? this.kept.set(key, new Shape(this.source, this.functions, filter));
  }
}
