/** The debug information of one file, unit by unit and only where it is asked for. */
import { AddressSpace } from '../elf/addresses.ts';
import type { ElfFile } from '../elf/elfFile.ts';
import { FileError } from '../elf/errors.ts';
import * as dw from './constants.ts';
import { DebugSections } from './debugSections.ts';
import { readFunctionName } from './functionNames.ts';
import { type EntryReference, type FunctionTable, innermostAt } from './functionTable.ts';
import { functionsAt, functionsOf } from './functionWalk.ts';
import { type FrameRows, NO_FILE } from './frameRows.ts';
import { fileMd5, filePath, type LineHeader, readLineHeader } from './lineHeader.ts';
import { type LineTable, lineRowAt, readLineTable } from './lineTable.ts';
import { fileKey, type SourceFile } from './sourceFile.ts';
import { Unit } from './unit.ts';
import { type SplitFiles, SplitUnits } from './splitUnits.ts';
import { UnitIndex } from './unitIndex.ts';

/** Finds the files that hold what a file leaves out. */
export interface OtherFiles extends SplitFiles {
  /** What several files share (.gnu_debugaltlink). */
  shared(): ElfFile | undefined;
}

interface DecodedUnit {
  readonly unit: Unit;
  readonly functions: FunctionTable | undefined;
  readonly lines: LineTable | undefined;
  readonly files: UnitFiles;
}

/** The files of a unit's line table. */
interface UnitFiles {
  readonly header: LineHeader | undefined;
  /** Of those that have been asked for: their indexes in the DwarfFile's. */
  readonly indexes: Map<number, number>;
}

/** What a function is called and where it is declared. */
export interface DeclaredName {
  readonly name: string | undefined;
  readonly linkageName: string | undefined;
  readonly declFile: string | undefined;
  /** 0 where unknown. */
  readonly declLine: number;
}

/** Addresses that one unit has. */
export interface UnitAddresses {
  /** The unit's offset in .debug_info, or NO_UNIT. */
  readonly unit: number;
  readonly bytes: number;
  /** Indexes of the addresses, in ascending order. */
  readonly indexes: readonly number[];
}

export const NO_UNIT = -1;

/** Units whose files are at hand for the functions that are declared in them. */
const MAX_UNIT_FILES = 32;

/** Memory that decoded units may take together. */
const MAX_DECODED_BYTES = 96 * 1024 * 1024;

export class DwarfFile {
  private readonly sections: DebugSections;
  readonly addresses: AddressSpace;
  private readonly onFault: (fault: FileError) => void;
  private unitIndex: UnitIndex | undefined;
  private sharedIndex: UnitIndex | undefined;
  private readonly splitUnits: SplitUnits | undefined;
  private readonly decoded = new Map<number, DecodedUnit>();
  private decodedBytes = 0;
  /** Whether walks pass over the inside of functions and types: most programs have no functions there. */
  private hasty = true;
  /** Source files that frames have named so far. */
  readonly files: SourceFile[] = [];
  private readonly fileIndexes = new Map<string, number>();
  private readonly unitFiles = new Map<Unit, UnitFiles>();

  /**
   * @param onFault told of everything that cannot be read; lookups go on with what can be
   * @param others finds what the file leaves to other files
   */
  constructor(elf: ElfFile, onFault: (fault: FileError) => void, others?: OtherFiles) {
    this.addresses = AddressSpace.of(elf);
    const order = { littleEndian: elf.header.littleEndian, addresses: this.addresses };
    this.sections = new DebugSections(elf, order);
    this.onFault = onFault;
    this.splitUnits = others && new SplitUnits(others, order);
    const shared = elf.section('.gnu_debugaltlink') && others?.shared();
    if (shared) this.sections.supplementary = new DebugSections(shared, order);
  }

  /** Closes the files that were opened besides. */
  close(): void {
    this.splitUnits?.close();
    this.sections.supplementary?.file.close();
  }

  get hasLines(): boolean {
    return this.sections.file.section('.debug_line') !== undefined && this.sections.file.section('.debug_info') !== undefined;
  }

  /** Bytes of .debug_info as they are stored. */
  get size(): number {
    return this.sections.file.section('.debug_info')?.size ?? 0;
  }

  private get index(): UnitIndex {
    this.unitIndex ??= new UnitIndex(this.sections, this.onFault);
    return this.unitIndex;
  }

  /**
   * Adds the frames at an address, innermost first; where only a line is known, one without an entry.
   * @returns the unit, which names the entries
   */
  lookup(at: number, into: FrameRows): Unit | undefined {
    const number = this.index.unitOf(at);
    if (number === -1) return undefined;
    const decoded = this.decode(number);
    this.framesAt(at, decoded, into);
    return decoded.unit;
  }

