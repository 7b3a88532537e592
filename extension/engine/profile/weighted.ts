/** A tree of functions with weights: what every view is cut from. One of a profile under a filter; two, with the same tree, of a comparison. */
import type { FunctionInfo } from './locations.ts';
import type { FunctionTree } from './functionTree.ts';

export class Weighted {
  readonly tree: FunctionTree;
  readonly functions: readonly FunctionInfo[];
  /** By node. */
  readonly self: Float64Array;
  readonly total: Float64Array;
  readonly grandTotal: number;

  constructor(tree: FunctionTree, functions: readonly FunctionInfo[], self: Float64Array, total?: Float64Array) {
    this.tree = tree;
    this.functions = functions;
    this.self = self;
    this.total = total ?? self.slice();
    if (!total) tree.sumUp(this.total);
    this.grandTotal = this.total[0]!;
  }
}
