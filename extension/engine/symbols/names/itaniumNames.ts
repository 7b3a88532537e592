/** Names of functions, objects and scopes (Itanium C++ ABI, sections 5.1.2 to 5.1.4). */
import { operators, specials, standardTemplates } from './itaniumCodes.ts';
import { NotMangled } from './itaniumCursor.ts';
import { ExpressionParser } from './itaniumExpressions.ts';
import { FunctionType, type Node, Plain, Sequence, Template } from './itaniumNodes.ts';

/** What a name tells of the function it belongs to. */
interface NameState {
  qualifiers: string;
  /** Ends with template arguments: the encoding has a return type. */
  isTemplate: boolean;
  /** Constructors, destructors and conversions have no return type. */
  isUntyped: boolean;
  /** The first parameter is the object, declared with `this`. */
  hasObjectParameter: boolean;
}

export class NameParser extends ExpressionParser {
  encoding(): Node {
    return this.nested(() => {
      if (this.peek() === 'T' || this.peek(2) === 'GV' || this.peek(2) === 'GR' || this.peek(2) === 'GT') return this.special();
      // the templates around have nothing to do with those of the name
      return this.withoutTemplates(() => this.functionOrObject());
    });
  }

  private functionOrObject(): Node {
    const state: NameState = { qualifiers: '', isTemplate: false, isUntyped: false, hasObjectParameter: false };
    const name = this.name(state);
    this.resolvePending();
    if (this.at >= this.text.length || this.peek() === 'E' || this.peek() === '.') return name;
    const result = state.isTemplate && !state.isUntyped ? this.type() : undefined;
    const parameters = this.peek() === 'Q' ? [] : this.parameters();
    if (state.hasObjectParameter && parameters[0]) parameters[0] = new Sequence(['this ', parameters[0]]);
    const constraint = this.constraint();
    const tail = constraint ? new Sequence([state.qualifiers, ' requires ', constraint]) : state.qualifiers;
    return new FunctionType(result, name, parameters, tail);
  }

  protected special(): Node {
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

  protected callOffset(): void {
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

  protected name(state?: NameState): Node {
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

  protected localName(state?: NameState): Node {
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

  protected discriminator(): void {
    const text = /^_(?:_\d+_|\d)/.exec(this.text.slice(this.at, this.at + 12))?.[0];
    if (text !== undefined) this.at += text.length;
  }

  protected nestedName(state?: NameState): Node {
    this.expect('N');
    if (this.take('H')) {
      if (state) state.hasObjectParameter = true;
    } else {
      let tail = this.qualifiers();
      if (this.take('O')) tail += ' &&';
      else if (this.take('R')) tail += ' &';
      if (state) state.qualifiers = tail;
    }
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
        // a friend that is constrained belongs to the class it is declared in
        const isFriend = so !== undefined && this.take('F');
        const part = this.unqualified(state, so);
        so = this.remembered(
          std ? new Sequence(['std::', part], part) : so ? new Sequence([so, isFriend ? '::friend ' : '::', part], part) : part,
        );
      }
    }
    if (!so) throw new NotMangled();
    // the whole name is no substitution of its own
    this.substitutions.pop();
    return so;
  }

  /** @param scope what comes before, whose name constructors repeat */
  protected unqualified(state?: NameState, scope?: Node): Node {
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

  protected structuredBinding(): Node {
    const names: string[] = [];
    while (!this.take('E')) names.push(this.sourceText());
    return new Plain(`[${names.join(', ')}]`);
  }

  protected sourceName(): Node {
    const text = this.sourceText();
    return new Plain(/^_GLOBAL_[._$]?N/.test(text) || text.startsWith('_GLOBAL__N') ? '(anonymous namespace)' : text);
  }

  protected constructorName(state: NameState | undefined, scope: Node | undefined): Node {
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

  protected operatorName(state?: NameState): Node {
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
}