  /** Which addresses each unit has, in the order of units in the file; first those that belong to none. */
  byUnit(addresses: Float64Array): UnitAddresses[] {
    const groups = new Map<number, number[]>();
    addresses.forEach((address, index) => {
      const number = addresses.length === 1 ? this.index.unitOfOne(address) : this.index.unitOf(address);
      const group = groups.get(number);
      if (group) group.push(index);
      else groups.set(number, [index]);
    });
    return [...groups]
      .sort(([a], [b]) => a - b)
      .map(([number, indexes]) => {
        const header = this.index.units[number]?.header;
        return { unit: header?.offset ?? NO_UNIT, bytes: header ? header.end - header.offset : 0, indexes };
      });
  }

  /**
   * Frames of addresses that are in one unit, which is not kept.
   * @param unitOffset as `byUnit` has it
   * @param wanted ascending
   * @param isCode whether something else than debug information says that there is a function at an address
   * @param emit called for each of `wanted`, by its index, after its frames have been added
   */
  lookupIn(
    unitOffset: number,
    wanted: Float64Array,
    isCode: (address: number) => boolean,
    into: FrameRows,
    emit: (index: number, unit?: Unit) => void,
  ): void {
    const unit = unitOffset === NO_UNIT ? undefined : this.attempt(() => Unit.at(this.sections, unitOffset));
    const decoded = unit && this.decodeFor(unit, wanted, isCode);
    wanted.forEach((address, index) => {
      if (decoded) this.framesAt(address, decoded, into);
      emit(index, decoded?.unit);
    });
  }

  private framesAt(at: number, decoded: DecodedUnit, into: FrameRows): void {
    const { functions, lines } = decoded;
    const lineRow = lines ? lineRowAt(lines, at) : -1;
    let file = NO_FILE;
    let line = 0;
    let column = 0;
    let discriminator = 0;
    if (lines && lineRow !== -1) {
      file = this.fileOf(decoded.unit, decoded.files, lines.file[lineRow]!);
      line = lines.line[lineRow]!;
      column = lines.column[lineRow]!;
      discriminator = lines.discriminator[lineRow]!;
    }
    const base = decoded.unit.entryBase;
    let row = functions ? innermostAt(functions, at) : -1;
    if (row === -1 && lineRow !== -1) into.add(NaN, NaN, file, line, column, discriminator, false);
    for (; row !== -1 && functions; row = functions.parent[row]!) {
      const parent = functions.parent[row]!;
      into.add(functions.entry[row]! + base, functions.lowPc[row]!, file, line, column, discriminator, parent !== -1);
      if (parent === -1) return;
      file = this.fileOf(decoded.unit, decoded.files, functions.callFile[row]!);
      line = functions.callLine[row]!;
      column = functions.callColumn[row]!;
      discriminator = functions.callDiscriminator[row]!;
    }
  }

  /** The function around an address that is not inlined, as far as the piece that holds the address goes. */
  functionRange(address: bigint): { name: string; start: bigint; end: bigint } | undefined {
    const at = this.addresses.toNumber(address);
    const number = this.index.unitOf(at);
    if (number === -1) return undefined;
    const { unit, functions } = this.decode(number);
    if (!functions) return undefined;
    const outermost = (row: number): number => {
      while (row !== -1 && functions.parent[row]! !== -1) row = functions.parent[row]!;
      return row;
    };
    const { starts, innermost } = functions;
    const row = outermost(innermostAt(functions, at));
    if (row === -1) return undefined;
    let first = starts.findLastIndex((start) => start <= at);
    let last = first;
    while (first > 0 && outermost(innermost[first - 1]!) === row) first--;
    while (last + 1 < starts.length && outermost(innermost[last + 1]!) === row) last++;
    const { linkageName, name } = this.nameOf(functions.entry[row]! + unit.entryBase, unit);
    const end = starts[last + 1] ?? starts[last]! + 1;
    return { name: linkageName ?? name ?? '', start: this.addresses.toBigInt(starts[first]!), end: this.addresses.toBigInt(end) };
  }

  /** Index in `files` of a file of a unit's line table. */
  private fileOf(unit: Unit, { header, indexes }: UnitFiles, file: number): number {
    let index = indexes.get(file);
    if (index === undefined) {
      const found = header && this.attempt(() => sourceFile(unit, header, file));
      index = found === undefined ? NO_FILE : this.indexOf(found);
      indexes.set(file, index);
    }
    return index;
  }

  /** The files of a unit: those of the line table that has been read, or of the header alone. */
  private filesOf(unit: Unit, lines?: LineTable): UnitFiles {
    let files = this.unitFiles.get(unit);
    if (files === undefined) {
      files = { header: lines ? lines.header : this.attempt(() => headerOf(unit)), indexes: new Map() };
      if (this.unitFiles.size >= MAX_UNIT_FILES) this.unitFiles.delete(this.unitFiles.keys().next().value!);
      this.unitFiles.set(unit, files);
    }
    return files;
  }

