/**
 * Parses JSON in steps of a few milliseconds. JSON.parse is many times faster than anything written in JavaScript, and cannot be paused: so a long text is cut
 * into pieces that end between two elements, and each piece is parsed by it.
 */

const PIECE_BYTES = 256 * 1024;
/** Of arrays and objects that are longer than a piece. No profile is that deep. */
const DEEPEST = 64;

const [QUOTE, BACKSLASH, COMMA, COLON] = [0x22, 0x5c, 0x2c, 0x3a];
const [ARRAY, ARRAY_END, OBJECT, OBJECT_END] = [0x5b, 0x5d, 0x7b, 0x7d];

/** Ends with the value. @throws SyntaxError where the text is no JSON; its message does not say where */
export function* parseInPieces(bytes: Buffer): Generator<undefined, unknown, undefined> {
  const pieces = new Pieces(bytes);
  const value = yield* pieces.value(0);
  pieces.expectEnd();
  return value;
}

class Pieces {
  private readonly bytes: Buffer;
  private at = 0;

  constructor(bytes: Buffer) {
    this.bytes = bytes;
  }

  *value(depth: number): Generator<undefined, unknown, undefined> {
    const first = this.next();
    const end = this.endOfValue(this.at + PIECE_BYTES);
    if (end > 0) return this.parsed(end);
    yield;
    if (depth >= DEEPEST) throw new SyntaxError('arrays or objects inside each other too deep');
    if (first === ARRAY) return yield* this.array(depth + 1);
    if (first === OBJECT) return yield* this.object(depth + 1);
    return this.parsed(this.endOfValue(this.bytes.length) || this.bytes.length);
  }

  expectEnd(): void {
    if (this.next() !== undefined) throw new SyntaxError('something follows the end');
  }

  private *array(depth: number): Generator<undefined, unknown[], undefined> {
    const { bytes } = this;
    const values: unknown[] = [];
    this.at++;
    if (this.next() === ARRAY_END) {
      this.at++;
      return values;
    }
    for (;;) {
      this.next();
      const end = this.endOfElements(this.at + PIECE_BYTES);
      if (end > 0) {
        for (const value of JSON.parse(`[${bytes.toString('utf8', this.at, end)}]`) as unknown[]) values.push(value);
        this.at = end;
      } else values.push(yield* this.value(depth));
      yield;
      if (this.separator(ARRAY_END)) return values;
    }
  }

  private *object(depth: number): Generator<undefined, Record<string, unknown>, undefined> {
    const entries: [string, unknown][] = [];
    this.at++;
    if (this.next() === OBJECT_END) {
      this.at++;
      return {};
    }
    for (;;) {
      if (this.next() !== QUOTE) throw new SyntaxError('a name was expected');
      const key = this.parsed(this.endOfValue(this.bytes.length)) as string;
      if (this.next() !== COLON) throw new SyntaxError('a colon was expected');
      this.at++;
      entries.push([key, yield* this.value(depth)]);
      if (this.separator(OBJECT_END)) return Object.fromEntries(entries);
    }
  }

  private parsed(end: number): unknown {
    const value = JSON.parse(this.bytes.toString('utf8', this.at, end)) as unknown;
    this.at = end;
    return value;
  }

  /** Passes over what stands between two elements, or behind the last. @returns whether it was the last */
  private separator(closing: number): boolean {
    const found = this.next();
    if (found !== COMMA && found !== closing) throw new SyntaxError('a comma was expected');
    this.at++;
    return found === closing;
  }

  /** Passes over blanks. @returns the byte there; undefined at the end */
  private next(): number | undefined {
    for (; ; this.at++) {
      const byte = this.bytes[this.at];
      if (byte !== 0x20 && byte !== 0x0a && byte !== 0x0d && byte !== 0x09) return byte;
    }
  }

  /** Where the value here ends, if that is before `limit`; 0 otherwise. */
  private endOfValue(limit: number): number {
    return this.scan(limit, true);
  }

  /** Where the last of the elements here ends that are followed by a comma, or by the end of the array, before `limit`; 0 where there is none. */
  private endOfElements(limit: number): number {
    return this.scan(limit, false);
  }

  private scan(limit: number, one: boolean): number {
    const { bytes } = this;
    const to = Math.min(limit, bytes.length);
    let [depth, last] = [0, 0];
    for (let at = this.at; at < to; at++) {
      const byte = bytes[at]!;
      if (byte === QUOTE) {
        at = closingQuote(bytes, at, to);
        if (at >= to) return last;
        if (one && depth === 0) return at + 1;
      } else if (byte === ARRAY || byte === OBJECT) depth++;
      else if (byte === ARRAY_END || byte === OBJECT_END) {
        if (depth === 0) return at; // what the elements, or a bare word, stand in
        if (--depth === 0 && one) return at + 1;
      } else if (byte === COMMA && depth === 0) {
        if (one) return at;
        last = at;
      }
    }
    return one && to === bytes.length && depth === 0 ? to : last;
  }
}

/** Index of the quote that ends the string which begins at `start`; `to` where it does not end before. */
function closingQuote(bytes: Buffer, start: number, to: number): number {
  for (let at = start + 1; at < to; at++) {
    if (bytes[at] === BACKSLASH) at++;
    else if (bytes[at] === QUOTE) return at;
  }
  return to;
}
