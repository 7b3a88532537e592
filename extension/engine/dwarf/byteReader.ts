/** Reads numbers and strings of a section in order. Every read is checked; what is missing is an error that names the place. */
import type { AddressSpace } from '../elf/addresses.ts';
import { FileError } from '../elf/errors.ts';

export interface ByteOrder {
  readonly littleEndian: boolean;
  readonly addresses: AddressSpace;
}

export class ByteReader {
  readonly bytes: Uint8Array;
  readonly section: string;
  /** Offset in the section of the first of `bytes`. */
  readonly base: number;
  /** Index in `bytes` of what is read next. */
  at: number;
  private readonly view: DataView;
  private readonly order: ByteOrder;

  constructor(bytes: Uint8Array, order: ByteOrder, section: string, base = 0, at = 0) {
    this.bytes = bytes;
    this.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.order = order;
    this.section = section;
    this.base = base;
    this.at = at;
  }

  get left(): number {
    return this.bytes.length - this.at;
  }

  /** Where the next byte stands in the section. */
  get offset(): number {
    return this.base + this.at;
  }

  fault(fault: 'truncated' | 'corrupt' | 'unsupported' | 'too-large', what: string, at = this.at): FileError {
    return new FileError(fault, what, { section: this.section, offset: this.base + at });
  }

  private take(count: number): number {
    const { at } = this;
    if (!(count >= 0 && at + count <= this.bytes.length)) throw this.fault('truncated', `ends where ${count} more bytes were expected`);
    this.at = at + count;
    return at;
  }

  skip(count: number): void {
    this.take(count);
  }

  u8(): number {
    return this.bytes[this.take(1)]!;
  }

  s8(): number {
    return (this.u8() << 24) >> 24;
  }

  u16(): number {
    return this.view.getUint16(this.take(2), this.order.littleEndian);
  }

  u24(): number {
    const at = this.take(3);
    const { bytes } = this;
    return this.order.littleEndian
      ? bytes[at]! | (bytes[at + 1]! << 8) | (bytes[at + 2]! << 16)
      : (bytes[at]! << 16) | (bytes[at + 1]! << 8) | bytes[at + 2]!;
  }

  u32(): number {
    return this.view.getUint32(this.take(4), this.order.littleEndian);
  }

  /** Exact up to 2^53. */
  u64(): number {
    const at = this.take(8);
    const first = this.view.getUint32(at, this.order.littleEndian);
    const second = this.view.getUint32(at + 4, this.order.littleEndian);
    return this.order.littleEndian ? second * 2 ** 32 + first : first * 2 ** 32 + second;
  }

  /** A section offset, of 4 bytes or of 8 in the 64-bit format. */
  sectionOffset(dwarf64: boolean): number {
    return dwarf64 ? this.u64() : this.u32();
  }

  /** An address, as the file's AddressSpace counts. */
  address(size: number): number {
    if (size === 4) return this.u32();
    if (size === 2) return this.u16();
    if (size !== 8) throw this.fault('unsupported', `addresses of ${size} bytes`);
    const at = this.take(8);
    const first = this.view.getUint32(at, this.order.littleEndian);
    const second = this.view.getUint32(at + 4, this.order.littleEndian);
    return this.order.littleEndian ? this.order.addresses.fromHalves(second, first) : this.order.addresses.fromHalves(first, second);
  }

  /** Exact up to 2^53; longer encodings lose their lowest bits. */
  uleb(): number {
    const { bytes } = this;
    let at = this.at;
    let byte = bytes[at++];
    if (byte === undefined) throw this.fault('truncated', 'ends where a number was expected');
    if (byte < 0x80) {
      this.at = at;
      return byte;
    }
    let value = byte & 0x7f;
    let scale = 0x80;
    do {
      byte = bytes[at++];
      if (byte === undefined) throw this.fault('truncated', 'ends inside a number');
      value += (byte & 0x7f) * scale;
      scale *= 0x80;
    } while (byte >= 0x80 && at - this.at < 16);
    if (byte >= 0x80) throw this.fault('corrupt', 'a number of more than 16 bytes');
    this.at = at;
    return value;
  }

  sleb(): number {
    const start = this.at;
    const first = this.bytes[start];
    if (first !== undefined && first < 0x80) {
      this.at = start + 1;
      return (first << 25) >> 25;
    }
    const value = this.uleb();
    const negative = (this.bytes[this.at - 1]! & 0x40) !== 0;
    return negative ? value - 2 ** (7 * (this.at - start)) : value;
  }

  /** A block of bytes; a view. */
  block(count: number): Uint8Array {
    const at = this.take(count);
    return this.bytes.subarray(at, at + count);
  }

  skipString(): void {
    const end = this.bytes.indexOf(0, this.at);
    if (end === -1) throw this.fault('truncated', 'ends inside a string');
    this.at = end + 1;
  }

  /** Up to its zero byte; UTF-8. */
  string(): string {
    const start = this.at;
    this.skipString();
    return Buffer.from(this.bytes.buffer, this.bytes.byteOffset + start, this.at - 1 - start).toString('utf8');
  }
}
