/** Line programs (DWARF 5, section 6.2.5) run into rows, and the row of an address. */
import { countUpTo, sortedOrder } from '../elf/sortedOrder.ts';
import type { ByteReader } from './byteReader.ts';
import { twice } from './frameRows.ts';
import * as dw from './constants.ts';
import { type LineHeader, readFile, readLineHeader } from './lineHeader.ts';
import type { Unit } from './unit.ts';

export interface LineTable {
  readonly header: LineHeader;
  /** Sequences in ascending order of their end; rows `first` to `last` (exclusive) belong to each. */
  readonly low: Float64Array;
  readonly high: Float64Array;
  readonly first: Uint32Array;
  readonly last: Uint32Array;
  /** Rows: distance from the beginning of the sequence, and what stands there. */
  readonly distance: Uint32Array;
  readonly file: Uint32Array;
  readonly line: Uint32Array;
  readonly column: Uint16Array;
  readonly discriminator: Uint32Array;
  readonly bytes: number;
}

const MOST_RESERVED = 256 * 1024;

/** Where rows are collected while a program runs; one serves all programs. */
class Rows {
  distance = new Uint32Array(0);
  file = new Uint32Array(0);
  line = new Uint32Array(0);
  column = new Uint16Array(0);
  discriminator = new Uint32Array(0);

  /** Room for what a program of so many bytes makes at most; for very long ones not all at once. */
  reserve(programBytes: number): void {
    const capacity = Math.min(programBytes, MOST_RESERVED);
    if (this.distance.length >= capacity) return;
    this.distance = new Uint32Array(capacity);
    this.file = new Uint32Array(capacity);
    this.line = new Uint32Array(capacity);
    this.column = new Uint16Array(capacity);
    this.discriminator = new Uint32Array(capacity);
  }

  grow(): void {
    this.distance = twice(this.distance);
    this.file = twice(this.file);
    this.line = twice(this.line);
    this.column = twice(this.column);
    this.discriminator = twice(this.discriminator);
  }
}

const rows = new Rows();

/**
 * Runs a unit's line program; undefined for units without one.
 * @param keep false: the table is valid until the next call, and costs little memory
 * @throws FileError
 */
export function readLineTable(unit: Unit, keep = true): LineTable | undefined {
  const holder = unit.skeleton ?? unit;
  const offset = holder.number(dw.DW_AT_stmt_list);
  if (offset === undefined) return undefined;
  const { header, program } = readLineHeader(holder, offset);
  return new LineProgram(header, program).run(keep);
}

class LineProgram {
  private readonly header: LineHeader;
  private readonly reader: ByteReader;
  private readonly low: number[] = [];
  private readonly high: number[] = [];
  private readonly first: number[] = [];
  private readonly last: number[] = [];

  constructor(header: LineHeader, reader: ByteReader) {
    this.header = header;
    this.reader = reader;
  }

