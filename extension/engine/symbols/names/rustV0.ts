/** Rust's v0 mangling (RFC 2603), written as llvm's tools write it. */

class NotMangled extends Error {}

const MAX_DEPTH = 128;
const MAX_TEXT = 64 * 1024;

const basicTypes: Readonly<Record<string, string>> = {
  a: 'i8',
  b: 'bool',
  c: 'char',
  d: 'f64',
  e: 'str',
  f: 'f32',
  h: 'u8',
  i: 'isize',
  j: 'usize',
  l: 'i32',
  m: 'u32',
  n: 'i128',
  o: 'u128',
  p: '_',
  s: 'i16',
  t: 'u16',
  u: '()',
  v: '...',
  x: 'i64',
  y: 'u64',
  z: '!',
};

/** @returns undefined where the name is not Rust's, or cannot be read to its end */
export function demangleRustV0(mangled: string): string | undefined {
  const match = /^_{0,2}R([A-Z][\w]*)(\..*)?$/.exec(mangled);
  if (!match || mangled.length > 16 * 1024) return undefined;
  try {
    const parser = new Parser(match[1]!);
    const text = parser.symbol();
    return match[2] === undefined ? text : `${text} (${match[2]})`;
  } catch (error) {
    if (error instanceof NotMangled) return undefined;
    throw error;
  }
}

class Parser {
  private readonly text: string;
  private at = 0;
  private depth = 0;
  private written = 0;
  private boundLifetimes = 0;
  private quiet = false;

  constructor(text: string) {
    this.text = text;
  }

  symbol(): string {
    const path = this.path('value');
    if (this.at < this.text.length) {
      // the crate that the instance was made in
      this.quiet = true;
      this.path('type');
    }
    if (this.at < this.text.length) throw new NotMangled();
    return path;
  }

  private nested(read: () => string): string {
    if (++this.depth > MAX_DEPTH) throw new NotMangled();
    const result = read();
    this.depth--;
    this.written += result.length;
    if (this.written > MAX_TEXT) throw new NotMangled();
    return result;
  }

  private next(): string {
    const char = this.text[this.at++];
    if (char === undefined) throw new NotMangled();
    return char;
  }

  private take(expected: string): boolean {
    if (this.text[this.at] !== expected) return false;
    this.at++;
    return true;
  }

  private base62(): number {
    if (this.take('_')) return 0;
    let value = 0;
    for (;;) {
      const char = this.next();
      if (char === '_') return value + 1;
      const digit = '0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ'.indexOf(char);
      if (digit === -1) throw new NotMangled();
      value = value * 62 + digit;
    }
  }

  private disambiguator(): number {
    return this.take('s') ? this.base62() + 1 : 0;
  }

  private identifier(): string {
    const isPunycode = this.take('u');
    const digits = /^(?:0|[1-9]\d{0,5})/.exec(this.text.slice(this.at, this.at + 8))?.[0];
    if (digits === undefined) throw new NotMangled();
    this.at += digits.length;
    this.take('_');
    const length = Number(digits);
    if (this.at + length > this.text.length) throw new NotMangled();
    const name = this.text.slice(this.at, this.at + length);
    this.at += length;
    return isPunycode ? punycode(name) : name;
  }

  private backReference(read: () => string): string {
    const start = this.at - 1;
    const to = this.base62();
    if (to >= start) throw new NotMangled();
    if (this.quiet) return '';
    const { at } = this;
    this.at = to;
    const text = this.nested(read);
    this.at = at;
    return text;
  }

  /** @param place generic arguments of values are written with a :: before them */
  private path(place: 'value' | 'type', open = false): string {
    return this.nested(() => {
      const kind = this.next();
      switch (kind) {
        case 'C':
          this.disambiguator();
          return this.identifier();
        case 'M':
          this.implPath();
          return `<${this.type()}>`;
        case 'X':
          this.implPath();
          return `<${this.type()} as ${this.path('type')}>`;
        case 'Y':
          return `<${this.type()} as ${this.path('type')}>`;
        case 'N':
          return this.nestedPath(place);
        case 'I': {
          const path = this.path(place);
          const args: string[] = [];
          while (!this.take('E')) args.push(this.genericArgument());
          return `${path}${place === 'value' ? '::' : ''}<${args.join(', ')}${open ? '' : '>'}`;
        }
        case 'B':
          return this.backReference(() => this.path(place, open));
        default:
          throw new NotMangled();
      }
    });
  }

  private implPath(): void {
    this.disambiguator();
    const { quiet } = this;
    this.quiet = true;
    this.path('type');
    this.quiet = quiet;
  }

  private nestedPath(place: 'value' | 'type'): string {
    const space = this.next();
    if (!/[A-Za-z]/.test(space)) throw new NotMangled();
    const path = this.path(place);
    const disambiguator = this.disambiguator();
    const name = this.identifier();
    if (space >= 'a') return name === '' ? path : `${path}::${name}`;
    const word = space === 'C' ? 'closure' : space === 'S' ? 'shim' : space;
    return `${path}::{${word}${name === '' ? '' : `:${name}`}#${disambiguator}}`;
  }

  private genericArgument(): string {
    if (this.take('L')) return this.lifetime(this.base62());
    if (this.take('K')) return this.constant();
    return this.type();
  }

  private lifetime(index: number): string {
    if (index === 0) return "'_";
    const depth = this.boundLifetimes - index;
    if (depth < 0) throw new NotMangled();
    return depth < 26 ? `'${String.fromCharCode(97 + depth)}` : `'z${depth - 25}`;
  }

