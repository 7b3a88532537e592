/** Names mangled by C++ compilers (Itanium C++ ABI, section 5.1), written as llvm's tools write them. */
import { builtins, operators, specials, standard, standardTemplates } from './itaniumCodes.ts';
import * as nodes from './itaniumNodes.ts';
import {
  Expansion,
  FunctionType,
  type Node,
  Pack,
  PackList,
  Plain,
  Pointer,
  Qualified,
  Reference,
  Sequence,
  Template,
} from './itaniumNodes.ts';

/** The name is not mangled in this way, or in a way that is not known here. */
class NotMangled extends Error {}

const MAX_DEPTH = 256;

/** @returns undefined where the name is no C++ name that is understood as a whole */
export function demangleItanium(mangled: string): string | undefined {
  if (!/^_{1,4}Z/.test(mangled) || mangled.length > 16 * 1024) return undefined;
  try {
    const parser = new Parser(mangled, mangled.indexOf('Z') + 1);
    const node = parser.encoding();
    const suffix = parser.rest();
    if (suffix !== '' && !suffix.startsWith('.')) return undefined;
    const text = node.text({ packIndex: 0, packLength: -1, budget: nodes.MAX_TEXT });
    return suffix === '' ? text : `${text} (${suffix})`;
  } catch (error) {
    if (error instanceof NotMangled || error instanceof nodes.NameTooLong) return undefined;
    throw error;
  }
}

const ASSIGNMENT = 17;
const precedences: Readonly<Record<string, number>> = {
  '->*': 4,
  '*': 5,
  '/': 5,
  '%': 5,
  '+': 6,
  '-': 6,
  '<<': 7,
  '>>': 7,
  '<=>': 8,
  '<': 9,
  '>': 9,
  '<=': 9,
  '>=': 9,
  '==': 10,
  '!=': 10,
  '&': 11,
  '^': 12,
  '|': 13,
  '&&': 14,
  '||': 15,
  ',': 18,
};

const precedenceOf = (operator: string): number => precedences[operator] ?? ASSIGNMENT;

/** What a name tells of the function it belongs to. */
interface NameState {
  qualifiers: string;
  /** Ends with template arguments: the encoding has a return type. */
  isTemplate: boolean;
  /** Constructors, destructors and conversions have no return type. */
  isUntyped: boolean;
}

class Parser {
  private readonly text: string;
  private at: number;
  private depth = 0;
  private substitutions: Node[] = [];
  /** Arguments of the templates around; the last list is the one that T_ means. */
  private templateArgs: Node[] = [];
  private readonly pending: { reference: Reference; index: number }[] = [];
  private mayReferForward = false;
  private lambdaParameters = 0;

  constructor(text: string, at: number) {
    this.text = text;
    this.at = at;
  }

  rest(): string {
    return this.text.slice(this.at);
  }

  private peek(length = 1): string {
    return this.text.slice(this.at, this.at + length);
  }

  private take(expected: string): boolean {
    if (!this.text.startsWith(expected, this.at)) return false;
    this.at += expected.length;
    return true;
  }

  private expect(expected: string): void {
    if (!this.take(expected)) throw new NotMangled();
  }

  private nested<T>(read: () => T): T {
    if (++this.depth > MAX_DEPTH) throw new NotMangled();
    const result = read();
    this.depth--;
    return result;
  }

  private remembered(node: Node): Node {
    this.substitutions.push(node);
    return node;
  }

  private number(): number | undefined {
    const digits = /^n?\d+/.exec(this.text.slice(this.at, this.at + 24))?.[0];
    if (digits === undefined) return undefined;
    this.at += digits.length;
    return Number(digits.replace('n', '-'));
  }

  /** `_` is 0, `0_` is 1 and so on, in the given base. */
  private sequence(base: number): number {
    if (this.take('_')) return 0;
    const digits = /^[0-9A-Z]{1,8}(?=_)/.exec(this.text.slice(this.at, this.at + 12))?.[0];
    if (digits === undefined) throw new NotMangled();
    this.at += digits.length + 1;
    return parseInt(digits, base) + 1;
  }

