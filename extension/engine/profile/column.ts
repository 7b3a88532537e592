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

  /** Puts many values behind the others. */
  append(values: T): void {
    this.reserve(this.length + values.length);
    this.values.set(values, this.length);
    this.length += values.length;
  }

  /** Puts one value behind the others, again and again. */
  repeat(value: number, times: number): void {
    this.reserve(this.length + times);
    this.values.fill(value, this.length, this.length + times);
    this.length += times;
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

  /** Room for this many values. Twice as much at least, so that growing one by one stays cheap; pages that were never written to take no memory. */
  reserve(length: number): void {
    if (length <= this.values.length) return;
    const wider = new this.type(Math.max(length, this.values.length * 2));
    wider.set(this.values);
    this.values = wider;
  }

  /** Takes other values, as many, in the place of its own. */
  replace(values: T): void {
    if (values.length !== this.length) throw new RangeError(`${values.length} values for ${this.length}`);
    this.values = values;
  }

  /** The values so far; a window on the storage that is stale after the next push. */
  view(): T {
    return this.values.subarray(0, this.length) as T;
  }
}
