/** The parts of a demangled C++ name, and how they are written. Types have a left and a right half, around what they declare. */

/** Longer results are not worth reading, and a short hostile name can mean an endless one. */
export const MAX_TEXT = 64 * 1024;

export class NameTooLong extends Error {}

/** State of writing: which element of parameter packs is meant. */
export interface Writing {
  packIndex: number;
  /** Length of the longest pack met since the expansion began; -1: none. */
  packLength: number;
  budget: number;
}

export abstract class Node {
  abstract left(w: Writing): string;
  right(w: Writing): string {
    w.budget--;
    return '';
  }
  /** Whether something stands to the right of what is declared: functions and arrays. */
  get wraps(): 'function' | 'array' | undefined {
    return undefined;
  }
  /** Last part of the name, which constructors and destructors repeat. */
  // eslint-disable-next-line @typescript-eslint/class-literal-property-style -- what overrides it computes
  get base(): string {
    return '';
  }
  text(w: Writing): string {
    const text = this.left(w) + this.right(w);
    w.budget -= text.length;
    if (w.budget < 0) throw new NameTooLong();
    return text;
  }
}

export class Plain extends Node {
  readonly name: string;
  readonly baseName: string;
  constructor(name: string, baseName = name) {
    super();
    this.name = name;
    this.baseName = baseName;
  }
  left(): string {
    return this.name;
  }
  override get base(): string {
    return this.baseName;
  }
}

/** How tightly expressions hold together; names and calls are PRIMARY. */
export const PRIMARY = 0;
export const UNARY = 2;
export const CONDITIONAL = 16;

/** An operand, in parentheses where it holds together less tightly than `limit`. */
export class Operand extends Node {
  readonly child: Node;
  readonly limit: number;
  constructor(child: Node, limit: number) {
    super();
    this.child = child;
    this.limit = limit;
  }
  left(w: Writing): string {
    const { child } = this;
    const text = child.text(w);
    return child instanceof Sequence && child.precedence >= this.limit ? `(${text})` : text;
  }
}

/** Parts one after another, with text between them. */
export class Sequence extends Node {
  readonly parts: readonly (Node | string)[];
  readonly precedence: number;
  private readonly named: Node | undefined;
  constructor(parts: readonly (Node | string)[], named?: Node, precedence = PRIMARY) {
    super();
    this.parts = parts;
    this.named = named;
    this.precedence = precedence;
  }
  left(w: Writing): string {
    return this.parts.map((part) => (typeof part === 'string' ? part : part.text(w))).join('');
  }
  override get base(): string {
    return this.named?.base ?? '';
  }
}

export const listText = (nodes: readonly Node[], w: Writing): string =>
  nodes
    .map((node) => node.text(w))
    .filter((text) => text !== '')
    .join(', ');

export class Template extends Node {
  readonly name: Node;
  readonly args: readonly Node[];
  constructor(name: Node, args: readonly Node[]) {
    super();
    this.name = name;
    this.args = args;
  }
  left(w: Writing): string {
    return `${this.name.text(w)}<${listText(this.args, w)}>`;
  }
  override get base(): string {
    return this.name.base;
  }
}

/** const, volatile, restrict and the qualifiers vendors add. */
export class Qualified extends Node {
  readonly child: Node;
  readonly qualifiers: string;
  constructor(child: Node, qualifiers: string) {
    super();
    this.child = child;
    this.qualifiers = qualifiers;
  }
  left(w: Writing): string {
    return this.child.left(w) + this.qualifiers;
  }
  override right(w: Writing): string {
    return this.child.right(w);
  }
  override get wraps(): 'function' | 'array' | undefined {
    return this.child.wraps;
  }
}

export class Pointer extends Node {
  readonly child: Node;
  readonly mark: string;
  constructor(child: Node, mark: string) {
    super();
    this.child = child;
    this.mark = mark;
  }
  left(w: Writing): string {
    const { mark, target } = this.collapsed(w);
    const { wraps } = target;
    return `${target.left(w)}${wraps === 'array' ? ' ' : ''}${wraps ? '(' : ''}${mark}`;
  }
  override right(w: Writing): string {
    const { target } = this.collapsed(w);
    return `${target.wraps ? ')' : ''}${target.right(w)}`;
  }
  /** A reference to a reference is one reference, to an rvalue only where both are. */
  private collapsed(w: Writing): { mark: string; target: Node } {
    let { mark } = this;
    let target = resolved(this.child, w);
    while (mark !== '*' && target instanceof Pointer && target.mark !== '*') {
      if (target.mark === '&') mark = '&';
      target = resolved(target.child, w);
    }
    return { mark, target };
  }
}

/** What a node stands for: packs and references to template arguments are looked through. */
function resolved(node: Node, w: Writing): Node {
  let at = node;
  for (let hop = 0; hop < 64; hop++) {
    const next: Node | undefined = at instanceof Pack ? at.element(w) : at instanceof Reference ? at.target : undefined;
    if (next === undefined) return at;
    at = next;
  }
  return at;
}