  private binder(): string {
    if (!this.take('G')) return '';
    const count = this.base62() + 1;
    if (count > 256) throw new NotMangled();
    const names: string[] = [];
    for (let i = 0; i < count; i++) {
      this.boundLifetimes++;
      names.push(this.lifetime(1));
    }
    return `for<${names.join(', ')}> `;
  }

  private type(): string {
    return this.nested(() => {
      const start = this.next();
      const basic = basicTypes[start];
      if (basic !== undefined) return basic;
      switch (start) {
        case 'A': {
          const element = this.type();
          return `[${element}; ${this.constant()}]`;
        }
        case 'S':
          return `[${this.type()}]`;
        case 'T': {
          const members: string[] = [];
          while (!this.take('E')) members.push(this.type());
          return members.length === 1 ? `(${members[0]!},)` : `(${members.join(', ')})`;
        }
        case 'R':
        case 'Q': {
          const lifetime = this.take('L') ? this.base62() : 0;
          return `&${lifetime > 0 ? `${this.lifetime(lifetime)} ` : ''}${start === 'Q' ? 'mut ' : ''}${this.type()}`;
        }
        case 'P':
          return `*const ${this.type()}`;
        case 'O':
          return `*mut ${this.type()}`;
        case 'F':
          return this.functionType();
        case 'D':
          return this.dynType();
        case 'B':
          return this.backReference(() => this.type());
        default:
          this.at--;
          return this.path('type');
      }
    });
  }

  private functionType(): string {
    const bound = this.boundLifetimes;
    const binder = this.binder();
    const isUnsafe = this.take('U') ? 'unsafe ' : '';
    const abi = this.take('K') ? `extern "${this.take('C') ? 'C' : this.identifier().replace(/_/g, '-')}" ` : '';
    const parameters: string[] = [];
    while (!this.take('E')) parameters.push(this.type());
    const result = this.take('u') ? '' : ` -> ${this.type()}`;
    this.boundLifetimes = bound;
    return `${binder}${isUnsafe}${abi}fn(${parameters.join(', ')})${result}`;
  }

  private dynType(): string {
    const bound = this.boundLifetimes;
    const binder = this.binder();
    const traits: string[] = [];
    while (!this.take('E')) traits.push(this.dynTrait());
    this.boundLifetimes = bound;
    if (!this.take('L')) throw new NotMangled();
    const lifetime = this.base62();
    return `dyn ${binder}${traits.join(' + ')}${lifetime > 0 ? ` + ${this.lifetime(lifetime)}` : ''}`;
  }

  private dynTrait(): string {
    const path = this.path('type', true);
    let bindings = '';
    let isOpen = this.lastPathIsOpen(path);
    while (this.take('p')) {
      bindings += isOpen || bindings !== '' ? ', ' : '<';
      isOpen = true;
      bindings += `${this.identifier()} = ${this.type()}`;
    }
    return isOpen ? `${path}${bindings}>` : path;
  }

  /** A path with generic arguments is left without its >, so that the bindings can follow. */
  private lastPathIsOpen(path: string): boolean {
    let open = 0;
    for (let i = 0; i < path.length; i++) {
      if (path[i] === '<') open++;
      else if (path[i] === '>' && path[i - 1] !== '-') open--;
    }
    return open > 0;
  }

  private constant(): string {
    return this.nested(() => {
      if (this.take('B')) return this.backReference(() => this.constant());
      const type = this.next();
      if (type === 'p') return '_';
      const isNegative = this.take('n');
      const digits = /^[0-9a-f]*_/.exec(this.text.slice(this.at))?.[0];
      if (digits === undefined || !(type in basicTypes)) throw new NotMangled();
      this.at += digits.length;
      const value = BigInt(`0x0${digits.slice(0, -1)}`);
      if (type === 'b') return value === 0n ? 'false' : 'true';
      if (type === 'c') return `'${value <= 0x10ffffn ? String.fromCodePoint(Number(value)) : ''}'`;
      return `${isNegative ? '-' : ''}${digits.length > 17 ? `0x${digits.slice(0, -1)}` : value}`;
    });
  }
}

/** RFC 3492, with _ where it has -. */
function punycode(text: string): string {
  const split = text.lastIndexOf('_');
  const points = Array.from(split > 0 ? text.slice(0, split) : '', (char) => char.codePointAt(0)!);
  const rest = text.slice(split + 1);
  let at = 0;
  let n = 128;
  let i = 0;
  let bias = 72;
  while (at < rest.length) {
    const before = i;
    for (let k = 36, weight = 1; ; k += 36) {
      const digit = 'abcdefghijklmnopqrstuvwxyz0123456789'.indexOf(rest[at++] ?? '');
      if (digit === -1 || i > 0x10000000) throw new NotMangled();
      i += digit * weight;
      const threshold = k <= bias ? 1 : k >= bias + 26 ? 26 : k - bias;
      if (digit < threshold) break;
      weight *= 36 - threshold;
    }
    const count = points.length + 1;
    let delta = Math.floor((i - before) / (before === 0 ? 700 : 2));
    delta += Math.floor(delta / count);
    let k = 0;
    for (; delta > 455; k += 36) delta = Math.floor(delta / 35);
    bias = k + Math.floor((36 * delta) / (delta + 38));
    n += Math.floor(i / count);
    if (n > 0x10ffff) throw new NotMangled();
    points.splice(i % count, 0, n);
    i = (i % count) + 1;
  }
  return String.fromCodePoint(...points);
}