  encoding(): Node {
    return this.nested(() => {
      if (this.peek() === 'T' || this.peek(2) === 'GV' || this.peek(2) === 'GR' || this.peek(2) === 'GT') return this.special();
      const state: NameState = { qualifiers: '', isTemplate: false, isUntyped: false };
      const outerArgs = this.templateArgs;
      const name = this.name(state);
      this.resolvePending();
      if (this.at >= this.text.length || this.peek() === 'E' || this.peek() === '.') {
        this.templateArgs = outerArgs;
        return name;
      }
      const result = state.isTemplate && !state.isUntyped ? this.type() : undefined;
      const parameters = this.parameters();
      this.templateArgs = outerArgs;
      return new FunctionType(result, name, parameters, state.qualifiers);
    });
  }

  private parameters(): Node[] {
    if (this.take('v')) return [];
    const parameters: Node[] = [];
    while (this.at < this.text.length && !'E.'.includes(this.peek()) && !this.endsParameters()) parameters.push(this.type());
    return parameters;
  }

  private endsParameters(): boolean {
    return /^(?:[RO]E|Q)/.test(this.peek(2));
  }

  private special(): Node {
    const code = this.peek(2);
    if (code in specials) {
      this.at += 2;
      const isName = code === 'GV' || code === 'TH' || code === 'TW';
      return new Sequence([specials[code]!, isName ? this.name() : this.type()]);
    }
    if (this.take('TC')) {
      const whole = this.type();
      this.number();
      this.expect('_');
      return new Sequence(['construction vtable for ', this.type(), '-in-', whole]);
    }
    if (this.take('GR')) {
      const name = this.name();
      const index = this.sequence(36);
      return new Sequence([`reference temporary #${index} for `, name]);
    }
    if (this.take('Tc')) {
      this.callOffset();
      this.callOffset();
      return new Sequence(['covariant return thunk to ', this.encoding()]);
    }
    this.expect('T');
    const isVirtual = this.peek() === 'v';
    this.callOffset();
    return new Sequence([isVirtual ? 'virtual thunk to ' : 'non-virtual thunk to ', this.encoding()]);
  }

  private callOffset(): void {
    if (this.take('h')) {
      this.number();
    } else {
      this.expect('v');
      this.number();
      this.expect('_');
      this.number();
    }
    this.expect('_');
  }

  private name(state?: NameState): Node {
    return this.nested(() => {
      if (this.peek() === 'N') return this.nestedName(state);
      if (this.peek() === 'Z') return this.localName(state);
      if (this.peek() === 'S' && this.peek(2) !== 'St') {
        const known = this.substitution();
        if (this.peek() !== 'I') throw new NotMangled();
        const args = this.arguments(state !== undefined);
        if (state) state.isTemplate = true;
        return new Template(known, args);
      }
      const name = this.take('St') ? new Sequence(['std::', this.unqualified(state)]) : this.unqualified(state);
      if (this.peek() !== 'I') return name;
      this.remembered(name);
      const args = this.arguments(state !== undefined);
      if (state) state.isTemplate = true;
      return new Template(name, args);
    });
  }

  private localName(state?: NameState): Node {
    this.expect('Z');
    const around = this.encoding();
    this.expect('E');
    if (this.take('s')) {
      this.discriminator();
      return new Sequence([around, '::string literal']);
    }
    if (this.take('d')) {
      this.number();
      this.expect('_');
      return new Sequence([around, '::', this.name(state)]);
    }
    const entity = this.name(state);
    this.discriminator();
    return new Sequence([around, '::', entity], entity);
  }

  private discriminator(): void {
    const text = /^_(?:_\d+_|\d)/.exec(this.text.slice(this.at, this.at + 12))?.[0];
    if (text !== undefined) this.at += text.length;
  }

