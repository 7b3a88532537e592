/** Units split off into .dwo files, or collected in a .dwp (DWARF 5, sections 7.3.2 and 7.3.5; GNU's DebugFission for DWARF 4). */
import type { ElfFile } from '../elf/elfFile.ts';
import { FileError } from '../elf/errors.ts';
import * as dw from './constants.ts';
import { type ByteOrder } from './byteReader.ts';
import { DebugSections } from './debugSections.ts';
import { Unit } from './unit.ts';

/** Where such files are looked for. */
export interface SplitFiles {
  package(): ElfFile | undefined;
  split(name: string, compilationDirectory: string | undefined): ElfFile | undefined;
}

/** Entries of split units are told apart from those of the file itself, and from each other, by this much. */
const ENTRY_BASE = 2 ** 36;
const MAX_OPEN = 64;

export class SplitUnits {
  private readonly files: SplitFiles;
  private readonly order: ByteOrder;
  /** Split units by their skeleton's offset. */
  private readonly known = new Map<number, Unit | undefined>();
  /** Undefined until it has been looked for. */
  private index: { readonly file: ElfFile; readonly parts: Map<number, Parts> } | null | undefined;
  private readonly open: ElfFile[] = [];
  private count = 0;

  constructor(files: SplitFiles, order: ByteOrder) {
    this.files = files;
    this.order = order;
  }

  /**
   * The unit that a skeleton stands for; undefined where the unit is none, or its other half is not at hand.
   * @throws FileError where it is there and cannot be read
   */
  of(skeleton: Unit): Unit | undefined {
    const name = skeleton.string(dw.DW_AT_dwo_name) ?? skeleton.string(dw.DW_AT_GNU_dwo_name);
    if (name === undefined) return undefined;
    const { offset } = skeleton.header;
    if (!this.known.has(offset)) {
      this.known.set(offset, undefined);
      this.known.set(offset, this.find(skeleton, name));
    }
    return this.known.get(offset);
  }

  private find(skeleton: Unit, name: string): Unit | undefined {
    const id = skeleton.dwoId;
    this.index ??= this.readIndex();
    const parts = id === undefined ? undefined : this.index?.parts.get(id);
    if (parts && this.index) return this.unitIn(new DebugSections(this.index.file, this.order, '.dwo', parts), skeleton, id);
    const file = this.files.split(name, skeleton.string(dw.DW_AT_comp_dir));
    if (file === undefined) return undefined;
    this.open.push(file);
    if (this.open.length > MAX_OPEN) this.forget();
    return this.unitIn(new DebugSections(file, this.order, '.dwo'), skeleton, id);
  }

  /** Files are opened once more where they are needed once more. */
  private forget(): void {
    this.open.shift()!.close();
    for (const [offset, unit] of this.known) {
      if (unit && unit.sections.file !== this.index?.file) {
        this.known.delete(offset);
        return;
      }
    }
  }

  private unitIn(sections: DebugSections, skeleton: Unit, id: number | undefined): Unit | undefined {
    for (let offset = 0; offset < sections.info.size;) {
      const unit = Unit.at(sections, offset, sections.info, skeleton);
      const isType = unit.header.type === dw.DW_UT_split_type || unit.header.type === dw.DW_UT_type;
      if (!isType && unit.dwoId === id) {
        unit.entryBase = ++this.count * ENTRY_BASE;
        return unit;
      }
      offset = unit.header.end;
    }
    throw new FileError('corrupt', `${sections.file.source.name} is of another build: it has no unit of the program's`, {
      section: '.debug_info.dwo',
      offset: 0,
    });
  }

  private readIndex(): { file: ElfFile; parts: Map<number, Parts> } | null {
    const file = this.files.package();
    if (file === undefined) return null;
    return { file, parts: readUnitIndex(file, this.order) };
  }

  close(): void {
    for (const file of this.open) file.close();
    this.index?.file.close();
  }
}

type Parts = ReadonlyMap<string, { offset: number; size: number }>;

/** What the columns of .debug_cu_index stand for, in version 5 and in GNU's version 2. */
const columns5 = ['', '.debug_info', '', '.debug_abbrev', '.debug_line', '.debug_loclists', '.debug_str_offsets', '', '.debug_rnglists'];
const columns2 = ['', '.debug_info', '', '.debug_abbrev', '.debug_line', '.debug_loc', '.debug_str_offsets', '', ''];

/** The parts of a .dwp's sections that belong to each unit, by the unit's id. */
function readUnitIndex(file: ElfFile, order: ByteOrder): Map<number, Parts> {
  const sections = new DebugSections(file, order);
  const reader = sections.get('.debug_cu_index').reader(0);
  const units = new Map<number, Parts>();
  if (reader.left === 0) return units;
  // GNU's version is a word; DWARF 5's a half, followed by padding
  const version = reader.u16();
  reader.u16();
  if (version !== 2 && version !== 5) throw reader.fault('unsupported', `an index of version ${version}; 2 and 5 are known`, 0);
  const columnCount = reader.u32();
  const unitCount = reader.u32();
  const slotCount = reader.u32();
  if (reader.left < slotCount * 12 + columnCount * 4 + unitCount * columnCount * 8)
    throw reader.fault('truncated', `an index of ${unitCount} units ends early`);
  const ids = Array.from({ length: slotCount }, () => reader.u64());
  const rows = Array.from({ length: slotCount }, () => reader.u32());
  const names = Array.from({ length: columnCount }, () => (version === 5 ? columns5 : columns2)[reader.u32()] ?? '');
  const table = (): number[][] => Array.from({ length: unitCount }, () => names.map(() => reader.u32()));
  const offsets = table();
  const sizes = table();
  rows.forEach((row, slot) => {
    const offset = offsets[row - 1];
    const size = sizes[row - 1];
    if (row === 0 || offset === undefined || size === undefined) return;
    units.set(ids[slot]!, new Map(names.map((name, i) => [name, { offset: offset[i]!, size: size[i]! }])));
  });
  return units;
}