  run(keep: boolean): LineTable {
    const { header, reader } = this;
    const { bytes } = reader;
    const end = bytes.length;
    const { opcodeBase, lineBase, minimumInstructionBytes, operandCounts } = header;
    const lineRange = header.lineRange === 0 ? 1 : header.lineRange;
    const wordOperations = Math.max(1, header.operationsPerInstruction);
    rows.reserve(end - reader.at);
    let { distance, file: files, line: lines, column: columns, discriminator: discriminators } = rows;
    let capacity = distance.length;
    let count = 0;
    let first = 0;
    let start = 0;
    let ascending = true;
    /** Distance of the row before. */
    let last = 0;
    let address = 0;
    let operation = 0;
    let file = 1;
    let line = 1;
    let column = 0;
    let discriminator = 0;
    const advance = (operations: number): void => {
      address += minimumInstructionBytes * Math.floor((operation + operations) / wordOperations);
      operation = (operation + operations) % wordOperations;
    };
    const constant = Math.floor((255 - opcodeBase) / lineRange);
    let at = reader.at;
    while (at < end) {
      const opcode = bytes[at++]!;
      let ends = false;
      if (opcode >= opcodeBase) {
        const adjusted = opcode - opcodeBase;
        const operations = (adjusted / lineRange) | 0;
        if (wordOperations === 1) address += minimumInstructionBytes * operations;
        else advance(operations);
        line += lineBase + adjusted - operations * lineRange;
      } else if (opcode !== dw.DW_LNS_copy) {
        reader.at = at;
        switch (opcode) {
          case 0: {
            const length = reader.uleb();
            const next = reader.at + length;
            if (!(next <= end)) throw reader.fault('truncated', `an extended opcode of ${length} bytes ends beyond the program`);
            if (length === 0) break;
            switch (reader.u8()) {
              case dw.DW_LNE_end_sequence:
                ends = true;
                break;
              case dw.DW_LNE_set_address:
                address = reader.address(length - 1);
                operation = 0;
                break;
              case dw.DW_LNE_define_file:
                header.files.push(readFile(reader));
                break;
              case dw.DW_LNE_set_discriminator:
                discriminator = reader.uleb();
                break;
              default:
            }
            reader.at = next;
            break;
          }
          case dw.DW_LNS_advance_pc:
            advance(reader.uleb());
            break;
          case dw.DW_LNS_advance_line:
            line += reader.sleb();
            break;
          case dw.DW_LNS_set_file:
            file = reader.uleb();
            break;
          case dw.DW_LNS_set_column:
            column = reader.uleb();
            break;
          case dw.DW_LNS_const_add_pc:
            advance(constant);
            break;
          case dw.DW_LNS_fixed_advance_pc:
            address += reader.u16();
            operation = 0;
            break;
          case dw.DW_LNS_negate_stmt:
          case dw.DW_LNS_set_basic_block:
          case dw.DW_LNS_set_prologue_end:
          case dw.DW_LNS_set_epilogue_begin:
            break;
          default:
            // set_isa and opcodes of later versions: as many operands as the header says
            for (let i = operandCounts[opcode - 1] ?? 0; i > 0; i--) reader.uleb();
        }
        at = reader.at;
        if (!ends) continue;
      }
      // a row
      if (count === capacity) {
        rows.grow();
        ({ distance, file: files, line: lines, column: columns, discriminator: discriminators } = rows);
        capacity = distance.length;
      }
      if (count === first) start = address;
      const from = address - start;
      if (from < last || from > 0xffffffff) ascending = false;
      last = from;
      distance[count] = from;
      files[count] = file;
      lines[count] = line;
      columns[count] = column;
      discriminators[count++] = discriminator;
      discriminator = 0;
      if (!ends) continue;
      if (ascending) this.sequence(first, count, start, address);
      else count = first;
      first = count;
      ascending = true;
      address = operation = last = 0;
      file = line = 1;
      column = 0;
    }
    return this.finish(first, keep);
  }

  private sequence(first: number, last: number, low: number, high: number): void {
    if (high <= low) return;
    this.low.push(low);
    this.high.push(high);
    this.first.push(first);
    this.last.push(last);
  }

  private finish(count: number, keep: boolean): LineTable {
    const order = sortedOrder(Float64Array.from(this.high));
    return {
      header: this.header,
      low: Float64Array.from(order, (i) => this.low[i]!),
      high: Float64Array.from(order, (i) => this.high[i]!),
      first: order.map((i) => this.first[i]!),
      last: order.map((i) => this.last[i]!),
      distance: keep ? rows.distance.slice(0, count) : rows.distance,
      file: keep ? rows.file.slice(0, count) : rows.file,
      line: keep ? rows.line.slice(0, count) : rows.line,
      column: keep ? rows.column.slice(0, count) : rows.column,
      discriminator: keep ? rows.discriminator.slice(0, count) : rows.discriminator,
      bytes: count * 18 + order.length * 24,
    };
  }
}

/** The row in force at an address, or -1: the last of its sequence that is not after it. */
export function lineRowAt(table: LineTable, address: number): number {
  const { low, high, first, last, distance } = table;
  for (let sequence = countUpTo(high, address); sequence < high.length; sequence++) {
    if (address < low[sequence]!) {
      // sequences seldom overlap: one that covers the address is here or not at all
      if (sequence + 1 >= high.length || low[sequence + 1]! > address) return -1;
      continue;
    }
    const offset = address - low[sequence]!;
    let from = first[sequence]!;
    let to = last[sequence]! - 1;
    while (to - from > 1) {
      const middle = (from + to) >>> 1;
      if (distance[middle]! <= offset) from = middle;
      else to = middle;
    }
    return from;
  }
  return -1;
}
