/** From an address to the function it is in, the bodies inlined there, and their files and lines. */
import { CodeRanges } from '../elf/codeRanges.ts';
import { SHT_SYMTAB } from '../elf/constants.ts';
import type { ElfFile } from '../elf/elfFile.ts';
import { FileError } from '../elf/errors.ts';
import { openKernelImage } from '../elf/kernelImage.ts';
import { sortedOrder } from '../elf/sortedOrder.ts';
import { type ElfSymbol, SymbolTable } from '../elf/symbolTable.ts';
import { DwarfFile, type OtherFiles, type UnitAddresses } from '../dwarf/dwarfFile.ts';
import { NO_FILE } from '../dwarf/frameRows.ts';
import type { Unit } from '../dwarf/unit.ts';
import { AnswerIndex, contentKey } from './answerIndex.ts';
import { Answers, type SourceFrame, type SourceFunction } from './answers.ts';
import { demangled } from './demangle.ts';
import { DebugFiles } from './debugFiles.ts';
import { openMiniDebugInfo } from './miniDebugInfo.ts';
import { FunctionList } from './functionList.ts';

export type { SourceFrame };

export interface SymbolPlace {
  readonly file: string;
  /** Folders in which separate debug files are looked for, besides the system's. */
  readonly debugDirectories: readonly string[];
  /** Folder in which answers are kept from one time to the next; undefined: nowhere. */
  readonly index?: string | undefined;
}

export interface FunctionRange {
  readonly name: string;
  readonly start: bigint;
  /** First address after the function. */
  readonly end: bigint;
}

export class Symbolizer {
  readonly elf: ElfFile;
  readonly place: SymbolPlace | undefined;
  /** The file that holds the debug information, where that is another. */
  private readonly separate: ElfFile | undefined;
  readonly dwarf: DwarfFile;
  /** What could not be read; names and lines that depend on it are missing. */
  readonly faults: FileError[] = [];
  private readonly functions: FunctionList;
  private readonly code: CodeRanges;
  private table: SymbolTable | undefined;
  private readonly frames = new Map<bigint, readonly SourceFrame[]>();
  private prepared = false;
  /** Undefined until it is needed; null where there is none. */
  private openedIndex: AnswerIndex | null | undefined;

  /**
   * @param elf taken over: `close` closes it
   * @param place where the file is, so that what belongs to it can be found, and other threads can open it
   */
  constructor(elf: ElfFile, place?: SymbolPlace) {
    this.elf = elf;
    this.place = place;
    const note = (fault: FileError): void => this.note(fault);
    const files = place && new DebugFiles(place.debugDirectories, note);
    this.separate = elf.section('.debug_info') ? undefined : files?.separate(elf, place!.file);
    const debug = this.separate ?? elf;
    this.dwarf = new DwarfFile(debug, note, files && others(files, debug, place.file));
    this.functions = new FunctionList(this);
    this.code = new CodeRanges(elf, this.dwarf.addresses);
  }

  /** Reads what takes time to be unpacked: mini debug info, where the file has nothing better. */
  async prepare(): Promise<void> {
    if (this.prepared) return;
    this.prepared = true;
    if (this.hasSymbolTable || this.separate) return;
    try {
      const mini = await openMiniDebugInfo(this.elf);
      if (mini) this.symbols.add(mini.symbols);
    } catch (error) {
      if (!(error instanceof FileError)) throw error;
      this.note(error);
    }
  }

  private get hasSymbolTable(): boolean {
    return this.elf.sections.some(({ type, size }) => type === SHT_SYMTAB && size > 0);
  }

  /** The file's symbols; none where they cannot be read, which is one of the faults. */
  get symbols(): SymbolTable {
    if (this.table === undefined) {
      try {
        this.table = this.tableHolder.symbols;
      } catch (error) {
        if (!(error instanceof FileError)) throw error;
        this.note(error);
        this.table = SymbolTable.empty(this.elf);
      }
    }
    return this.table;
  }

  /** A stripped file's symbols are with its debug information. */
  private get tableHolder(): ElfFile {
    return (this.hasSymbolTable ? undefined : this.separate) ?? this.elf;
  }

