/** The debug information of one file, unit by unit and only where it is asked for. */
import { AddressSpace } from '../elf/addresses.ts';
import type { ElfFile } from '../elf/elfFile.ts';
import { FileError } from '../elf/errors.ts';
import * as dw from './constants.ts';
import { DebugSections } from './debugSections.ts';
import { type FunctionName, readFunctionName } from './functionNames.ts';
import { type EntryReference, type FunctionTable, innermostAt } from './functionTable.ts';
import { functionsOf } from './functionWalk.ts';
import { filePath } from './lineHeader.ts';
import { type LineTable, lineRowAt, readLineTable } from './lineTable.ts';
import type { Unit } from './unit.ts';
import { UnitIndex } from './unitIndex.ts';

export interface DwarfFrame {
  readonly name: string | undefined;
  readonly linkageName: string | undefined;
  readonly file: string | undefined;
  /** 0 where unknown, as are columns. */
  readonly line: number;
  readonly column: number;
  readonly discriminator: number;
  readonly inlined: boolean;
  /** DW_AT_low_pc. */
  readonly start: bigint | undefined;
  readonly declFile: string | undefined;
  readonly declLine: number;
}

interface DecodedUnit {
  readonly unit: Unit;
  readonly functions: FunctionTable | undefined;
  readonly lines: LineTable | undefined;
  /** Paths of the line table's files that have been asked for. */
  readonly paths: Map<number, string | undefined>;
}

/** Memory that decoded units may take together. */
const MAX_DECODED_BYTES = 96 * 1024 * 1024;
const MAX_NAMES = 200_000;

export class DwarfFile {
  private readonly sections: DebugSections;
  readonly addresses: AddressSpace;
  private readonly onFault: (fault: FileError) => void;
  private unitIndex: UnitIndex | undefined;
  private readonly decoded = new Map<number, DecodedUnit>();
  private decodedBytes = 0;
  /** The unit decoded last, where it is not kept. */
  private passing: { readonly number: number; readonly decoded: DecodedUnit } | undefined;
  private readonly names = new Map<EntryReference, FunctionName>();

  /** @param onFault told of everything that cannot be read; lookups go on with what can be */
  constructor(elf: ElfFile, onFault: (fault: FileError) => void) {
    this.addresses = AddressSpace.of(elf);
    this.sections = new DebugSections(elf, { littleEndian: elf.header.littleEndian, addresses: this.addresses });
    this.onFault = onFault;
  }

  get hasLines(): boolean {
    return this.sections.file.section('.debug_line') !== undefined && this.sections.file.section('.debug_info') !== undefined;
  }

  private get index(): UnitIndex {
    this.unitIndex ??= new UnitIndex(this.sections, this.onFault);
    return this.unitIndex;
  }

  /**
   * Functions at an address, innermost first; where only a line is known, one frame without a name.
   * @param passing true where the caller goes through addresses in order: a unit is not kept longer than it is passed through
   */
  lookup(address: bigint, passing = false): DwarfFrame[] {
    const at = this.addresses.toNumber(address);
    const number = this.index.unitOf(at);
    if (number === -1) return [];
    const decoded = this.decode(number, !passing);
    const { unit, functions, lines } = decoded;
    const lineRow = lines ? lineRowAt(lines, at) : -1;
    let place = { file: 0, line: 0, column: 0, discriminator: 0 };
    if (lines && lineRow !== -1) {
      place = {
        file: lines.file[lineRow]!,
        line: lines.line[lineRow]!,
        column: lines.column[lineRow]!,
        discriminator: lines.discriminator[lineRow]!,
      };
    }
    const path = (file: number): string | undefined => this.pathOf(decoded, file);
    const frames: DwarfFrame[] = [];
    for (let row = functions ? innermostAt(functions, at) : -1; row !== -1 && functions; row = functions.parent[row]!) {
      const { name, linkageName, declFile, declLine } = this.nameOf(unit, functions.entry[row]!);
      const lowPc = functions.lowPc[row]!;
      frames.push({
        name,
        linkageName,
        file: frames.length === 0 && lineRow === -1 ? undefined : path(place.file),
        line: place.line,
        column: place.column,
        discriminator: place.discriminator,
        inlined: functions.parent[row] !== -1,
        start: Number.isNaN(lowPc) ? undefined : this.addresses.toBigInt(lowPc),
        declFile: path(declFile),
        declLine,
      });
      place = {
        file: functions.callFile[row]!,
        line: functions.callLine[row]!,
        column: functions.callColumn[row]!,
        discriminator: functions.callDiscriminator[row]!,
      };
    }
    if (frames.length === 0 && lineRow !== -1) {
      const nothing = { name: undefined, linkageName: undefined, inlined: false, start: undefined, declFile: undefined, declLine: 0 };
      frames.push({ ...nothing, ...place, file: path(place.file) });
    }
    return frames;
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
    const { linkageName, name } = this.nameOf(unit, functions.entry[row]!);
    const end = starts[last + 1] ?? starts[last]! + 1;
    return { name: linkageName ?? name ?? '', start: this.addresses.toBigInt(starts[first]!), end: this.addresses.toBigInt(end) };
  }

  private pathOf({ unit, lines, paths }: DecodedUnit, file: number): string | undefined {
    if (lines === undefined) return undefined;
    let path = paths.get(file);
    if (path === undefined && !paths.has(file)) {
      path = this.attempt(() => filePath(lines.header, file, (unit.skeleton ?? unit).string(dw.DW_AT_comp_dir)));
      paths.set(file, path);
    }
    return path;
  }

  private nameOf(unit: Unit, entry: EntryReference): FunctionName {
    let name = this.names.get(entry);
    if (name === undefined) {
      name = this.attempt(() => readFunctionName(unit, entry, (from, reference) => this.find(from, reference)));
      name ??= { name: undefined, linkageName: undefined, declFile: 0, declLine: 0, unit };
      if (this.names.size >= MAX_NAMES) this.names.clear();
      this.names.set(entry, name);
    }
    return name;
  }

  private find(from: Unit, reference: EntryReference): { unit: Unit; offset: number } | undefined {
    if (!(reference >= 0)) return undefined;
    const { firstEntry, end } = from.header;
    const unit = reference >= firstEntry && reference < end ? from : this.index.holding(reference);
    return unit && { unit, offset: reference };
  }

  private decode(number: number, keep = true): DecodedUnit {
    let decoded = this.decoded.get(number);
    if (decoded !== undefined) {
      this.decoded.delete(number);
      this.decoded.set(number, decoded);
      return decoded;
    }
    if (this.passing?.number === number) return this.passing.decoded;
    const unit = this.index.units[number]!;
    decoded = {
      unit,
      functions: this.attempt(() => functionsOf(unit, keep)),
      lines: this.attempt(() => readLineTable(unit, keep)),
      paths: new Map(),
    };
    this.passing = keep ? undefined : { number, decoded };
    if (!keep) return decoded;
    this.decodedBytes += bytesOf(decoded);
    while (this.decodedBytes > MAX_DECODED_BYTES && this.decoded.size > 0) {
      const [oldest, gone] = this.decoded.entries().next().value!;
      this.decoded.delete(oldest);
      this.decodedBytes -= bytesOf(gone);
    }
    this.decoded.set(number, decoded);
    return decoded;
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

const bytesOf = ({ functions, lines }: DecodedUnit): number => 1024 + (functions?.bytes ?? 0) + (lines?.bytes ?? 0);
