/**
 * The wire format of protocol buffers (https://protobuf.dev/programming-guides/encoding), as far as millions of small messages need it: an object for each, as
 * a general decoder makes them, would cost gigabytes.
 */

export const VARINT = 0;
export const BYTES = 2;

/** The bytes end inside of a value, or hold one that cannot be. */
export class WireError extends Error {
  override readonly name = 'WireError';
}

export class WireReader {
  private bytes: Uint8Array;
  at: number;
  end: number;

  constructor(bytes: Uint8Array, at = 0, end = bytes.length) {
    this.bytes = bytes;
    this.at = at;
    this.end = end;
  }

  /** Goes on elsewhere, as a new one would: there are millions of messages. */
  moveTo(bytes: Uint8Array, at: number, end: number): this {
    this.bytes = bytes;
    this.at = at;
    this.end = end;
    return this;
  }

  /** A varint as a number: exact to 2^53, negative where bit 63 is set (int64). */
  varint(): number {
    const { bytes, end } = this;
    const first = bytes[this.at]!;
    if (first < 0x80 && this.at < end) {
      this.at++;
      return first;
    }
    let value = 0;
    let scale = 1;
    for (let at = this.at, count = 0; at < end; at++, count++) {
      const byte = bytes[at]!;
      if (count === 9) {
        this.at = at + 1;
        return byte === 1 ? this.negative(at) : this.fault('a number of more than 64 bits');
      }
      value += (byte & 0x7f) * scale;
      if (byte < 0x80) {
        this.at = at + 1;
        return value;
      }
      scale *= 128;
    }
    return this.fault('the bytes end inside of a number');
  }

  /** A varint of 64 bits, exact; not negative. */
  varint64(): bigint {
    const start = this.at;
    const value = this.varint();
    if (value >= 0 && value <= Number.MAX_SAFE_INTEGER) return BigInt(value);
    let exact = 0n;
    for (let at = this.at - 1; at >= start; at--) exact = (exact << 7n) | BigInt(this.bytes[at]! & 0x7f);
    return BigInt.asUintN(64, exact);
  }

  /** The rest, as text. */
  text(): string {
    const { bytes, at, end } = this;
    this.at = end;
    return Buffer.from(bytes.buffer, bytes.byteOffset + at, end - at).toString('utf8');
  }

  /** Length of what follows, which is inside of the bytes. */
  length(): number {
    const length = this.varint();
    if (length < 0 || length > this.end - this.at) this.fault('a part is longer than the whole');
    return length;
  }

  /** Passes over a value. */
  skip(wireType: number): void {
    if (wireType === VARINT) this.varint();
    else if (wireType === BYTES) {
      const length = this.length(); // moves `at` itself
      this.at += length;
    } else if (wireType === 1 || wireType === 5) this.at += wireType === 1 ? 8 : 4;
    else this.fault(`a value of the unknown wire type ${wireType}`);
    if (this.at > this.end) this.fault('the bytes end inside of a value');
  }

  private negative(lastByte: number): number {
    let value = 0n;
    for (let i = 9; i >= 0; i--) value = (value << 7n) | BigInt(this.bytes[lastByte - 9 + i]! & 0x7f);
    return Number(BigInt.asIntN(64, value));
  }

  private fault(what: string): never {
    throw new WireError(`${what}, at byte ${this.at}`);
  }
}

export class WireWriter {
  private bytes = new Uint8Array(1 << 16);
  length = 0;

  varint(value: number): void {
    this.reserve(10);
    if (value < 0) {
      // int64 in two's complement: ten bytes
      let bits = BigInt.asUintN(64, BigInt(Math.trunc(value)));
      for (; bits >= 0x80n; bits >>= 7n) this.bytes[this.length++] = Number(bits & 0x7fn) | 0x80;
      this.bytes[this.length++] = Number(bits);
      return;
    }
    let rest = value;
    for (; rest >= 0x80; rest = Math.floor(rest / 128)) this.bytes[this.length++] = (rest % 128) | 0x80;
    this.bytes[this.length++] = rest;
  }

  tag(field: number, wireType: number): void {
    this.varint(field * 8 + wireType);
  }

  /** A field that holds what another writer has written. */
  message(field: number, message: WireWriter): void {
    this.tag(field, BYTES);
    this.varint(message.length);
    this.reserve(message.length);
    this.bytes.set(message.bytes.subarray(0, message.length), this.length);
    this.length += message.length;
  }

  clear(): void {
    this.length = 0;
  }

  /** What was written so far, as a copy. */
  take(): Uint8Array {
    const taken = this.bytes.slice(0, this.length);
    this.length = 0;
    return taken;
  }

  private reserve(more: number): void {
    if (this.length + more <= this.bytes.length) return;
    const wider = new Uint8Array(Math.max(this.length + more, this.bytes.length * 2));
    wider.set(this.bytes.subarray(0, this.length));
    this.bytes = wider;
  }
}
