/** A guest's ELF file as a recording needs it: code to unwind by, and names for addresses, both only as far as the guest's own text proves the file right. */
import path from 'node:path';
import type { SymbolProof, SymbolSource } from '../../protocol.ts';
import { EM_X86_64 } from '../elf/constants.ts';
import { TextProof } from '../guest/textProof.ts';
import { categoryOf } from '../profile/category.ts';
import { type LocatedFrame, type LocationTable, unresolvedFunction } from '../profile/locations.ts';
import { lookupMany } from '../symbols/lookup.ts';
import { openSymbols, type SourceFrame, type Symbolizer, type SymbolOptions } from '../symbols/symbolizer.ts';
import { toUnsigned } from '../unwind/address.ts';
import { type CodeImage, ElfCodeImage, noImage } from '../unwind/image.ts';
import type { TextPage } from '../unwind/photograph.ts';
import { mismatchWarning, proofInWords, withSlide } from './proofWords.ts';

export interface GuestImage {
  /** Where the names come from, in words. */
  readonly description: string;
  /** The ELF file; null where there is none. */
  readonly file: string | null;
  /** What a reader must know before trusting names and lines. */
  readonly warnings: readonly string[];
  /** null where there is no ELF file that could be proved. */
  readonly proof: SymbolProof | null;
  readonly code: CodeImage;
  /** Another number when stacks and names come out otherwise than before: the text has told where the file was loaded, or that it is another's. */
  readonly revision: number;
  /** Compares a page of the guest's text with the file. */
  compareText(page: TextPage): void;
  /** Gives the names in spite of a text that is not the file's. */
  trust(): void;
  /** The frames at an address, innermost first; one without a name where nothing covers it. */
  framesAt(address: bigint, table: LocationTable): LocatedFrame[];
  /** To be waited for before the first `framesAt`. Looks up many addresses at once, faster than one by one. */
  prepare(addresses: readonly bigint[]): Promise<void>;
  /** Keeps what has been looked up for the next time. */
  keep(): void;
  close(): void;
}

export interface ImageOptions {
  /** Where separate debug files are, and where answers are kept. */
  readonly places?: SymbolOptions | undefined;
  /** Names are given even where the guest's text is not the file's. */
  readonly trusted?: boolean;
  /** Run-time address less link-time address, where it is known from before. */
  readonly slide?: bigint;
}

/** Never fails: an ELF file that cannot be used is a warning, and addresses are shown. */
export function openGuestImage(source: SymbolSource, guest: string, options: ImageOptions = {}): GuestImage {
  if (source.kind === 'none') return addressesOnly(guest, source.reason);
  try {
    return new ElfGuestImage(source, openGuestElf(source.path, options.places, nameOf(source, guest)), guest, options);
  } catch (error) {
    return addressesOnly(guest, error instanceof Error ? error.message : String(error));
  }
}

/** Whether a file can serve as a guest's symbols, and what it holds. @throws where it cannot */
export async function inspectElf(file: string, places?: SymbolOptions): Promise<{ functions: number; hasLines: boolean; machine: string }> {
  const symbols = openGuestElf(file, places);
  try {
    await symbols.prepare();
    return { functions: symbols.symbols.functionCount, hasLines: symbols.hasLines, machine: symbols.elf.machineName };
  } finally {
    symbols.close();
  }
}

/** The file, as warnings name it: a kernel fetched from dom0 is cached under its checksum, which is no name for a person. */
function nameOf(source: SymbolSource & { kind: 'elf' }, guest: string): string {
  return source.origin === 'dom0' ? `the kernel of ${guest}` : source.path;
}

function openGuestElf(file: string, places: SymbolOptions | undefined, what = file): Symbolizer {
  const symbols = openSymbols(file, places);
  const { machine, bits } = symbols.elf.header;
  if (machine === EM_X86_64 && bits === 64) return symbols;
  const { machineName } = symbols.elf;
  symbols.close();
  throw new Error(`${what} is an ELF file for ${machineName} (${bits} bit), and guests are x86-64: choose the guest's own ELF file`);
}

function addressesOnly(guest: string, reason: string): GuestImage {
  return {
    description: 'none: addresses are shown',
    file: null,
    warnings: [
      `No symbols: ${reason}. Addresses are shown, and stacks follow frame pointers unproved; choose the guest's ELF file to name them`,
    ],
    proof: null,
    code: noImage,
    revision: 0,
    compareText: () => undefined,
    trust: () => undefined,
    framesAt: (address, table) => [unresolved(address, guest, table)],
    prepare: () => Promise.resolve(),
    keep: () => undefined,
    close: () => undefined,
  };
}

const unresolved = (address: bigint, module: string, table: LocationTable): LocatedFrame => ({
  fn: table.internFunction(unresolvedFunction(address, module)),
  line: 0,
});

