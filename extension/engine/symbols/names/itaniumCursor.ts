/** Where the reading of a mangled C++ name is, and the small things that names are made of. */
import type { Node } from './itaniumNodes.ts';

/** The name is not mangled in this way, or in a way that is not known here. */
export class NotMangled extends Error {}

const MAX_DEPTH = 256;

export class Cursor {
  protected readonly text: string;
  protected at: number;
  private depth = 0;
  /** What S_ and the like stand for. */
  protected readonly substitutions: Node[] = [];

  constructor(text: string, at: number) {
    this.text = text;
    this.at = at;
  }

  rest(): string {
    return this.text.slice(this.at);
  }

  protected peek(length = 1): string {
    return this.text.slice(this.at, this.at + length);
  }

  protected take(expected: string): boolean {
    if (!this.text.startsWith(expected, this.at)) return false;
    this.at += expected.length;
    return true;
  }

  protected expect(expected: string): void {
    if (!this.take(expected)) throw new NotMangled();
  }

  protected nested<T>(read: () => T): T {
    if (++this.depth > MAX_DEPTH) throw new NotMangled();
    const result = read();
    this.depth--;
    return result;
  }

  protected remembered(node: Node): Node {
    this.substitutions.push(node);
    return node;
  }

  protected number(): number | undefined {
    const digits = /^n?\d+/.exec(this.text.slice(this.at, this.at + 24))?.[0];
    if (digits === undefined) return undefined;
    this.at += digits.length;
    return Number(digits.replace('n', '-'));
  }

  /** `_` is 0, `0_` is 1 and so on, in the given base. */
  protected sequence(base: number): number {
    if (this.take('_')) return 0;
    const digits = /^[0-9A-Z]{1,8}(?=_)/.exec(this.text.slice(this.at, this.at + 12))?.[0];
    if (digits === undefined) throw new NotMangled();
    this.at += digits.length + 1;
    return parseInt(digits, base) + 1;
  }

  protected sourceText(): string {
    const length = this.number();
    if (length === undefined || length <= 0 || this.at + length > this.text.length) throw new NotMangled();
    const text = this.text.slice(this.at, this.at + length);
    this.at += length;
    return text;
  }
}
