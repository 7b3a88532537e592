/** A call tree of functions: what a flame graph draws. A key is twice the function's id, plus 1 where the compiler put its body into its caller. */
import { CallTree } from './callTree.ts';
import { Column } from './column.ts';

export class FunctionTree extends CallTree {
  /** 1 where a node's function is already on the path above it, so that totals count a sample once. */
  private readonly recursiveColumn = new Column(Uint8Array);

  constructor() {
    super();
    this.recursiveColumn.push(0);
  }

  override child(parent: number, key: number): number {
    const node = super.child(parent, key);
    if (node === this.recursiveColumn.length) this.recursiveColumn.push(this.above(parent, key >> 1) > 0 ? 1 : 0);
    return node;
  }

  /** Index of the function a node stands for; -1 for the root. */
  functionOf(node: number): number {
    return this.key(node) >> 1;
  }

  isInlined(node: number): boolean {
    return node > 0 && (this.key(node) & 1) === 1;
  }

  get recursive(): Uint8Array {
    return this.recursiveColumn.view();
  }

  /** The innermost node for a function on the path from the root down to `node`, both included; 0 where it is not there. */
  above(node: number, fn: number): number {
    for (let at = node; at > 0; at = this.parent(at)) if (this.key(at) >> 1 === fn) return at;
    return 0;
  }
}
