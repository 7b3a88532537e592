/** Expressions in mangled C++ names (Itanium C++ ABI, section 5.1.6). */
import { operators } from './itaniumCodes.ts';
import { NotMangled } from './itaniumCursor.ts';
import { CONDITIONAL, Expansion, type Node, Operand, Pack, PackList, Plain, Sequence, Template, UNARY } from './itaniumNodes.ts';
import { TypeParser } from './itaniumTypes.ts';

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

export abstract class ExpressionParser extends TypeParser {
  protected abstract operatorName(): Node;

  protected literal(): Node {
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

  protected expression(): Node {
    return this.nested(() => this.expressionWithin());
  }

  protected expressionWithin(): Node {
    const code = this.peek(2);
    if (code.startsWith('L')) return this.literal();
    if (code.startsWith('T')) return this.templateParameter();
    if (/^f[pL]/.test(code)) return this.functionParameter();
    const isGlobal = this.take('gs');
    const operator = operators[this.peek(2)];
    switch (this.peek(2)) {
      case 'sr':
        return this.unresolved();
      case 'rq':
      case 'rQ':
        return this.requiresExpression();
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
        const operand = (node: Node, limit: number): Node => new Operand(node, limit);
        const parts = [operand(condition, CONDITIONAL), ' ? ', operand(yes, 99), ' : ', operand(no, ASSIGNMENT + 1)];
        return new Sequence(parts, undefined, CONDITIONAL);
      }
      default:
    }
    if (operator && operator[1] > 0) {
      this.at += 2;
      this.take('_');
      const left = this.expression();
      if (operator[1] === 1) return new Sequence([operator[0], new Operand(left, UNARY)], undefined, UNARY);
      const right = this.expression();
      const precedence = precedenceOf(operator[0]);
      const assigns = precedence === ASSIGNMENT ? 1 : 0;
      const gap = operator[0] === ',' ? ', ' : operator[0] === '->*' ? '->*' : ` ${operator[0]} `;
      const parts = [new Operand(left, precedence + 1 - assigns), gap, new Operand(right, precedence + assigns)];
      // a > would end the template's arguments
      if (operator[0] === '>' || operator[0] === '>>') return new Sequence(['(', ...parts, ')']);
      return new Sequence(parts, undefined, precedence);
    }
    return this.unresolved();
  }

  private requiresExpression(): Node {
    const parts: (Node | string)[] = ['requires '];
    if (this.take('rQ')) {
      const parameters: Node[] = [];
      while (!this.take('_')) parameters.push(this.type());
      if (parameters.length > 0) parts.push('(', new PackList(parameters), ') ');
    } else this.expect('rq');
    parts.push('{');
    do parts.push(...this.requirement(), ';');
    while (!this.take('E'));
    return new Sequence([...parts, ' }']);
  }

  private requirement(): (Node | string)[] {
    if (this.take('T')) return [' typename ', this.type()];
    if (this.take('Q')) return [' requires ', this.expression()];
    this.expect('X');
    const expression = this.expression();
    const isNoexcept = this.take('N');
    const constraint = this.take('R') ? this.name() : undefined;
    if (!isNoexcept && !constraint) return [' ', expression];
    return [' {', expression, '}', isNoexcept ? ' noexcept' : '', ...(constraint ? [' -> ', constraint] : [])];
  }

  protected expressions(): Node[] {
    const list: Node[] = [];
    while (!this.take('E')) list.push(this.expression());
    return list;
  }

  protected functionParameter(): Node {
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
  protected unresolved(): Node {
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

  protected simpleId(): Node {
    const name = new Plain(this.sourceText());
    return this.peek() === 'I' ? new Template(name, this.arguments(false)) : name;
  }
}
