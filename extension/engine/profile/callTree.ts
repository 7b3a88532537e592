/**
 * A prefix tree in columns. Node 0 is the root; a child's id is always greater than its parent's, so one pass from the end to the start
 * sums a tree, and ids stay what they are while the tree grows.
 */
import { Column } from './column.ts';

/** Keys are below 2^26, so that parent * 2^26 + key is an exact integer for up to 2^27 nodes. */
const KEY_SPAN = 2 ** 26;

export class CallTree {
  private readonly parents = new Column(Int32Array);
  private readonly keys = new Column(Int32Array);
  private readonly firstChildren = new Column(Int32Array);
  private readonly nextSiblings = new Column(Int32Array);
  private readonly ids = new Map<number, number>();

  constructor() {
    this.append(-1, -1);
  }

  get size(): number {
    return this.parents.length;
  }

  /** The child of `parent` for `key` (what a node stands for), made where there is none. */
  child(parent: number, key: number): number {
    const index = parent * KEY_SPAN + key;
    const known = this.ids.get(index);
    if (known !== undefined) return known;
    const id = this.append(parent, key);
    this.ids.set(index, id);
    return id;
  }

  parent(node: number): number {
    return this.parents.get(node);
  }

  key(node: number): number {
    return this.keys.get(node);
  }

  /** Children of a node, newest first. */
  children(node: number): number[] {
    const children: number[] = [];
    for (let child = this.firstChildren.get(node); child !== -1; child = this.nextSiblings.get(child)) children.push(child);
    return children;
  }

  /** From the root's child down to `node`; empty for the root. */
  path(node: number): number[] {
    const path: number[] = [];
    for (let at = node; at > 0; at = this.parents.get(at)) path.push(at);
    return path.reverse();
  }

  /** Turns self weights into totals, in place: every node's weight is added to all of its ancestors. */
  sumUp(weights: Float64Array): void {
    const parents = this.parents.view();
    for (let node = this.size - 1; node > 0; node--) weights[parents[node]!]! += weights[node]!;
  }

  private append(parent: number, key: number): number {
    const id = this.parents.push(parent);
    this.keys.push(key);
    this.firstChildren.push(-1);
    this.nextSiblings.push(parent < 0 ? -1 : this.firstChildren.get(parent));
    if (parent >= 0) this.firstChildren.set(parent, id);
    return id;
  }
}