  private nestedName(state?: NameState): Node {
    this.expect('N');
    const qualifiers = this.qualifiers();
    let tail = qualifiers;
    if (this.take('O')) tail += ' &&';
    else if (this.take('R')) tail += ' &';
    if (state) state.qualifiers = tail;
    let so: Node | undefined;
    while (!this.take('E')) {
      if (state) state.isTemplate = false;
      this.take('L');
      if (this.take('M')) {
        // a data member's initializer: what follows belongs to it
        if (!so) throw new NotMangled();
        continue;
      }
      if (this.peek() === 'T') {
        so = this.remembered(so ? new Sequence([so, '::', this.templateParameter()]) : this.templateParameter());
      } else if (this.peek() === 'I') {
        if (!so) throw new NotMangled();
        const args = this.arguments(state !== undefined);
        so = this.remembered(new Template(so, args));
        if (state) state.isTemplate = true;
      } else if (this.peek(2) === 'Dt' || this.peek(2) === 'DT') {
        so = this.remembered(this.decltype());
      } else if (this.peek() === 'S' && this.peek(2) !== 'St') {
        const before = this.at;
        const code = this.peek(2);
        const known = this.substitution();
        const isMember = code in standardTemplates && /^(?:C[I0-9]|D[0-9])/.test(this.peek(2));
        const full = isMember ? standardTemplates[code]! : undefined;
        so = full ? new Plain(full[0], full[1]) : known;
        if (this.at === before) throw new NotMangled();
      } else {
        const std = this.take('St');
        const part = this.unqualified(state, so);
        so = this.remembered(std ? new Sequence(['std::', part], part) : so ? new Sequence([so, '::', part], part) : part);
      }
    }
    if (!so) throw new NotMangled();
    // the whole name is no substitution of its own
    this.substitutions.pop();
    return so;
  }

  private qualifiers(): string {
    let restrict = false;
    let volatile = false;
    let constant = false;
    if (this.take('r')) restrict = true;
    if (this.take('V')) volatile = true;
    if (this.take('K')) constant = true;
    return `${constant ? ' const' : ''}${volatile ? ' volatile' : ''}${restrict ? ' restrict' : ''}`;
  }

  /** @param scope what comes before, whose name constructors repeat */
  private unqualified(state?: NameState, scope?: Node): Node {
    this.take('L');
    const start = this.peek();
    let node: Node;
    if (start >= '1' && start <= '9') node = this.sourceName();
    else if (start === 'U') node = this.unnamed();
    else if (start === 'C' || (start === 'D' && /^D[0-9]/.test(this.peek(2)))) node = this.constructorName(state, scope);
    else if (this.take('DC')) node = this.structuredBinding();
    else node = this.operatorName(state);
    while (this.take('B')) node = new Sequence([node, `[abi:${this.sourceText()}]`], node);
    return node;
  }

  private structuredBinding(): Node {
    const names: string[] = [];
    while (!this.take('E')) names.push(this.sourceText());
    return new Plain(`[${names.join(', ')}]`);
  }

  private sourceText(): string {
    const length = this.number();
    if (length === undefined || length <= 0 || this.at + length > this.text.length) throw new NotMangled();
    const text = this.text.slice(this.at, this.at + length);
    this.at += length;
    return text;
  }

  private sourceName(): Node {
    const text = this.sourceText();
    return new Plain(/^_GLOBAL_[._$]?N/.test(text) || text.startsWith('_GLOBAL__N') ? '(anonymous namespace)' : text);
  }

  private constructorName(state: NameState | undefined, scope: Node | undefined): Node {
    const isDestructor = this.take('D');
    if (!isDestructor) this.expect('C');
    const inherits = !isDestructor && this.take('I');
    if (!/[0-9]/.test(this.peek())) throw new NotMangled();
    this.at++;
    if (inherits) this.name();
    if (state) state.isUntyped = true;
    if (!scope) throw new NotMangled();
    return new Plain(`${isDestructor ? '~' : ''}${scope.base}`);
  }

