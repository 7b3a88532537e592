/** A guest's ELF file as a recording needs it: code to unwind by, and names for addresses. */
import path from 'node:path';
import type { SymbolSource } from '../../protocol.ts';
import { EM_X86_64 } from '../elf/constants.ts';
import { categoryOf } from '../profile/category.ts';
import { type LocatedFrame, type LocationTable, unresolvedFunction } from '../profile/locations.ts';
import { openSymbols, type SourceFrame, type Symbolizer } from '../symbols/symbolizer.ts';
import { type CodeImage, ElfCodeImage, noImage } from '../unwind/image.ts';

export interface GuestImage {
  /** Where the names come from, in words. */
  readonly description: string;
  /** What a reader must know before trusting names and lines. */
  readonly warnings: readonly string[];
  readonly code: CodeImage;
  /** The frames at an address, innermost first; one without a name where nothing covers it. */
  framesAt(address: bigint, table: LocationTable): LocatedFrame[];
  close(): void;
}

/** Never fails: an ELF file that cannot be used is a warning, and addresses are shown. */
export function openGuestImage(source: SymbolSource, guest: string): GuestImage {
  if (source.kind === 'none') return addressesOnly(guest, source.reason);
  try {
    return new ElfGuestImage(source, openGuestElf(source.path), guest);
  } catch (error) {
    return addressesOnly(guest, error instanceof Error ? error.message : String(error));
  }
}

/** Whether a file can serve as a guest's symbols, and what it holds. @throws where it cannot */
export function inspectElf(file: string): { functions: number; hasLines: boolean; machine: string } {
  const symbols = openGuestElf(file);
  try {
    return { functions: symbols.elf.symbols.functionCount, hasLines: symbols.hasLines, machine: symbols.elf.machineName };
  } finally {
    symbols.close();
  }
}

function openGuestElf(file: string): Symbolizer {
  const symbols = openSymbols(file);
  const { machine, bits } = symbols.elf.header;
  if (machine === EM_X86_64 && bits === 64) return symbols;
  const what = symbols.elf.machineName;
  symbols.close();
  throw new Error(`${file} is an ELF file for ${what} (${bits} bit), and guests are x86-64: choose the guest's own ELF file`);
}

function addressesOnly(guest: string, reason: string): GuestImage {
  return {
    description: 'none: addresses are shown',
    warnings: [
      `No symbols: ${reason}. Addresses are shown, and stacks follow frame pointers unproved; choose the guest's ELF file to name them`,
    ],
    code: noImage,
    framesAt: (address, table) => [{ fn: table.internFunction(unresolvedFunction(address, guest)), line: 0 }],
    close: () => undefined,
  };
}

class ElfGuestImage implements GuestImage {
  readonly description: string;
  readonly warnings: readonly string[];
  readonly code: ElfCodeImage;
  private readonly symbols: Symbolizer;
  private readonly module: string;

  constructor(source: SymbolSource & { kind: 'elf' }, symbols: Symbolizer, guest: string) {
    const kernel = source.origin === 'dom0';
    this.symbols = symbols;
    this.code = new ElfCodeImage(symbols.elf);
    // A kernel fetched from dom0 is cached under its checksum, which is no name for a person.
    this.module = kernel ? guest : path.basename(source.path);
    this.description = kernel ? 'the kernel fetched from dom0' : source.path;
    this.warnings = shortcomings(symbols, kernel ? `the kernel of ${guest}` : source.path);
  }

  framesAt(address: bigint, table: LocationTable): LocatedFrame[] {
    const { module } = this;
    const hypercall = this.code.hypercallAt(address);
    if (hypercall) {
      const { name } = hypercall;
      return [
        {
          fn: table.internFunction({ name, linkageName: '', file: '', startLine: 0, module, category: 'hypervisor', unresolved: false }),
          line: 0,
        },
      ];
    }
    const frames = this.symbols.lookup(address);
    if (frames.length === 0) return [{ fn: table.internFunction(unresolvedFunction(address, module)), line: 0 }];
    return frames.map((frame) => this.located(frame, table));
  }

  close(): void {
    this.symbols.close();
  }

  private located({ name: symbol, linkageName = symbol, file = '', line = 0 }: SourceFrame, table: LocationTable): LocatedFrame {
    const { module } = this;
    const name = symbol.replace(CLONE, '');
    return {
      fn: table.internFunction({ name, linkageName, file, startLine: 0, module, category: categoryOf(name, file), unresolved: false }),
      line,
    };
  }
}

/** What gcc and clang add to the name of a function's clones. In the source, and to a reader, they are one function. */
const CLONE = /(\.(constprop|isra|part|cold|lto_priv|llvm)(\.\d+)?)+$/;

function shortcomings(symbols: Symbolizer, what: string): string[] {
  if (symbols.elf.symbols.functionCount === 0 && !symbols.hasLines) {
    return [
      `No symbols: ${what} is stripped (it has no function symbols). Addresses are shown; choose the unstripped ELF file it was made from`,
    ];
  }
  return symbols.hasLines ? [] : [`No line numbers: ${what} has no debug information (build it with -g, or choose the file that has it)`];
}