  /** Index in `files` of a file. */
  indexOf(file: SourceFile): number {
    const key = fileKey(file);
    let index = this.fileIndexes.get(key);
    if (index === undefined) this.fileIndexes.set(key, (index = this.files.push(file) - 1));
    return index;
  }

  /**
   * What the function of an entry is called; empty where that cannot be read.
   * @param from the unit that refers to the entry
   */
  nameOf(entry: EntryReference, from: Unit): DeclaredName {
    const found = this.attempt(() => readFunctionName(from, entry - (entry < 0 ? 0 : from.entryBase), (unit, to) => this.find(unit, to)));
    if (found === undefined) return { name: undefined, linkageName: undefined, declFile: undefined, declLine: 0 };
    const { name, linkageName, declFile, declLine, unit } = found;
    const file = Number.isNaN(declFile) ? NO_FILE : this.fileOf(unit, this.filesOf(unit), declFile);
    return { name, linkageName, declFile: this.files[file]?.path, declLine };
  }

  private find(from: Unit, reference: EntryReference): { unit: Unit; offset: number } | undefined {
    if (Number.isNaN(reference)) return undefined;
    if (reference < 0) return this.inShared(-1 - reference);
    const { firstEntry, end } = from.header;
    if (reference >= firstEntry && reference < end) return { unit: from, offset: reference };
    if (from.sections === this.sections.supplementary) return this.inShared(reference);
    const unit = this.index.holding(reference);
    return unit && { unit, offset: reference };
  }

  /** An entry of the file that several share. */
  private inShared(offset: number): { unit: Unit; offset: number } | undefined {
    const { supplementary } = this.sections;
    if (supplementary === undefined) return undefined;
    this.sharedIndex ??= new UnitIndex(supplementary, this.onFault);
    const unit = this.sharedIndex.holding(offset);
    return unit && { unit, offset };
  }

  private decode(number: number): DecodedUnit {
    let decoded = this.decoded.get(number);
    if (decoded !== undefined) {
      this.decoded.delete(number);
      this.decoded.set(number, decoded);
      return decoded;
    }
    const unit = this.withCode(this.index.units[number]!);
    const functions = this.attempt(() => functionsOf(unit));
    const lines = this.attempt(() => readLineTable(unit));
    decoded = { unit, functions, lines, files: this.filesOf(unit, lines) };
    this.decodedBytes += bytesOf(decoded);
    while (this.decodedBytes > MAX_DECODED_BYTES && this.decoded.size > 0) {
      const [oldest, gone] = this.decoded.entries().next().value!;
      this.decoded.delete(oldest);
      this.decodedBytes -= bytesOf(gone);
    }
    this.decoded.set(number, decoded);
    return decoded;
  }

  /** The unit that has the functions: the split one, of a skeleton. */
  private withCode(unit: Unit): Unit {
    return this.attempt(() => this.splitUnits?.of(unit)) ?? unit;
  }

  /** Valid until the next. */
  private decodeFor(linked: Unit, wanted: Float64Array, isCode: (address: number) => boolean): DecodedUnit {
    const unit = this.withCode(linked);
    const { hasty } = this;
    let functions = this.attempt(() => functionsAt(unit, wanted, hasty));
    const missing = (): number =>
      functions ? wanted.findIndex((address) => innermostAt(functions!, address) === -1 && isCode(address)) : -1;
    // a function inside another's entry is found by looking there, and only where one is missing
    const first = hasty ? missing() : -1;
    if (first !== -1) {
      functions = this.attempt(() => functionsAt(unit, wanted, false));
      // what one unit of a program has, the others will have, too
      this.hasty = missing() === first;
    }
    const lines = this.attempt(() => readLineTable(unit, false));
    return { unit, functions, lines, files: this.filesOf(unit, lines) };
  }

  private attempt<T>(work: () => T): T | undefined {
    try {
      return work();
    } catch (error) {
      if (!(error instanceof FileError)) throw error;
      this.onFault(error);
      return undefined;
    }
  }
}

function sourceFile(unit: Unit, header: LineHeader, index: number): SourceFile | undefined {
  const path = filePath(header, index, (unit.skeleton ?? unit).string(dw.DW_AT_comp_dir));
  return path === undefined ? undefined : { path, md5: fileMd5(header, index) };
}

function headerOf(unit: Unit): LineHeader | undefined {
  const holder = unit.skeleton ?? unit;
  const offset = holder.number(dw.DW_AT_stmt_list);
  return offset === undefined ? undefined : readLineHeader(holder, offset).header;
}

const bytesOf = ({ functions, lines }: DecodedUnit): number => 1024 + (functions?.bytes ?? 0) + (lines?.bytes ?? 0);
