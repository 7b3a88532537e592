/** A file as importers look at it: bytes, lines, or JSON, each made when first asked for. */
import { FormatError } from './errors.ts';
import { parseInPieces } from './jsonPieces.ts';

/** What a larger file says would not fit the engine's memory as objects. */
const MAX_JSON_BYTES = 256 * 1024 * 1024;
const MAX_LINE_BYTES = 1024 * 1024;

export interface TextLine {
  /** Without its end. */
  readonly text: string;
  /** 1-based. */
  readonly number: number;
  /** Of the next line, in bytes. */
  readonly next: number;
}

export class ImportedFile {
  /** Base name, for titles and messages. */
  readonly name: string;
  /** Inflated where the file was gzipped; UTF-8 where it was UTF-16 (as PowerShell writes what is sent to a file). */
  readonly bytes: Buffer;
  readonly isWhole = true;
  /** Why the JSON cannot be read. */
  jsonFault: FormatError | null = null;
  /** The value of a JSON file, once it has been parsed; undefined where the file is none. */
  json: unknown = undefined;

  constructor(name: string, bytes: Uint8Array) {
    this.name = name;
    this.bytes = utf8(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length));
  }

  get expectedBytes(): number {
    return this.bytes.length;
  }

  /** Text holds no NUL; profile.proto is hardly without one. */
  get isText(): boolean {
    return !this.bytes.subarray(0, 64 * 1024).includes(0);
  }

  /** Lines of a text. */
  *lines(): Generator<TextLine> {
    const { bytes } = this;
    for (let at = 0, number = 1; at < bytes.length; number++) {
      const newline = bytes.indexOf(0x0a, at);
      const end = newline < 0 ? bytes.length : newline;
      const next = end + 1;
      const last = end > at && bytes[end - 1] === 0x0d ? end - 1 : end;
      if (last - at > MAX_LINE_BYTES) throw new FormatError(`${this.name}:${number}: a line of more than 1 MiB is no line of a profile`);
      yield { text: bytes.toString('utf8', at, last), number, next };
      at = next;
    }
  }

  /** The first line that is neither blank nor a comment (`#`), among the first few thousand. */
  firstLine(): string | undefined {
    if (!this.isText) return undefined;
    for (const { text, number } of this.lines()) {
      if (text.trim() !== '' && !text.startsWith('#')) return text;
      if (number > 5000) return undefined;
    }
    return undefined;
  }

  /** Reads JSON, where the file begins like it, for `json` to give out. `jsonFault` says why it cannot be read. */
  *parseJson(): Generator<undefined, void, undefined> {
    const start = this.bytes.subarray(0, 64).toString('latin1').trimStart()[0];
    if (start !== '{' && start !== '[') return;
    if (this.bytes.length > MAX_JSON_BYTES) {
      this.jsonFault = new FormatError(
        `${this.name} is ${Math.round(this.bytes.length / 2 ** 20)} MiB of JSON; Ringside opens JSON up to 256 MiB`,
      );
      return;
    }
    try {
      this.json = yield* parseInPieces(this.bytes);
    } catch (cause) {
      if (!(cause instanceof SyntaxError)) throw cause;
      const fault = this.wholeFault() ?? cause;
      this.jsonFault = new FormatError(`${this.name}${this.place(fault)}: JSON, but broken or cut short: ${messageOf(fault)}`, {
        cause: fault,
      });
    }
  }

  /** V8 tells better what is wrong when it sees the whole. */
  private wholeFault(): unknown {
    try {
      JSON.parse(this.bytes.toString('utf8'));
      return undefined;
    } catch (fault) {
      return fault;
    }
  }

  /** V8 names a position, or ten characters on either side of the fault, and never a line. */
  private place(error: unknown): string {
    const text = this.bytes.toString('utf8');
    const message = messageOf(error);
    const position = /at position (\d+)/.exec(message)?.[1];
    const around = /\.\.\."([\s\S]*)"(?:\.\.\.)? is not valid JSON$/.exec(message)?.[1];
    const found = around === undefined ? -1 : text.indexOf(around);
    const before = text.slice(0, position !== undefined ? Number(position) : found >= 0 ? found + 10 : text.length);
    return `:${before.split('\n').length}:${before.length - before.lastIndexOf('\n')}`;
  }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

function utf8(bytes: Buffer): Buffer {
  if (bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf) return bytes.subarray(3);
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return Buffer.from(bytes.subarray(2).toString('utf16le'), 'utf8');
  return bytes;
}
