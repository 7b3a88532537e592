/**
 * xl's configuration language as libxlu reads it (tools/libs/util/libxlu_cfg_l.l and _y.y of Xen): assignments of strings, numbers and lists,
 * each ended by a line's end or a semicolon. Never throws: what xl would refuse becomes a problem.
 */

/** Offsets into the text, the end not included. */
export interface Span {
  readonly start: number;
  readonly end: number;
}

export type XlValue =
  | { readonly kind: 'string'; readonly text: string; readonly span: Span }
  | { readonly kind: 'number'; readonly text: string; readonly span: Span }
  | { readonly kind: 'list'; readonly items: readonly XlValue[]; readonly span: Span };

export interface XlSetting {
  readonly key: string;
  readonly keySpan: Span;
  /** `+=` appends to what an earlier line gave. */
  readonly appends: boolean;
  readonly value: XlValue;
}

export interface XlProblem {
  readonly span: Span;
  readonly message: string;
}

export interface XlFile {
  readonly settings: readonly XlSetting[];
  readonly problems: readonly XlProblem[];
}

type TokenKind = 'word' | 'number' | 'string' | 'sign' | 'newline' | 'bad' | 'end';
interface Token {
  readonly kind: TokenKind;
  readonly text: string;
  readonly span: Span;
}

const CRLF = 'xl does not take the line endings of Windows (CRLF): save the file with LF.';

/** A list in a list in a list is all that any key takes; the parser itself must not follow a hostile file down. */
const MAX_DEPTH = 16;

const TOKENS =
  /(?<blank>[ \t]+|#[^\n]*)|(?<newline>\n)|(?<string>"(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*')|(?<word>[a-z][_0-9a-z]*)|(?<number>[0-9][0-9a-fx]*)|(?<sign>\+=|[=,;[\]+])|(?<bad>[^\n]+)/gy;

const KINDS = ['newline', 'string', 'word', 'number', 'sign', 'bad'] as const;

function tokens(text: string): Token[] {
  const found: Token[] = [];
  for (const match of text.matchAll(TOKENS)) {
    const groups = match.groups!;
    const kind = KINDS.find((one) => groups[one] !== undefined);
    if (kind) found.push({ kind, text: match[0], span: { start: match.index, end: match.index + match[0].length } });
  }
  found.push({ kind: 'end', text: '', span: { start: text.length, end: text.length } });
  return found;
}

/** Something that xl's grammar does not take at this place. */
class Refused extends Error {
  readonly problem: XlProblem;
  constructor(span: Span, message: string) {
    super(message);
    this.problem = { span, message };
  }
}

class Parser {
  readonly settings: XlSetting[] = [];
  readonly problems: XlProblem[] = [];
  private readonly all: readonly Token[];
  private at = 0;

  constructor(text: string) {
    this.all = tokens(text);
  }

  file(): XlFile {
    while (this.next.kind !== 'end') {
      if (this.ends(this.next)) this.at++;
      else this.statement();
    }
    return this;
  }

  private get next(): Token {
    return this.all[this.at]!;
  }

  private ends({ kind, text }: Token): boolean {
    return kind === 'newline' || kind === 'end' || text === ';';
  }

  private statement(): void {
    try {
      this.settings.push(this.assignment());
      if (this.next.text === '\r') throw new Refused(this.next.span, CRLF);
      if (!this.ends(this.next))
        throw new Refused(this.next.span, 'Expected the end of the line: one setting to a line, or a ; between two.');
    } catch (error) {
      if (!(error instanceof Refused)) throw error;
      this.problems.push(error.problem);
      // as xl does: on with the next line
      while (this.next.kind !== 'newline' && this.next.kind !== 'end') this.at++;
    }
  }

  private assignment(): XlSetting {
    const key = this.take();
    if (key.text === '\r') throw new Refused(key.span, CRLF);
    if (key.kind !== 'word') throw new Refused(key.span, 'Expected the name of a setting, in small letters.');
    const sign = this.take();
    if (sign.text !== '=' && sign.text !== '+=') throw new Refused(sign.span, `Expected = after ${key.text}.`);
    return { key: key.text, keySpan: key.span, appends: sign.text === '+=', value: this.value(0) };
  }

  private value(depth: number): XlValue {
    const token = this.take();
    const { span } = token;
    if (token.kind === 'string') return { kind: 'string', text: unquoted(token.text), span };
    if (token.kind === 'number') return { kind: 'number', text: token.text, span };
    if (token.text === '[') return this.list(token, depth);
    if (token.kind === 'word') throw new Refused(span, `A word must stand in quotes: "${token.text}".`);
    if (/^["']/.test(token.text)) throw new Refused(span, 'This string has no closing quote on its line.');
    throw new Refused(span, 'Expected a value: a number, a string in quotes, or a list in [ ].');
  }

  private list(open: Token, depth: number): XlValue {
    if (depth >= MAX_DEPTH) throw new Refused(open.span, `Lists are nested more than ${MAX_DEPTH} deep.`);
    const items: XlValue[] = [];
    for (;;) {
      this.skipNewlines();
      if (this.next.text !== ']') items.push(this.item(open, depth));
      this.skipNewlines();
      const token = this.take();
      if (token.text === ']') return { kind: 'list', items, span: { start: open.span.start, end: token.span.end } };
      if (token.kind === 'end') throw new Refused(open.span, 'This list has no closing ].');
      if (token.text !== ',') throw new Refused(token.span, 'Expected , or ] in a list.');
    }
  }

  private item(open: Token, depth: number): XlValue {
    if (this.next.kind === 'end') throw new Refused(open.span, 'This list has no closing ].');
    return this.value(depth + 1);
  }

  private skipNewlines(): void {
    while (this.next.kind === 'newline') this.at++;
  }

  private take(): Token {
    const token = this.next;
    if (token.kind !== 'end' && token.kind !== 'newline') this.at++;
    return token;
  }
}

/** Without its quotes, and with libxlu's escapes undone (\\, \", \', \n, \t, \r). */
function unquoted(literal: string): string {
  const plain: Record<string, string> = { n: '\n', t: '\t', r: '\r' };
  return literal.slice(1, -1).replaceAll(/\\(.)/g, (_, letter: string) => plain[letter] ?? letter);
}

export function parseXl(text: string): XlFile {
  return new Parser(text).file();
}
