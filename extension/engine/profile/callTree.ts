/**
 * A prefix tree in columns. Node 0 is the root; a child's id is always greater than its parent's, so one pass from the end to the start
 * sums a tree, one pass from the start to the end inherits, and ids stay what they are while the tree grows.
 */
import { Column } from './column.ts';

export class CallTree {
  private readonly parentColumn = new Column(Int32Array);
  private readonly keyColumn = new Column(Int32Array);
  /** Open addressing by parent and key; 0 (the root, which is nobody's child) is an empty slot. Never more than half full. */
  private slots = new Int32Array(256);

  constructor() {
    this.parentColumn.push(-1);
    this.keyColumn.push(-1);
  }

  get size(): number {
    return this.parentColumn.length;
  }

  /** Parent of each node; -1 for the root. Stale after the next new node. */
  get parents(): Int32Array {
    return this.parentColumn.view();
  }

  /** What each node stands for; -1 for the root. Stale after the next new node. */
  get keys(): Int32Array {
    return this.keyColumn.view();
  }

  /** The child of `parent` for `key` (what a node stands for), made where there is none. */
  child(parent: number, key: number): number {
    const slot = this.slotOf(parent, key);
    const known = this.slots[slot]!;
    if (known !== 0) return known;
    const id = this.parentColumn.push(parent);
    this.keyColumn.push(key);
    this.slots[slot] = id;
    if (id * 2 > this.slots.length) this.widen();
    return id;
  }

  /** The child of `parent` for `key`; 0 where there is none. */
  find(parent: number, key: number): number {
    return this.slots[this.slotOf(parent, key)]!;
  }

  parent(node: number): number {
    return this.parentColumn.get(node);
  }

  key(node: number): number {
    return this.keyColumn.get(node);
  }

  /** From the root's child down to `node`; empty for the root. */
  path(node: number): number[] {
    const path: number[] = [];
    for (let at = node; at > 0; at = this.parentColumn.get(at)) path.push(at);
    return path.reverse();
  }

  /** Turns self weights into totals, in place: every node's weight is added to all of its ancestors. */
  sumUp(weights: Float64Array): void {
    const { parents } = this;
    for (let node = weights.length - 1; node > 0; node--) weights[parents[node]!]! += weights[node]!;
  }

  private slotOf(parent: number, key: number): number {
    const mask = this.slots.length - 1;
    let hash = Math.imul(parent, 0x9e3779b1) ^ Math.imul(key, 0x85ebca6b);
    hash ^= hash >>> 15;
    for (let slot = hash & mask; ; slot = (slot + 1) & mask) {
      const node = this.slots[slot]!;
      if (node === 0 || (this.parentColumn.get(node) === parent && this.keyColumn.get(node) === key)) return slot;
    }
  }

  private widen(): void {
    this.slots = new Int32Array(this.slots.length * 4);
    for (let node = 1; node < this.size; node++) this.slots[this.slotOf(this.parentColumn.get(node), this.keyColumn.get(node))] = node;
  }
}
