/** Template arguments and parameters of mangled C++ names, and what constrains them (Itanium C++ ABI, sections 5.1.5.8 to 5.1.5.10). */
import { Cursor, NotMangled } from './itaniumCursor.ts';
import { Declared, type Node, Pack, PackList, Plain, Reference, Sequence } from './itaniumNodes.ts';

export abstract class TemplateParser extends Cursor {
  /**
   * What T_, TL0__ and so on stand for: the arguments of the innermost template around, then the parameters that lambdas and template template
   * parameters declare; undefined for a lambda's without names.
   */
  protected templateLists: (Node[] | undefined)[] = [];
  private readonly pending: { reference: Reference; index: number }[] = [];
  protected mayReferForward = false;
  /** Which of the lists belongs to the lambda whose parameters are read; -1: none. */
  private lambdaLevel = -1;
  /** Inside a constraint, where not all lists around are known: parameters stand for themselves there. */
  private inConstraint = false;
  /** Parameters that were given a name, of each kind. */
  private readonly invented = { T: 0, N: 0, TT: 0 };

  protected abstract encoding(): Node;
  protected abstract name(): Node;
  protected abstract type(): Node;
  protected abstract expression(): Node;
  protected abstract literal(): Node;

  /** @param own whether T_ means these arguments from now on */
  protected arguments(own: boolean): Node[] {
    this.expect('I');
    const meant: Node[] = [];
    if (own) this.templateLists = [meant];
    const args: Node[] = [];
    while (!this.take('E')) {
      // an argument has nothing to do with those before it
      const arg = own ? this.withoutTemplates(() => this.argument()) : this.argument();
      args.push(arg);
      // as an argument a pack is all of its elements; what refers to it means one at a time
      meant.push(arg instanceof PackList ? new Pack(arg.elements) : arg);
      if (this.peek() !== 'Q') continue;
      // not written, as llvm's tools do
      this.constraint();
      this.expect('E');
      break;
    }
    return args;
  }

  /** A requires clause, if there is one. */
  protected constraint(): Node | undefined {
    if (!this.take('Q')) return undefined;
    const before = this.inConstraint;
    this.inConstraint = true;
    const expression = this.expression();
    this.inConstraint = before;
    return expression;
  }

  protected argument(): Node {
    return this.nested(() => {
      switch (this.peek()) {
        case 'X': {
          this.at++;
          const expression = this.expression();
          this.expect('E');
          return expression;
        }
        case 'J': {
          this.at++;
          const elements: Node[] = [];
          while (!this.take('E')) elements.push(this.argument());
          return new PackList(elements);
        }
        case 'L':
          if (this.peek(2) === 'LZ') {
            this.at += 2;
            const encoding = this.encoding();
            this.expect('E');
            return encoding;
          }
          return this.literal();
        case 'T':
          // an argument whose parameter is not what a caller would expect has the parameter before it
          if (this.declaresParameter()) {
            this.parameterDeclaration();
            return this.argument();
          }
          return this.type();
        default:
          return this.type();
      }
    });
  }

  protected templateParameter(): Node {
    const start = this.at;
    this.expect('T');
    let level = 0;
    if (this.take('L')) {
      level = (this.number() ?? 0) + 1;
      this.expect('_');
    }
    const index = this.sequence(10);
    if (this.inConstraint) return new Plain(this.text.slice(start, this.at - 1));
    if (this.mayReferForward && level === 0) {
      const reference = new Reference();
      this.pending.push({ reference, index });
      return reference;
    }
    const arg = this.templateLists[level]?.[index];
    if (arg !== undefined) return arg;
    // a generic lambda's parameter
    if (this.lambdaLevel !== level || level > this.templateLists.length) throw new NotMangled();
    if (level === this.templateLists.length) this.templateLists.push(undefined);
    return new Plain('auto');
  }

