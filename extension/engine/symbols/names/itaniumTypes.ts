/** Types in mangled C++ names (Itanium C++ ABI, section 5.1.5). */
import { builtins, standard } from './itaniumCodes.ts';
import { NotMangled } from './itaniumCursor.ts';
import {
  ArrayType,
  Expansion,
  FunctionType,
  MemberPointer,
  type Node,
  PackList,
  Plain,
  Pointer,
  Qualified,
  Sequence,
  Template,
} from './itaniumNodes.ts';
import { TemplateParser } from './itaniumTemplates.ts';

export abstract class TypeParser extends TemplateParser {
  protected type(): Node {
    return this.nested(() => this.typeWithin());
  }

  protected typeWithin(): Node {
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
        return this.remembered(new MemberPointer(owner, this.type()));
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

  protected typeOfD(): Node {
    const code = this.peek(2);
    if (code === 'Dp') {
      this.at += 2;
      return this.remembered(new Expansion(this.type()));
    }
    if (code === 'Dt' || code === 'DT') return this.remembered(this.decltype());
    if (/^D[oOwx]/.test(code)) return this.remembered(this.functionType(''));
    if (code === 'Dk' || code === 'DK') {
      this.at += 2;
      return this.remembered(new Sequence([this.name(), code === 'DK' ? ' decltype(auto)' : ' auto']));
    }
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

  protected decltype(): Node {
    this.at += 2;
    const expression = this.expression();
    this.expect('E');
    return new Sequence(['decltype(', expression, ')']);
  }

  protected qualifiers(): string {
    let restrict = false;
    let volatile = false;
    let constant = false;
    if (this.take('r')) restrict = true;
    if (this.take('V')) volatile = true;
    if (this.take('K')) constant = true;
    return `${constant ? ' const' : ''}${volatile ? ' volatile' : ''}${restrict ? ' restrict' : ''}`;
  }

  protected functionType(qualifiers: string): Node {
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

  protected parameters(): Node[] {
    if (this.take('v')) return [];
    const parameters: Node[] = [];
    while (this.at < this.text.length && !'E.'.includes(this.peek()) && !this.endsParameters()) parameters.push(this.type());
    return parameters;
  }

  protected endsParameters(): boolean {
    return /^(?:[RO]E|Q)/.test(this.peek(2));
  }

  protected arrayType(): Node {
    this.expect('A');
    let size: Node | undefined;
    if (/\d/.test(this.peek())) size = new Plain(String(this.number()));
    else if (this.peek() !== '_') size = this.expression();
    this.expect('_');
    return new ArrayType(this.type(), size);
  }

  protected substitution(): Node {
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
}
