/** From an address to the function it is in, the bodies inlined there, and their files and lines. */
import { ElfFile } from '../elf/elfFile.ts';
import { FileError } from '../elf/errors.ts';
import { openKernelImage } from '../elf/kernelImage.ts';
import { sortedOrder } from '../elf/sortedOrder.ts';
import { type ElfSymbol, SymbolTable } from '../elf/symbolTable.ts';
import { DwarfFile } from '../dwarf/dwarfFile.ts';
import { NO_FILE } from '../dwarf/frameRows.ts';
import { Answers, type SourceFrame } from './answers.ts';
import { demangled } from './demangle.ts';
import { FunctionList } from './functionList.ts';

export type { SourceFrame };

export interface FunctionRange {
  readonly name: string;
  readonly start: bigint;
  /** First address after the function. */
  readonly end: bigint;
}

export class Symbolizer {
  readonly elf: ElfFile;
  readonly dwarf: DwarfFile;
  /** What could not be read; names and lines that depend on it are missing. */
  readonly faults: FileError[] = [];
  private readonly functions: FunctionList;
  private table: SymbolTable | undefined;
  private readonly frames = new Map<bigint, readonly SourceFrame[]>();

  constructor(elf: ElfFile) {
    this.elf = elf;
    this.dwarf = new DwarfFile(elf, (fault) => this.note(fault));
    this.functions = new FunctionList(this);
  }

  /** The file's symbols; none where they cannot be read, which is one of the faults. */
  get symbols(): SymbolTable {
    if (this.table === undefined) {
      try {
        this.table = this.elf.symbols;
      } catch (error) {
        if (!(error instanceof FileError)) throw error;
        this.note(error);
        this.table = SymbolTable.empty(this.elf);
      }
    }
    return this.table;
  }

  note(fault: FileError): void {
    if (this.faults.length < 100) this.faults.push(fault);
  }

  /** Whether the file has line numbers for anything. */
  get hasLines(): boolean {
    return this.dwarf.hasLines;
  }

  /**
   * Functions at an address, innermost first; empty where nothing covers it.
   * @param address of an instruction: for a return address the caller subtracts one
   */
  lookup(address: bigint): readonly SourceFrame[] {
    let found = this.frames.get(address);
    if (found === undefined) {
      const answers = new Answers(1, this.functions.list, this.dwarf.files);
      const at = this.dwarf.addresses.toNumber(address);
      this.dwarf.lookup(at, answers.rows);
      this.finish(answers, 0, at);
      found = answers.framesOf(0);
      if (this.frames.size >= MAX_CACHED) this.frames.clear();
      this.frames.set(address, found);
    }
    return found;
  }

  /** The same for many addresses, faster: each unit is read once. In the order of `addresses`. */
  lookupAll(addresses: readonly bigint[]): Answers {
    const { dwarf, symbols } = this;
    const keys = Float64Array.from(addresses, (address) => dwarf.addresses.toNumber(address));
    const order = sortedOrder(keys);
    const sorted = Float64Array.from(order, (i) => keys[i]!);
    const answers = new Answers(addresses.length, this.functions.list, dwarf.files);
    const isCode = (at: number): boolean => symbols.count === 0 || symbols.rowOf(at) !== -1;
    dwarf.lookupAll(sorted, isCode, answers.rows, (index) => this.finish(answers, order[index]!, sorted[index]!));
    return answers;
  }

  /** Names the frames that were added for an address, and puts its symbol where it belongs. */
  private finish(answers: Answers, index: number, at: number): void {
    const { functions, symbols, dwarf } = this;
    const { rows } = answers;
    const symbol = symbols.rowOf(at);
    if (rows.count === answers.finished && symbol !== -1) {
      const file = functions.fileOf(symbol);
      rows.add(NaN, NaN, file === undefined ? NO_FILE : dwarf.indexOf(file), 0, 0, 0, false);
    }
    for (let row = answers.finished; row < rows.count; row++) {
      const entry = rows.entry[row]!;
      // the symbol table has the last word on the function that really is there
      const outermost = row === rows.count - 1;
      answers.name(row, outermost ? functions.outermost(entry, rows.start[row]!, symbol) : functions.inlined(entry));
    }
    answers.close(index);
  }

  /** Names are read one by one, and each may lie outside of its section. */
  private symbolAt(symbols: SymbolTable, address: bigint): ElfSymbol | undefined {
    try {
      return symbols.find(address);
    } catch (error) {
      if (!(error instanceof FileError)) throw error;
      this.note(error);
      return undefined;
    }
  }

  /** The function an address is in, from its symbol or from its debug information; not what was inlined there. */
  functionRange(address: bigint): FunctionRange | undefined {
    const symbol = this.symbolAt(this.symbols, address);
    if (symbol) return { name: demangled(symbol.name) ?? symbol.name, start: symbol.address, end: symbol.end };
    return this.dwarf.functionRange(address);
  }

  close(): void {
    this.elf.close();
  }
}

const MAX_CACHED = 100_000;

/** @throws FileError where the file is no ELF file or cannot be read */
export function openSymbols(path: string): Symbolizer {
  return new Symbolizer(openKernelImage(path));
}