export class MemberPointer extends Node {
  readonly owner: Node;
  readonly member: Node;
  constructor(owner: Node, member: Node) {
    super();
    this.owner = owner;
    this.member = member;
  }
  left(w: Writing): string {
    return `${this.member.left(w)}${this.member.wraps ? '(' : ' '}${this.owner.text(w)}::*`;
  }
  override right(w: Writing): string {
    return `${this.member.wraps ? ')' : ''}${this.member.right(w)}`;
  }
}

export class ArrayType extends Node {
  readonly element: Node;
  readonly size: Node | undefined;
  constructor(element: Node, size: Node | undefined) {
    super();
    this.element = element;
    this.size = size;
  }
  left(w: Writing): string {
    return this.element.left(w);
  }
  override right(w: Writing): string {
    return ` [${this.size?.text(w) ?? ''}]${this.element.right(w).replace(/^ \[/, '[')}`;
  }
  override get wraps(): 'array' | undefined {
    return this.size === this.element ? undefined : 'array';
  }
}

export class FunctionType extends Node {
  readonly result: Node | undefined;
  /** Undefined for the type of a function without a name. */
  readonly name: Node | undefined;
  readonly parameters: readonly Node[];
  /** Qualifiers, reference and exception specification that follow the parameters. */
  readonly tail: Node | string;
  constructor(result: Node | undefined, name: Node | undefined, parameters: readonly Node[], tail: Node | string) {
    super();
    this.result = result;
    this.name = name;
    this.parameters = parameters;
    this.tail = tail;
  }
  left(w: Writing): string {
    const result = this.result ? `${this.result.left(w)}${this.result.wraps && this.name ? '' : ' '}` : '';
    return result + (this.name?.text(w) ?? '');
  }
  override right(w: Writing): string {
    const tail = typeof this.tail === 'string' ? this.tail : this.tail.text(w);
    return `(${listText(this.parameters, w)})${this.result?.right(w) ?? ''}${tail}`;
  }
  override get wraps(): 'function' | undefined {
    return this.name ? undefined : 'function';
  }
  override get base(): string {
    return this.name?.base ?? '';
  }
}

/** Arguments that stand where one is expected; which one is meant depends on the expansion around it. */
export class Pack extends Node {
  readonly elements: readonly Node[];
  constructor(elements: readonly Node[]) {
    super();
    this.elements = elements;
  }
  element(w: Writing): Node | undefined {
    if (w.packLength < 0) w.packLength = this.elements.length;
    return this.elements[w.packIndex];
  }
  left(w: Writing): string {
    return this.element(w)?.left(w) ?? '';
  }
  override right(w: Writing): string {
    return this.element(w)?.right(w) ?? '';
  }
  override get wraps(): 'function' | 'array' | undefined {
    return this.elements[0]?.wraps;
  }
}

/** All elements of an argument pack, in a list of template arguments. */
export class PackList extends Node {
  readonly elements: readonly Node[];
  constructor(elements: readonly Node[]) {
    super();
    this.elements = elements;
  }
  left(w: Writing): string {
    return listText(this.elements, w);
  }
}

/** A pattern written once for each element of the packs in it. */
export class Expansion extends Node {
  readonly child: Node;
  constructor(child: Node) {
    super();
    this.child = child;
  }
  left(w: Writing): string {
    const { packIndex, packLength } = w;
    w.packIndex = 0;
    w.packLength = -1;
    const parts = [this.child.text(w)];
    const length: number = w.packLength;
    for (w.packIndex = 1; w.packIndex < length; w.packIndex++) parts.push(this.child.text(w));
    w.packIndex = packIndex;
    w.packLength = packLength;
    if (length < 0) return `${parts[0]!}...`;
    return length === 0 ? '' : parts.join(', ');
  }
}

/** A template parameter met before its argument: the type of a conversion operator. */
export class Reference extends Node {
  target: Node | undefined;
  private busy = false;
  left(w: Writing): string {
    return this.guarded(() => this.target?.left(w) ?? '');
  }
  override right(w: Writing): string {
    return this.guarded(() => this.target?.right(w) ?? '');
  }
  override get wraps(): 'function' | 'array' | undefined {
    if (this.busy) return undefined;
    this.busy = true;
    const { target } = this;
    const wraps = target?.wraps;
    this.busy = false;
    return wraps;
  }
  private guarded(write: () => string): string {
    if (this.busy) return '';
    this.busy = true;
    try {
      return write();
    } finally {
      this.busy = false;
    }
  }
}

/** A template parameter as it is declared: its type or keyword, and its name. */
export class Declared extends Node {
  private readonly what: Node | string;
  private readonly name: Node;
  private readonly isPack: boolean;
  constructor(what: Node | string, name: Node, isPack = false) {
    super();
    this.what = what;
    this.name = name;
    this.isPack = isPack;
  }
  left(w: Writing): string {
    const { what } = this;
    const left = typeof what === 'string' ? what : what.left(w);
    const gap = typeof what === 'string' || what instanceof Sequence || what.wraps ? '' : ' ';
    return `${left}${gap}${this.isPack ? '...' : ''}`;
  }
  override right(w: Writing): string {
    return this.name.text(w) + (typeof this.what === 'string' ? '' : this.what.right(w));
  }
  asPack(): Declared {
    return new Declared(this.what, this.name, true);
  }
}