  /** The file, and the one that holds its debug information where that is another. */
  get files(): readonly ElfFile[] {
    return this.separate ? [this.elf, this.separate] : [this.elf];
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
      const at = this.dwarf.addresses.toNumber(address);
      found = this.index?.framesAt(at) ?? this.lookupOne(at);
      if (this.frames.size >= MAX_CACHED) this.frames.clear();
      this.frames.set(address, found);
    }
    return found;
  }

  private lookupOne(at: number): readonly SourceFrame[] {
    const answers = this.answers(1);
    const unit = this.dwarf.lookup(at, answers.rows);
    this.finish(answers, 0, at, unit);
    if (this.index?.takes(1)) this.index.add([at], answers);
    return answers.framesOf(0);
  }

  /** What has been kept of the file's answers. */
  get index(): AnswerIndex | undefined {
    if (this.openedIndex === undefined) {
      const folder = this.place?.index;
      const key = folder === undefined ? undefined : contentKey(this.files);
      this.openedIndex = folder === undefined || key === undefined ? null : AnswerIndex.open(folder, key);
    }
    return this.openedIndex ?? undefined;
  }

  /** Keeps answers in memory where they are not kept on disk, so that addresses looked up together can be asked for one by one. */
  remember(): void {
    this.openedIndex = this.index ?? AnswerIndex.inMemory();
  }

  /**
   * Writes new answers to the index.
   * @throws where its folder cannot be written
   */
  keep(): void {
    // what could not be read today may be there tomorrow
    if (this.faults.length > 0) return;
    try {
      this.openedIndex?.save();
    } catch (cause) {
      throw new Error(`${this.place?.index ?? ''} cannot be written, so that answers are not kept for the next time`, { cause });
    }
  }

  /** The same for many addresses, faster: each unit is read once. In the order of `addresses`. */
  lookupAll(addresses: readonly bigint[]): Answers {
    const { groups, keys } = this.grouped(addresses);
    const answers = this.answers(addresses.length);
    for (const { unit, indexes } of groups) {
      const wanted = Float64Array.from(indexes, (index) => keys[index]!);
      this.lookupIn(unit, wanted, answers, (index) => indexes[index]!);
    }
    return answers;
  }

  /** Addresses by the unit they are in, each group in ascending order; as the debug information counts. */
  grouped(addresses: readonly bigint[]): { groups: UnitAddresses[]; keys: Float64Array } {
    const { dwarf } = this;
    const keys = Float64Array.from(addresses, (address) => dwarf.addresses.toNumber(address));
    const order = sortedOrder(keys);
    const groups = dwarf.byUnit(Float64Array.from(order, (index) => keys[index]!));
    return { groups: groups.map((group) => ({ ...group, indexes: group.indexes.map((index) => order[index]!) })), keys };
  }

  /** Index of a function that another thread has named. */
  adopt(fn: SourceFunction): number {
    return this.functions.list.push(fn) - 1;
  }

  /** Room for the frames of so many addresses. */
  answers(addresses: number): Answers {
    return new Answers(addresses, this.functions.list, this.dwarf.files);
  }

  /** Adds the frames of one group; `place` says which address of the answers each is. */
  lookupIn(unit: number, wanted: Float64Array, answers: Answers, place: (index: number) => number): void {
    const { dwarf, symbols } = this;
    const isCode = (at: number): boolean => symbols.count === 0 || symbols.rowOf(at) !== -1;
    dwarf.lookupIn(unit, wanted, isCode, answers.rows, (index, from) => this.finish(answers, place(index), wanted[index]!, from));
  }

  /** Names the frames that were added for an address, and puts its symbol where it belongs. */
  private finish(answers: Answers, index: number, at: number, unit: Unit | undefined): void {
    const { functions, symbols, dwarf } = this;
    const { rows } = answers;
    // functions that the linker dropped are described as if they were at 0
    if (!this.code.holds(at)) rows.count = answers.finished;
    const symbol = symbols.rowOf(at);
    if (rows.count === answers.finished && symbol !== -1) {
      const file = functions.fileOf(symbol);
      rows.add(NaN, NaN, file === undefined ? NO_FILE : dwarf.indexOf({ path: file, md5: undefined }), 0, 0, 0, false);
    }
    for (let row = answers.finished; row < rows.count; row++) {
      const entry = rows.entry[row]!;
      // the symbol table has the last word on the function that really is there
      const outermost = row === rows.count - 1;
      const isNamed = outermost || unit === undefined;
      answers.name(row, isNamed ? functions.outermost(entry, rows.start[row]!, symbol, unit) : functions.inlined(entry, unit));
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
    this.dwarf.close();
    this.separate?.close();
    this.elf.close();
  }
}

function others(files: DebugFiles, debug: ElfFile, file: string): OtherFiles {
  return {
    shared: () => files.shared(debug, debug.source.name),
    package: () => files.package(file),
    split: (name, compilationDirectory) => files.split(name, compilationDirectory, file),
  };
}

const MAX_CACHED = 100_000;

export type SymbolOptions = Partial<Omit<SymbolPlace, 'file'>>;

/** @throws FileError where the file is no ELF file or cannot be read */
export function openSymbols(file: string, options: SymbolOptions = {}): Symbolizer {
  return new Symbolizer(openKernelImage(file), { file, debugDirectories: [], ...options });
}