class ElfGuestImage implements GuestImage {
  readonly description: string;
  readonly file: string;
  proof: SymbolProof;
  revision = 0;
  private elfCode: ElfCodeImage;
  private readonly symbols: Symbolizer;
  private readonly textProof: TextProof;
  private readonly module: string;
  private readonly what: string;
  private trusted: boolean;

  constructor(source: SymbolSource & { kind: 'elf' }, symbols: Symbolizer, guest: string, { trusted = false, slide = 0n }: ImageOptions) {
    const kernel = source.origin === 'dom0';
    this.file = source.path;
    this.symbols = symbols;
    this.elfCode = new ElfCodeImage(symbols.elf, { slide });
    this.textProof = new TextProof(symbols.elf, this.elfCode.hypercallPage - this.elfCode.slide);
    this.trusted = trusted;
    this.module = kernel ? guest : path.basename(source.path);
    this.description = kernel ? 'the kernel fetched from dom0' : source.path;
    this.what = nameOf(source, guest);
    this.proof = withSlide(
      { verdict: 'unchecked', detail: this.textProof.isPossible ? 'no text of the guest has come' : 'the file has no code' },
      slide,
    );
  }

  get warnings(): readonly string[] {
    const { proof, what, symbols } = this;
    return [...(proof.verdict === 'mismatch' ? [mismatchWarning(proof, what)] : []), ...shortcomings(symbols, what)];
  }

  /** The wrong file's code proves nothing: then only frame pointers are left. */
  get code(): CodeImage {
    return this.withheld ? noImage : this.elfCode;
  }

  private get withheld(): boolean {
    return this.proof.verdict === 'mismatch' && !this.trusted;
  }

  compareText(page: TextPage): void {
    if (!this.textProof.add(page)) return;
    const finding = this.textProof.finding();
    const before = this.withheld;
    this.proof = proofInWords(finding, this.trusted, (address) => this.symbols.functionRange(toUnsigned(address))?.name);
    if (finding.slide !== this.elfCode.slide) {
      this.elfCode = new ElfCodeImage(this.symbols.elf, { slide: BigInt(finding.slide) });
      this.revision++;
    } else if (this.withheld !== before) this.revision++;
  }

  trust(): void {
    if (this.withheld) this.revision++;
    this.trusted = true;
    if (this.proof.verdict === 'mismatch') this.proof = { ...this.proof, trusted: true };
  }

  framesAt(address: bigint, table: LocationTable): LocatedFrame[] {
    const { module } = this;
    if (this.withheld) return [unresolved(address, module, table)];
    const hypercall = this.elfCode.hypercallAt(address);
    if (hypercall) {
      const { name } = hypercall;
      return [
        {
          fn: table.internFunction({ name, linkageName: '', file: '', startLine: 0, module, category: 'hypervisor', unresolved: false }),
          line: 0,
        },
      ];
    }
    const frames = this.symbols.lookup(this.linked(address));
    if (frames.length === 0) return [unresolved(address, module, table)];
    return frames.map((frame) => this.located(frame, table));
  }

  private linked(address: bigint): bigint {
    return BigInt.asUintN(64, address - BigInt(this.elfCode.slide));
  }

  async prepare(addresses: readonly bigint[]): Promise<void> {
    await this.symbols.prepare();
    if (this.withheld || addresses.length === 0) return;
    this.symbols.remember();
    await lookupMany(
      this.symbols,
      addresses.map((address) => this.linked(address)),
    );
  }

  keep(): void {
    try {
      this.symbols.keep();
    } catch (error) {
      // names are there all the same: it is only the next time that takes longer
      process.emitWarning(error as Error);
    }
  }

  close(): void {
    this.keep();
    this.symbols.close();
  }

  private located(
    { name: symbol, linkageName = symbol, file: built = '', fileMd5, line = 0 }: SourceFrame,
    table: LocationTable,
  ): LocatedFrame {
    const { module } = this;
    const file = built.replaceAll('/./', '/'); // as clang joins a folder and a name that begins with ./
    if (fileMd5 !== undefined) table.checksums.add(file, fileMd5);
    const name = symbol.replace(CLONE, '');
    return {
      fn: table.internFunction({ name, linkageName, file, startLine: 0, module, category: categoryOf(name, file), unresolved: false }),
      line,
    };
  }
}

/** What gcc and clang add to the name of a function's clones. In the source, and to a reader, they are one function. */
export const CLONE = /(\.(constprop|isra|part|cold|lto_priv|llvm)(\.\d+)?)+$/;

function shortcomings(symbols: Symbolizer, what: string): string[] {
  if (symbols.symbols.functionCount === 0 && !symbols.hasLines) {
    return [
      `No symbols: ${what} is stripped (it has no function symbols). Addresses are shown; choose the unstripped ELF file it was made from`,
    ];
  }
  return symbols.hasLines ? [] : [`No line numbers: ${what} has no debug information (build it with -g, or choose the file that has it)`];
}
