/** Functions that frames have named so far, each named once: by its entry in the debug information, or by its symbol. */
import { FileError } from '../elf/errors.ts';
import type { SymbolTable } from '../elf/symbolTable.ts';
import type { DeclaredName, DwarfFile } from '../dwarf/dwarfFile.ts';
import type { EntryReference } from '../dwarf/functionTable.ts';
import type { Unit } from '../dwarf/unit.ts';
import type { SourceFunction } from './answers.ts';
import { demangled } from './demangle.ts';

/** Where names come from. */
export interface NameSource {
  readonly dwarf: DwarfFile;
  readonly symbols: SymbolTable;
  note(fault: FileError): void;
}

export class FunctionList {
  readonly list: SourceFunction[] = [];
  private readonly source: NameSource;
  private readonly byEntry = new Map<EntryReference, number>();
  private readonly byOuterEntry = new Map<EntryReference, number>();
  /** By twice the symbol's row, and one more where there is debug information, too. */
  private readonly bySymbol = new Map<number, number>();

  constructor(source: NameSource) {
    this.source = source;
  }

  /** Index of the function of a body that was inlined. */
  inlined(entry: EntryReference, unit: Unit): number {
    return this.byEntry.get(entry) ?? this.added(this.byEntry, entry, () => this.named(entry, undefined, unit));
  }

  /**
   * Index of the function that is really there.
   * @param start DW_AT_low_pc, or NaN
   * @param symbol row of the symbol at the address, or -1
   */
  outermost(entry: EntryReference, start: number, symbol: number, unit: Unit | undefined): number {
    if (symbol === -1) {
      return this.byOuterEntry.get(entry) ?? this.added(this.byOuterEntry, entry, () => this.named(entry, start, unit));
    }
    const key = symbol * 2 + (Number.isNaN(entry) ? 0 : 1);
    return this.bySymbol.get(key) ?? this.added(this.bySymbol, key, () => this.ofSymbol(symbol, entry, unit));
  }

  /** Source file of a symbol. */
  fileOf(symbol: number): string | undefined {
    return this.attempt(() => this.source.symbols.fileOf(symbol));
  }

  private added(known: Map<number, number>, key: number, make: () => SourceFunction): number {
    const index = this.list.push(make()) - 1;
    known.set(key, index);
    return index;
  }

  private named(entry: EntryReference, start: number | undefined, unit: Unit | undefined): SourceFunction {
    const { dwarf } = this.source;
    const { name, linkageName, declFile, declLine } = unit && !Number.isNaN(entry) ? dwarf.nameOf(entry, unit) : nothing;
    const at = start === undefined || Number.isNaN(start) ? undefined : dwarf.addresses.toBigInt(start);
    const isNamed = name !== undefined || linkageName !== undefined;
    return sourceFunction(linkageName ?? name ?? '', at, declFile, declLine, isNamed ? 'dwarf' : 'none');
  }

  private ofSymbol(row: number, entry: EntryReference, unit: Unit | undefined): SourceFunction {
    const { dwarf, symbols } = this.source;
    const start = symbols.addresses.toBigInt(symbols.startOf(row));
    const name = this.attempt(() => symbols.nameOf(row));
    if (name === undefined) return this.named(entry, NaN, unit);
    const { declFile, declLine } = unit && !Number.isNaN(entry) ? dwarf.nameOf(entry, unit) : nothing;
    return sourceFunction(name, start, declFile, declLine, Number.isNaN(entry) ? 'symtab' : 'dwarf');
  }

  /** Names are read one by one, and each may lie outside of its section. */
  private attempt<T>(read: () => T): T | undefined {
    try {
      return read();
    } catch (error) {
      if (!(error instanceof FileError)) throw error;
      this.source.note(error);
      return undefined;
    }
  }
}

const nothing: DeclaredName = { name: undefined, linkageName: undefined, declFile: undefined, declLine: 0 };

function sourceFunction(
  linkageName: string,
  start: bigint | undefined,
  declFile: string | undefined,
  declLine: number,
  source: SourceFunction['source'],
): SourceFunction {
  const name = demangled(linkageName) ?? linkageName;
  return { name, linkageName: name === linkageName ? undefined : linkageName, start, declFile, declLine, source };
}
