/** Runs the call frame instructions of one function (DWARF 5, 6.4.2 and 6.4.3) and keeps the rows they describe. */
import { ByteReader } from './byteReader.ts';
import type { CfiSection, Fde } from './cfiEntries.ts';
import { readPointer } from './cfiPointer.ts';
import {
  AT_CFA,
  AT_EXPRESSION,
  type CfiFunction,
  type CfiRow,
  COLUMNS,
  IN_REGISTER,
  IS_CFA,
  IS_EXPRESSION,
  type RuleKind,
  SAME,
  UNDEFINED,
  UNSPECIFIED,
} from './cfiRow.ts';

/** No function has more; a hostile file must not claim all memory. */
const MAX_ROWS = 200_000;
const MAX_REMEMBERED = 256;
const MAX_EXPRESSIONS = 10_000;

const NO_CFA = -2;
const CFA_EXPRESSION = -1;

class Rules {
  cfaRegister = NO_CFA;
  cfaOffset = 0;
  readonly kinds = new Uint8Array(COLUMNS).fill(UNSPECIFIED);
  readonly values = new Float64Array(COLUMNS);

  copy(): Rules {
    const copy = new Rules();
    copy.take(this);
    return copy;
  }

  take(other: Rules): void {
    this.cfaRegister = other.cfaRegister;
    this.cfaOffset = other.cfaOffset;
    this.kinds.set(other.kinds);
    this.values.set(other.values);
  }
}

class Program {
  readonly rows: CfiRow[] = [];
  readonly expressions: Uint8Array[] = [];
  private readonly section: CfiSection;
  private readonly fde: Fde;
  private readonly rules = new Rules();
  private initial: Rules | null = null;
  private readonly remembered: Rules[] = [];
  private address: number;

  constructor(section: CfiSection, fde: Fde) {
    this.section = section;
    this.fde = fde;
    this.address = fde.start;
  }

  run(): void {
    const { cie } = this.fde;
    this.execute(cie.instructionsAt, cie.end);
    this.initial = this.rules.copy();
    this.execute(this.fde.instructionsAt, this.fde.end);
    this.keepRow(this.fde.start + this.fde.bytes);
  }

  private execute(from: number, to: number): void {
    const reader = new ByteReader(this.section.bytes.subarray(0, to), this.section.order, this.section.name, 0, from);
    while (reader.left > 0) {
      const opcode = reader.u8();
      const operand = opcode & 0x3f;
      if (opcode >= 0xc0) this.restore(operand);
      else if (opcode >= 0x80) this.set(operand, AT_CFA, this.factored(reader.uleb()));
      else if (opcode >= 0x40) this.advance(operand, reader);
      else this.extended(opcode, reader);
    }
  }