  private unnamed(): Node {
    if (this.take('Ut')) {
      const number = this.number();
      this.expect('_');
      return new Plain(`'unnamed${number ?? ''}'`);
    }
    this.expect('Ul');
    const outer = this.templateArgs;
    this.lambdaParameters++;
    const parameters: Node[] = [];
    while (/^T[ynptk]/.test(this.peek(2))) this.templateParameterDeclaration();
    if (!this.take('vE')) while (!this.take('E')) parameters.push(this.type());
    this.lambdaParameters--;
    this.templateArgs = outer;
    const number = this.number();
    this.expect('_');
    return new Sequence([`'lambda${number ?? ''}'(`, new PackList(parameters), ')']);
  }

  private templateParameterDeclaration(): void {
    this.expect('T');
    if (this.take('n')) this.type();
    else if (this.take('p')) this.templateParameterDeclaration();
    else if (!this.take('y')) throw new NotMangled();
  }

  private operatorName(state?: NameState): Node {
    if (this.take('cv')) {
      const before = this.mayReferForward;
      this.mayReferForward = before || state !== undefined;
      const target = this.type();
      this.mayReferForward = before;
      if (state) state.isUntyped = true;
      return new Sequence(['operator ', target]);
    }
    if (this.take('li')) return new Plain(`operator"" ${this.sourceText()}`);
    if (/^v\d/.test(this.peek(2))) {
      this.at += 2;
      return new Plain(`operator ${this.sourceText()}`);
    }
    const operator = operators[this.peek(2)];
    if (!operator) throw new NotMangled();
    this.at += 2;
    return new Plain(`operator${operator[0]}`);
  }

  /** @param own whether T_ means these arguments from now on */
  private arguments(own: boolean): Node[] {
    this.expect('I');
    const isOuter = own && this.lambdaParameters === 0;
    if (isOuter) this.templateArgs = [];
    const args: Node[] = [];
    while (!this.take('E')) {
      const arg = this.argument();
      args.push(arg);
      // as an argument a pack is all of its elements; what refers to it means one at a time
      if (isOuter) this.templateArgs.push(arg instanceof PackList ? new Pack(arg.elements) : arg);
      if (this.take('Q')) this.expression();
    }
    return args;
  }

