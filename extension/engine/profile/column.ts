/** A typed array that grows by doubling: the storage of everything that has one value a sample or a node. */
type NumberArray = Float64Array | Int32Array | Uint16Array | Uint8Array;

export class Column<T extends NumberArray> {
  private values: T;
  length = 0;

  private readonly type: new (size: number) => T;

  constructor(type: new (size: number) => T) {
    this.type = type;
    this.values = new type(1024);
  }

  push(value: number): number {
    if (this.length === this.values.length) {
      const wider = new this.type(this.values.length * 2);
      wider.set(this.values);
      this.values = wider;
    }
    this.values[this.length] = value;
    return this.length++;
  }

  get(index: number): number {
    return this.values[index]!;
  }

  set(index: number, value: number): void {
    this.values[index] = value;
  }

  /** The values so far; a window on the storage that is stale after the next push. */
  view(): T {
    return this.values.subarray(0, this.length) as T;
  }
}