  /** Instructions whose high two bits are zero (DWARF 5, table 7.29), and the GNU ones. */
  private extended(opcode: number, reader: ByteReader): void {
    const { rules } = this;
    switch (opcode) {
      case 0x00: // nop
        return;
      case 0x01: // set_loc
        reader.skip(this.fde.cie.segmentBytes);
        this.moveTo(
          readPointer(reader, this.fde.cie.pointerEncoding, this.section.bases, this.fde.cie.addressSize, this.fde.start),
          reader,
        );
        return;
      case 0x02: // advance_loc1
        return this.advance(reader.u8(), reader);
      case 0x03: // advance_loc2
        return this.advance(reader.u16(), reader);
      case 0x04: // advance_loc4
        return this.advance(reader.u32(), reader);
      case 0x05: // offset_extended
        return this.set(reader.uleb(), AT_CFA, this.factored(reader.uleb()));
      case 0x06: // restore_extended
        return this.restore(reader.uleb());
      case 0x07: // undefined
        return this.set(reader.uleb(), UNDEFINED, 0);
      case 0x08: // same_value
        return this.set(reader.uleb(), SAME, 0);
      case 0x09: // register
        return this.set(reader.uleb(), IN_REGISTER, reader.uleb());
      case 0x0a: // remember_state
        if (this.remembered.length >= MAX_REMEMBERED) throw reader.fault('too-large', `remembers over ${MAX_REMEMBERED} states`);
        this.remembered.push(rules.copy());
        return;
      case 0x0b: {
        // restore_state
        const state = this.remembered.pop();
        if (state === undefined) throw reader.fault('corrupt', 'restores a state that was not remembered');
        rules.take(state);
        return;
      }
      case 0x0c: // def_cfa
        rules.cfaRegister = reader.uleb();
        rules.cfaOffset = reader.uleb();
        return;
      case 0x0d: // def_cfa_register
        if (rules.cfaRegister < 0) throw reader.fault('corrupt', 'changes the register of a CFA that has none');
        rules.cfaRegister = reader.uleb();
        return;
      case 0x0e: // def_cfa_offset
        return this.cfaOffset(reader, reader.uleb());
      case 0x0f: // def_cfa_expression
        rules.cfaRegister = CFA_EXPRESSION;
        rules.cfaOffset = this.expression(reader);
        return;
      case 0x10: // expression
        return this.set(reader.uleb(), AT_EXPRESSION, this.expression(reader));
      case 0x11: // offset_extended_sf
        return this.set(reader.uleb(), AT_CFA, this.factored(reader.sleb()));
      case 0x12: // def_cfa_sf
        rules.cfaRegister = reader.uleb();
        rules.cfaOffset = this.factored(reader.sleb());
        return;
      case 0x13: // def_cfa_offset_sf
        return this.cfaOffset(reader, this.factored(reader.sleb()));
      case 0x14: // val_offset
        return this.set(reader.uleb(), IS_CFA, this.factored(reader.uleb()));
      case 0x15: // val_offset_sf
        return this.set(reader.uleb(), IS_CFA, this.factored(reader.sleb()));
      case 0x16: // val_expression
        return this.set(reader.uleb(), IS_EXPRESSION, this.expression(reader));
      case 0x2e: // GNU_args_size: for landing pads, not for unwinding
        reader.uleb();
        return;
      case 0x2f: // GNU_negative_offset_extended
        return this.set(reader.uleb(), AT_CFA, -this.factored(reader.uleb()));
      default:
        throw reader.fault('unsupported', `call frame instruction 0x${opcode.toString(16)}`, reader.at - 1);
    }
  }

  private factored(operand: number): number {
    return operand * this.fde.cie.dataAlign;
  }

  private cfaOffset(reader: ByteReader, offset: number): void {
    if (this.rules.cfaRegister < 0) throw reader.fault('corrupt', 'changes the offset of a CFA that has no register');
    this.rules.cfaOffset = offset;
  }

  private expression(reader: ByteReader): number {
    if (this.expressions.length >= MAX_EXPRESSIONS) throw reader.fault('too-large', `over ${MAX_EXPRESSIONS} expressions`);
    return this.expressions.push(reader.block(reader.uleb())) - 1;
  }

  private set(column: number, kind: RuleKind, value: number): void {
    if (column >= COLUMNS) return; // vector registers and flags
    this.rules.kinds[column] = kind;
    this.rules.values[column] = value;
  }

  private restore(column: number): void {
    if (column >= COLUMNS) return;
    this.rules.kinds[column] = this.initial?.kinds[column] ?? UNSPECIFIED;
    this.rules.values[column] = this.initial?.values[column] ?? 0;
  }

  private advance(units: number, reader: ByteReader): void {
    this.moveTo(this.address + units * this.fde.cie.codeAlign, reader);
  }

  private moveTo(address: number, reader: ByteReader): void {
    // in a CIE there is no address to move from
    if (this.initial === null || !(address >= this.address)) throw reader.fault('corrupt', 'moves where no row can begin');
    this.keepRow(address);
    if (this.rows.length > MAX_ROWS) throw reader.fault('too-large', `more than ${MAX_ROWS} rows`);
    this.address = address;
  }

  private keepRow(end: number): void {
    const { rules, address } = this;
    if (end <= address) return;
    // a row without a CFA says nothing: whoever asks is told that nothing is known
    if (rules.cfaRegister !== NO_CFA) {
      this.rows.push({
        start: address,
        end,
        cfaRegister: rules.cfaRegister,
        cfaOffset: rules.cfaOffset,
        kinds: rules.kinds.slice(),
        values: rules.values.slice(),
      });
    }
  }
}

/** @throws FileError corrupt, truncated, unsupported or too-large */
export function runCfi(section: CfiSection, fde: Fde): CfiFunction {
  const program = new Program(section, fde);
  program.run();
  return {
    start: fde.start,
    end: fde.start + fde.bytes,
    returnColumn: fde.cie.returnColumn,
    signal: fde.cie.signal,
    rows: program.rows,
    expressions: program.expressions,
  };
}