  private argument(): Node {
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
        default:
          return this.type();
      }
    });
  }

  private templateParameter(): Node {
    this.expect('T');
    if (this.take('L')) {
      this.number();
      this.expect('_');
    }
    const index = this.sequence(10);
    if (this.lambdaParameters > 0 && index >= this.templateArgs.length) return new Plain('auto');
    const arg = this.templateArgs[index];
    if (arg !== undefined && !this.mayReferForward) return arg;
    if (!this.mayReferForward) throw new NotMangled();
    const reference = new Reference();
    this.pending.push({ reference, index });
    return reference;
  }

  private resolvePending(): void {
    for (const { reference, index } of this.pending.splice(0)) {
      const arg = this.templateArgs[index];
      if (arg === undefined) throw new NotMangled();
      reference.target = arg;
    }
  }

  private substitution(): Node {
    const known = standard[this.peek(2)];
    if (known) {
      this.at += 2;
      const node = new Plain(known[0], known[1]);
      if (this.peek() !== 'B') return node;
      let tagged: Node = node;
      while (this.take('B')) tagged = new Sequence([tagged, `[abi:${this.sourceText()}]`], tagged);
      return this.remembered(tagged);
    }
    this.expect('S');
    const node = this.substitutions[this.sequence(36)];
    if (!node) throw new NotMangled();
    return node;
  }

  private type(): Node {
    return this.nested(() => this.typeWithin());
  }

  private typeWithin(): Node {
    const start = this.peek();
    switch (start) {
      case 'r':
      case 'V':
      case 'K': {
        const qualifiers = this.qualifiers();
        if (this.peek() === 'F' || /^D[oOwx]/.test(this.peek(2))) return this.remembered(this.functionType(qualifiers));
        return this.remembered(new Qualified(this.type(), qualifiers));
      }
      case 'U': {
        this.at++;
        const vendor = this.sourceText();
        const args = this.peek() === 'I' ? this.arguments(false) : undefined;
        const child = this.type();
        return this.remembered(new Sequence([child, ' ', args ? new Template(new Plain(vendor), args) : vendor]));
      }
      case 'P':
        this.at++;
        return this.remembered(new Pointer(this.type(), '*'));
      case 'R':
        this.at++;
        return this.remembered(new Pointer(this.type(), '&'));
      case 'O':
        this.at++;
        return this.remembered(new Pointer(this.type(), '&&'));
      case 'C':
        this.at++;
        return this.remembered(new Sequence([this.type(), ' complex']));
      case 'G':
        this.at++;
        return this.remembered(new Sequence([this.type(), ' imaginary']));
      case 'F':
        return this.remembered(this.functionType(''));
      case 'A':
        return this.remembered(this.arrayType());
      case 'M': {
        this.at++;
        const owner = this.type();
        return this.remembered(new nodes.MemberPointer(owner, this.type()));
      }
      case 'T': {
        if (/^T[sue]/.test(this.peek(2))) {
          const keyword = { s: 'struct ', u: 'union ', e: 'enum ' }[this.peek(2)[1] as 's' | 'u' | 'e'];
          this.at += 2;
          return this.remembered(new Sequence([keyword, this.name()]));
        }
        const parameter = this.remembered(this.templateParameter());
        if (this.peek() !== 'I' || this.mayReferForward) return parameter;
        return this.remembered(new Template(parameter, this.arguments(false)));
      }
      case 'S': {
        if (this.peek(2) === 'St') return this.remembered(this.name());
        const known = this.substitution();
        return this.peek() === 'I' ? this.remembered(new Template(known, this.arguments(false))) : known;
      }
      case 'D':
        return this.typeOfD();
      case 'u': {
        this.at++;
        return this.remembered(new Plain(this.sourceText()));
      }
      default: {
        const builtin = builtins[start];
        if (builtin !== undefined) {
          this.at++;
          return new Plain(builtin);
        }
        return this.remembered(this.name());
      }
    }
  }

  private typeOfD(): Node {
    const code = this.peek(2);
    if (code === 'Dp') {
      this.at += 2;
      return this.remembered(new Expansion(this.type()));
    }
    if (code === 'Dt' || code === 'DT') return this.remembered(this.decltype());
    if (/^D[oOwx]/.test(code)) return this.remembered(this.functionType(''));
    if (code === 'Dv') {
      this.at += 2;
      const length = this.take('_') ? this.expression() : new Plain(String(this.number() ?? ''));
      this.expect('_');
      return this.remembered(new Sequence([this.type(), ' vector[', length, ']']));
    }
    if (code === 'DF') {
      this.at += 2;
      const bits = this.number();
      if (this.take('b')) return new Plain('std::bfloat16_t');
      this.expect('_');
      return new Plain(`_Float${bits ?? ''}`);
    }
    const builtin = builtins[code];
    if (builtin === undefined) throw new NotMangled();
    this.at += 2;
    return new Plain(builtin);
  }

  private decltype(): Node {
    this.at += 2;
    const expression = this.expression();
    this.expect('E');
    return new Sequence(['decltype(', expression, ')']);
  }

  private functionType(qualifiers: string): Node {
    let exceptions: Node | string = '';
    if (this.take('Do')) exceptions = ' noexcept';
    else if (this.take('DO')) {
      exceptions = new Sequence([' noexcept(', this.expression(), ')']);
      this.expect('E');
    } else if (this.take('Dw')) {
      const types: Node[] = [];
      while (!this.take('E')) types.push(this.type());
      exceptions = new Sequence([' throw(', new PackList(types), ')']);
    }
    this.take('Dx');
    this.expect('F');
    this.take('Y');
    const result = this.type();
    const parameters = this.parameters();
    let reference = '';
    if (this.take('R')) reference = ' &';
    else if (this.take('O')) reference = ' &&';
    this.expect('E');
    return new FunctionType(result, undefined, parameters, new Sequence([qualifiers, reference, exceptions]));
  }

  private arrayType(): Node {
    this.expect('A');
    let size: Node | undefined;
    if (/\d/.test(this.peek())) size = new Plain(String(this.number()));
    else if (this.peek() !== '_') size = this.expression();
    this.expect('_');
    return new nodes.ArrayType(this.type(), size);
  }

  private literal(): Node {
    this.expect('L');
    if (this.take('_Z')) {
      const encoding = this.encoding();
      this.expect('E');
      return encoding;
    }
    const code = this.peek();
    if (this.take('b1E')) return new Plain('true');
    if (this.take('b0E')) return new Plain('false');
    if (this.take('DnE') || this.take('Dn0E')) return new Plain('nullptr');
    const suffixes: Record<string, string> = { i: '', j: 'u', l: 'l', m: 'ul', x: 'll', y: 'ull' };
    const type = this.type();
    const value = /^[^E]*(?=E)/.exec(this.text.slice(this.at, this.at + 256))?.[0];
    if (value === undefined) throw new NotMangled();
    this.at += value.length + 1;
    if (!/^n?\d+$/.test(value)) {
      if (value === '' || 'fde'.includes(code)) throw new NotMangled();
      return new Sequence(['(', type, ')', value]);
    }
    const number = value.replace('n', '-');
    return code in suffixes ? new Plain(number + suffixes[code]!) : new Sequence(['(', type, ')', number]);
  }

  private expression(): Node {
    return this.nested(() => this.expressionWithin());
  }

  private expressionWithin(): Node {
    const code = this.peek(2);
    if (code.startsWith('L')) return this.literal();
    if (code.startsWith('T')) return this.templateParameter();
    if (/^f[pL]/.test(code)) return this.functionParameter();
    const isGlobal = this.take('gs');
    const operator = operators[this.peek(2)];
    switch (this.peek(2)) {
      case 'sr':
        return this.unresolved();
      case 'nw':
      case 'na': {
        const word = `${isGlobal ? '::' : ''}${this.take('na') ? 'new[]' : 'new'}`;
        this.take('nw');
        const placement: Node[] = [];
        while (!this.take('_')) placement.push(this.expression());
        const where = placement.length > 0 ? ['(', new PackList(placement), ')'] : [];
        const type = this.type();
        if (!this.take('pi')) {
          this.expect('E');
          return new Sequence([word, ...where, ' ', type]);
        }
        const values = this.expressions();
        return new Sequence([word, ...where, ' ', type, ...(values.length > 0 ? ['(', new PackList(values), ')'] : [])]);
      }
      case 'sp':
        this.at += 2;
        return new Expansion(this.expression());
      case 'sZ': {
        this.at += 2;
        const pack = this.peek() === 'T' ? this.templateParameter() : this.functionParameter();
        return new Sequence(['sizeof...(', pack instanceof Pack ? new PackList(pack.elements) : new Expansion(pack), ')']);
      }
      case 'st':
      case 'at':
      case 'ti': {
        const word = { st: 'sizeof', at: 'alignof', ti: 'typeid' }[this.peek(2) as 'st'];
        this.at += 2;
        return new Sequence([`${word} (`, this.type(), ')']);
      }
      case 'sz':
      case 'az':
      case 'te':
      case 'nx': {
        const word = { sz: 'sizeof', az: 'alignof', te: 'typeid', nx: 'noexcept' }[this.peek(2) as 'sz'];
        this.at += 2;
        return new Sequence([`${word} (`, this.expression(), ')']);
      }
      case 'cl': {
        this.at += 2;
        const callee = this.expression();
        return new Sequence([callee, '(', new PackList(this.expressions()), ')']);
      }
      case 'cv': {
        this.at += 2;
        const type = this.type();
        const operands = this.take('_') ? this.expressions() : [this.expression()];
        return new Sequence(['(', type, ')(', new PackList(operands), ')']);
      }
      case 'sc':
      case 'dc':
      case 'rc':
      case 'cc': {
        const word = { sc: 'static_cast', dc: 'dynamic_cast', rc: 'reinterpret_cast', cc: 'const_cast' }[this.peek(2) as 'sc'];
        this.at += 2;
        const type = this.type();
        return new Sequence([`${word}<`, type, '>(', this.expression(), ')']);
      }
      case 'tl':
      case 'il': {
        const type = this.peek(2) === 'tl';
        this.at += 2;
        const head = type ? this.type() : '';
        return new Sequence([head, '{', new PackList(this.expressions()), '}']);
      }
      case 'dt':
      case 'pt': {
        const mark = this.peek(2) === 'dt' ? '.' : '->';
        this.at += 2;
        const left = this.expression();
        return new Sequence([left, mark, this.unresolved()]);
      }
      case 'ix': {
        this.at += 2;
        const left = this.expression();
        return new Sequence(['(', left, ')[', this.expression(), ']']);
      }
      case 'qu': {
        this.at += 2;
        const condition = this.expression();
        const yes = this.expression();
        const no = this.expression();
        const operand = (node: Node, limit: number): Node => new nodes.Operand(node, limit);
        const parts = [operand(condition, nodes.CONDITIONAL), ' ? ', operand(yes, 99), ' : ', operand(no, ASSIGNMENT + 1)];
        return new Sequence(parts, undefined, nodes.CONDITIONAL);
      }
      default:
    }
    if (operator && operator[1] > 0) {
      this.at += 2;
      this.take('_');
      const left = this.expression();
      if (operator[1] === 1) return new Sequence([operator[0], new nodes.Operand(left, nodes.UNARY)], undefined, nodes.UNARY);
      const right = this.expression();
      const precedence = precedenceOf(operator[0]);
      const assigns = precedence === ASSIGNMENT ? 1 : 0;
      const gap = operator[0] === ',' ? ', ' : operator[0] === '->*' ? '->*' : ` ${operator[0]} `;
      const parts = [new nodes.Operand(left, precedence + 1 - assigns), gap, new nodes.Operand(right, precedence + assigns)];
      // a > would end the template's arguments
      if (operator[0] === '>' || operator[0] === '>>') return new Sequence(['(', ...parts, ')']);
      return new Sequence(parts, undefined, precedence);
    }
    return this.unresolved();
  }

  private expressions(): Node[] {
    const list: Node[] = [];
    while (!this.take('E')) list.push(this.expression());
    return list;
  }

  private functionParameter(): Node {
    if (this.take('fpT')) return new Plain('this');
    if (this.take('fL')) {
      this.number();
      this.expect('p');
    } else {
      this.expect('fp');
    }
    this.qualifiers();
    const number = this.number();
    this.expect('_');
    return new Plain(`fp${number ?? ''}`);
  }

  /** A name in a scope that is not known before the template is used. */
  private unresolved(): Node {
    const parts: (Node | string)[] = [];
    if (this.take('srN')) {
      parts.push(this.type(), '::');
      while (!this.take('E')) parts.push(this.simpleId(), '::');
    } else if (this.take('sr')) {
      if (/\d/.test(this.peek())) {
        while (!this.take('E')) parts.push(this.simpleId(), '::');
      } else {
        parts.push(this.type(), '::');
      }
    }
    if (this.take('on')) parts.push(this.operatorName());
    else if (this.take('dn')) parts.push('~', /\d/.test(this.peek()) ? this.simpleId() : this.type());
    else parts.push(this.simpleId());
    if (this.peek() === 'I') parts.push(new Template(new Plain(''), this.arguments(false)));
    return new Sequence(parts);
  }

  private simpleId(): Node {
    const name = new Plain(this.sourceText());
    return this.peek() === 'I' ? new Template(name, this.arguments(false)) : name;
  }
}
