/** From an address to the function it is in, the bodies inlined there, and their files and lines. */
import { ElfFile } from '../elf/elfFile.ts';
import { FileError } from '../elf/errors.ts';
import { openKernelImage } from '../elf/kernelImage.ts';
import { sortedOrder } from '../elf/sortedOrder.ts';
import { type ElfSymbol, SymbolTable } from '../elf/symbolTable.ts';
import { DwarfFile, type DwarfFrame } from '../dwarf/dwarfFile.ts';
import { demangled } from './demangle.ts';

/** One function at an address; of several the innermost comes first and the others are what it was inlined into. */
export interface SourceFrame {
  /** As people write it; the linkage name where it is not mangled. */
  readonly name: string;
  /** Mangled name, where it differs. */
  readonly linkageName?: string;
  readonly file?: string;
  /** 1-based. For frames that something is inlined into: the line of the call. */
  readonly line?: number;
  /** 1-based. */
  readonly column?: number;
  /** The compiler put the body into the next frame's; there is no call. */
  readonly inlined: boolean;
  /** Where the function begins; not for inlined bodies. */
  readonly functionStart?: bigint;
  /** What the name comes from. */
  readonly source: 'dwarf' | 'symtab' | 'none';
}

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
  private table: SymbolTable | undefined;
  private readonly frames = new Map<bigint, readonly SourceFrame[]>();

  constructor(elf: ElfFile) {
    this.elf = elf;
    this.dwarf = new DwarfFile(elf, (fault) => this.note(fault));
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

  private note(fault: FileError): void {
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
      found = this.find(address);
      if (this.frames.size >= MAX_CACHED) this.frames.clear();
      this.frames.set(address, found);
    }
    return found;
  }

  /** The same for many addresses, faster: what lies together is looked up together. In the order of `addresses`. */
  lookupAll(addresses: readonly bigint[]): (readonly SourceFrame[])[] {
    const keys = Float64Array.from(addresses, (address) => this.dwarf.addresses.toNumber(address));
    const found = new Array<readonly SourceFrame[]>(addresses.length);
    for (const i of sortedOrder(keys)) found[i] = this.frames.get(addresses[i]!) ?? this.find(addresses[i]!, true);
    return found;
  }

  private find(address: bigint, passing = false): readonly SourceFrame[] {
    const { symbols, dwarf } = this;
    const symbol = this.symbolAt(symbols, address);
    const frames = dwarf.lookup(address, passing);
    if (frames.length === 0) {
      return symbol ? [frameOf({ name: symbol.name, start: symbol.address, file: symbol.file }, 'symtab')] : [];
    }
    return frames.map((frame, i) => {
      // the symbol table has the last word on the function that really is there
      const outermost = i === frames.length - 1;
      if (outermost && symbol)
        return frameOf({ ...frame, linkageName: symbol.name, start: symbol.address }, frame.name === undefined ? 'symtab' : 'dwarf', frame);
      return frameOf(frame, frame.name === undefined && frame.linkageName === undefined ? 'none' : 'dwarf', frame);
    });
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

interface Named {
  readonly name?: string | undefined;
  readonly linkageName?: string | undefined;
  readonly start?: bigint | undefined;
  readonly file?: string | undefined;
}

function frameOf(named: Named, source: SourceFrame['source'], place?: DwarfFrame): SourceFrame {
  const linkage = named.linkageName ?? named.name;
  const name = (linkage === undefined ? undefined : demangled(linkage)) ?? named.linkageName ?? named.name ?? '';
  const file = place?.file ?? named.file;
  return {
    name,
    ...(linkage !== undefined && linkage !== name ? { linkageName: linkage } : {}),
    ...(file !== undefined ? { file } : {}),
    ...(place !== undefined && place.line > 0 ? { line: place.line } : {}),
    ...(place !== undefined && place.column > 0 ? { column: place.column } : {}),
    inlined: place?.inlined ?? false,
    ...(named.start !== undefined && place?.inlined !== true ? { functionStart: named.start } : {}),
    source,
  };
}
