/**
 * Text on its way out as bytes, and pieces of it that come again and again, encoded once. Both are in one piece of memory, the output first, so that a
 * kept piece is copied into it without an object being made.
 */
export class OutputBytes {
  private bytes = Buffer.allocUnsafeSlow(FIRST_BYTES + FIRST_KEPT_BYTES);
  /** Where the kept pieces begin; the output is before it. */
  private room = FIRST_BYTES;
  private end = 0;
  /** Relative to `room`. */
  private keptEnd = 0;

  /** Bytes that were put in and not taken yet. */
  get length(): number {
    return this.end;
  }

  /** Bytes of all pieces; also the place of the next one. */
  get kept(): number {
    return this.keptEnd;
  }

  private arrange(room: number, keptRoom: number): void {
    const bytes = Buffer.allocUnsafeSlow(room + keptRoom);
    this.bytes.copy(bytes, 0, 0, this.end);
    this.bytes.copy(bytes, room, this.room, this.room + this.keptEnd);
    this.bytes = bytes;
    this.room = room;
  }

  private reserve(count: number): void {
    if (this.end + count > this.room) this.arrange(Math.max(this.room * 2, this.end + count), this.bytes.length - this.room);
  }

  /** Keeps text, right after what was kept before. */
  keep(text: string): void {
    const keptRoom = this.bytes.length - this.room;
    const most = this.keptEnd + text.length * 3;
    if (most > keptRoom) this.arrange(this.room, Math.max(keptRoom * 2, most));
    this.keptEnd += this.bytes.write(text, this.room + this.keptEnd);
  }

  forget(): void {
    this.keptEnd = 0;
  }

  /** Puts in what is kept between two places. */
  putKept(start: number, end: number): void {
    this.reserve(end - start);
    this.bytes.copyWithin(this.end, this.room + start, this.room + end);
    this.end += end - start;
  }

  text(text: string): void {
    this.reserve(text.length * 3);
    if (text.length > SHORT_CHARS) {
      this.end += this.bytes.write(text, this.end);
      return;
    }
    // for a few characters, a call costs more than they do
    const { bytes, end } = this;
    for (let i = 0; i < text.length; i++) {
      const code = text.charCodeAt(i);
      if (code >= 0x80) {
        this.end += bytes.write(text, end);
        return;
      }
      bytes[end + i] = code;
    }
    this.end += text.length;
  }

  /** A whole number that is not negative. */
  number(value: number): void {
    this.reserve(20);
    const { bytes } = this;
    let digits = 1;
    for (let least = 10; least <= value; least *= 10) digits++;
    this.end += digits;
    for (let at = this.end - 1, left = value; digits > 0; digits--) {
      const rest = Math.floor(left / 10);
      bytes[at--] = 0x30 + left - rest * 10;
      left = rest;
    }
  }

  /** 64 bits in hexadecimal after 0x, from their two halves. */
  hex(high: number, low: number): void {
    this.reserve(18);
    const { bytes } = this;
    let { end } = this;
    bytes[end++] = 0x30;
    bytes[end++] = 0x78;
    const bits = high === 0 ? 32 - Math.clz32(low | 1) : 64 - Math.clz32(high);
    for (let shift = ((bits + 3) & ~3) - 4; shift >= 0; shift -= 4) {
      const digit = (shift >= 32 ? high >>> (shift - 32) : low >>> shift) & 15;
      bytes[end++] = digit < 10 ? 0x30 + digit : 0x57 + digit;
    }
    this.end = end;
  }

  /** What was put in since the last time; valid until more is put in. */
  taken(): Buffer {
    const taken = this.bytes.subarray(0, this.end);
    this.end = 0;
    return taken;
  }
}

/** Memory that is not used costs nothing. */
const FIRST_BYTES = 512 * 1024;
const FIRST_KEPT_BYTES = 4 * 1024 * 1024;
const SHORT_CHARS = 24;