  protected resolvePending(): void {
    for (const { reference, index } of this.pending.splice(0)) {
      const arg = this.templateLists[0]?.[index];
      if (arg === undefined) throw new NotMangled();
      reference.target = arg;
    }
  }

  /** Reads with no template around, and brings those that are back afterwards. */
  protected withoutTemplates<T>(read: () => T): T {
    const { templateLists } = this;
    this.templateLists = [];
    const result = read();
    this.templateLists = templateLists;
    return result;
  }

  /** Reads with one list of parameters more. */
  private withParameters<T>(read: (list: Node[]) => T): T {
    const { length } = this.templateLists;
    const list: Node[] = [];
    this.templateLists.push(list);
    const result = read(list);
    this.templateLists.length = Math.min(this.templateLists.length, length);
    return result;
  }

  private declaresParameter(): boolean {
    return /^T[yptnk]/.test(this.peek(2));
  }

  /** @param list takes the parameter; none: it is only told what an argument is for */
  private parameterDeclaration(list?: Node[]): Node {
    return this.nested(() => {
      this.expect('T');
      const kind = this.peek();
      this.at++;
      switch (kind) {
        case 'y':
          return new Declared('typename ', this.inventedName('T', list));
        case 'k': {
          const constraint = this.name();
          return new Declared(new Sequence([constraint, ' ']), this.inventedName('T', list));
        }
        case 'n': {
          const name = this.inventedName('N', list);
          return new Declared(this.type(), name);
        }
        case 't':
          return this.templateTemplateParameter(this.inventedName('TT', list));
        case 'p': {
          const of = this.parameterDeclaration(list);
          if (!(of instanceof Declared)) throw new NotMangled();
          return of.asPack();
        }
        default:
          throw new NotMangled();
      }
    });
  }

  private templateTemplateParameter(name: Node): Node {
    return this.withParameters((inner) => {
      const parameters: Node[] = [];
      let constraint: Node | undefined;
      while (!this.take('E')) {
        parameters.push(this.parameterDeclaration(inner));
        constraint = this.constraint();
        if (constraint === undefined) continue;
        this.expect('E');
        break;
      }
      const head = new Sequence(['template<', new PackList(parameters), '> typename ']);
      return new Declared(head, constraint ? new Sequence([name, ' requires ', constraint]) : name);
    });
  }

  /** Parameters of lambdas have no names of their own in a mangled name. */
  private inventedName(kind: 'T' | 'N' | 'TT', list: Node[] | undefined): Node {
    const count = this.invented[kind]++;
    const name = new Plain(`$${kind}${count === 0 ? '' : count - 1}`);
    list?.push(name);
    return name;
  }

  protected unnamed(): Node {
    if (this.take('Ut')) {
      const number = this.number();
      this.expect('_');
      return new Plain(`'unnamed${number ?? ''}'`);
    }
    this.expect('Ul');
    const outer = this.lambdaLevel;
    this.lambdaLevel = this.templateLists.length;
    const parts = this.withParameters((list) => this.lambdaParameters(list));
    this.lambdaLevel = outer;
    this.expect('E');
    const number = this.number();
    this.expect('_');
    return new Sequence([`'lambda${number ?? ''}'`, ...parts]);
  }

  private lambdaParameters(list: Node[]): (Node | string)[] {
    const parts: (Node | string)[] = [];
    const declared: Node[] = [];
    while (this.declaresParameter()) declared.push(this.parameterDeclaration(list));
    if (declared.length > 0) parts.push('<', new PackList(declared), '>');
    else this.templateLists.pop();
    const before = this.constraint();
    if (before) parts.push(' requires ', before, ' ');
    const parameters: Node[] = [];
    if (!this.take('v')) while (!/[EQ]/.test(this.peek())) parameters.push(this.type());
    parts.push('(', new PackList(parameters), ')');
    const after = this.constraint();
    if (after) parts.push(' requires ', after);
    return parts;
  }
}
