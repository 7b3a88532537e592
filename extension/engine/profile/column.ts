/** A typed array that grows: the storage of everything that has one value a sample or a node. */
type NumberArray = Float64Array | Int32Array | Uint16Array | Uint8Array;

export class Column<T extends NumberArray> {
  private values: T;
  length = 0;

  private readonly type: new (size: number) => T;

  constructor(type: new (size: number) => T) {
    this.type = type;
    this.values = new type(64);
  }

  push(value: number): number {
    if (this.length === this.values.length) this.reserve(this.length + 1);
    this.values[this.length] = value;
    return this.length++;
  }

  get(index: number): number {
    return this.values[index]!;
  }

  set(index: number, value: number): void {
    this.values[index] = value;
  }

  add(index: number, value: number): void {
    this.values[index]! += value;
  }

  /** Room for this many values. By half again at least, so that growing one by one stays cheap and little is left unused. */
  reserve(length: number): void {
    if (length <= this.values.length) return;
    const wider = new this.type(Math.max(length, 64 + Math.ceil(this.values.length * 1.5)));
    wider.set(this.values);
    this.values = wider;
  }

  /** Gives back what was reserved and not used. */
  trim(): void {
    if (this.length < this.values.length) this.values = this.values.slice(0, this.length) as T;
  }

  /** The values so far; a window on the storage that is stale after the next push. */
  view(): T {
    return this.values.subarray(0, this.length) as T;
  }
}
