/** Headers of line programs (DWARF 5, section 6.2.4; DWARF 4, section 6.2.4): directories, files and the program's parameters. */
import { Scratch } from '../elf/byteSource.ts';
import type { ByteReader } from './byteReader.ts';
import * as dw from './constants.ts';
import { type FormSizes, indirect, readForm } from './forms.ts';
import type { Unit } from './unit.ts';

/** A name that is read when it is asked for: most files of a unit never are. */
interface NameReference {
  readonly form: number;
  /** What the form holds; for inline strings the offset in .debug_line. */
  readonly value: number;
  /** Index of a directory, for files. */
  readonly directory: number;
  /** Offset in .debug_line of the MD5 of a file's content; NO_MD5 where there is none. */
  readonly md5: number;
}

const NO_MD5 = -1;
const MD5_BYTES = 16;

export interface LineHeader {
  readonly version: number;
  readonly dwarf64: boolean;
  readonly addressSize: number;
  readonly minimumInstructionBytes: number;
  readonly operationsPerInstruction: number;
  readonly lineBase: number;
  readonly lineRange: number;
  readonly opcodeBase: number;
  /** Operands of each standard opcode, from opcode 1. */
  readonly operandCounts: Uint8Array;
  readonly directories: readonly NameReference[];
  /** Grows where the program defines files (DW_LNE_define_file). */
  readonly files: NameReference[];
  readonly unit: Unit;
}

const scratch = new Scratch();

/** Reads a header; the reader stands at the program's first opcode afterwards, and ends with the program: valid until the next. */
export function readLineHeader(unit: Unit, offset: number): { header: LineHeader; program: ByteReader } {
  const section = unit.sections.get('.debug_line');
  const head = section.reader(offset, 12, scratch);
  let length = head.u32();
  const dwarf64 = length === 0xffffffff;
  if (dwarf64) length = head.u64();
  const body = head.offset;
  if (!(body + length <= section.size)) throw head.fault('truncated', `a line program of ${length} bytes ends beyond its section`, 0);
  const reader = section.reader(body, length, scratch);
  const version = reader.u16();
  if (version < 2 || version > 5) throw reader.fault('unsupported', `a line program of version ${version}; 2 to 5 are known`, 0);
  let { addressSize } = unit.header;
  if (version >= 5) {
    addressSize = reader.u8();
    reader.u8(); // segment selectors are not used
  }
  const headerLength = reader.sectionOffset(dwarf64);
  const start = reader.at + headerLength;
  if (start > reader.bytes.length) throw reader.fault('truncated', `a line program's header of ${headerLength} bytes ends beyond it`);
  const minimumInstructionBytes = reader.u8();
  const operationsPerInstruction = version >= 4 ? reader.u8() : 1;
  reader.u8(); // default_is_stmt
  const lineBase = reader.s8();
  const lineRange = reader.u8();
  const opcodeBase = reader.u8();
  const operandCounts = reader.block(Math.max(0, opcodeBase - 1)).slice();
  const tables = version >= 5 ? readTables5(reader, dwarf64, addressSize) : readTables2(reader);
  reader.at = start;
  return {
    header: {
      version,
      dwarf64,
      addressSize,
      minimumInstructionBytes,
      operationsPerInstruction,
      lineBase,
      lineRange,
      opcodeBase,
      operandCounts,
      ...tables,
      unit,
    },
    program: reader,
  };
}

interface Tables {
  readonly directories: NameReference[];
  readonly files: NameReference[];
}

const nothing: NameReference = { form: 0, value: 0, directory: 0, md5: NO_MD5 };

/** Lists that end with an empty name. Their numbering begins with 1. */
function readTables2(reader: ByteReader): Tables {
  const directories = [nothing];
  while (reader.bytes[reader.at] !== 0)
    directories.push({ form: dw.DW_FORM_string, value: skippedString(reader), directory: 0, md5: NO_MD5 });
  reader.skip(1);
  const files = [nothing];
  while (reader.bytes[reader.at] !== 0) files.push(readFile(reader));
  reader.skip(1);
  return { directories, files };
}

function skippedString(reader: ByteReader): number {
  const { offset } = reader;
  reader.skipString();
  return offset;
}

/** Name, directory, and the modification time and size that nobody needs. */
export function readFile(reader: ByteReader): NameReference {
  const value = skippedString(reader);
  const directory = reader.uleb();
  reader.uleb();
  reader.uleb();
  return { form: dw.DW_FORM_string, value, directory, md5: NO_MD5 };
}

function readTables5(reader: ByteReader, dwarf64: boolean, addressSize: number): Tables {
  const sizes = { version: 5, dwarf64, addressSize };
  return { directories: readEntries(reader, sizes), files: readEntries(reader, sizes) };
}

function readEntries(reader: ByteReader, sizes: FormSizes): NameReference[] {
  const formats = Array.from({ length: reader.u8() }, () => ({ content: reader.uleb(), form: reader.uleb() }));
  const count = reader.uleb();
  if (count > reader.left || (formats.length === 0 && count > 0))
    throw reader.fault('corrupt', `a table of ${count} names in ${reader.left} bytes`);
  const entries: NameReference[] = [];
  for (let i = 0; i < count; i++) {
    let nameForm = 0;
    let name = 0;
    let directory = 0;
    let md5 = NO_MD5;
    for (const format of formats) {
      const form = format.form === dw.DW_FORM_indirect ? indirect(reader) : format.form;
      const { offset } = reader;
      const value = readForm(reader, form, 0, sizes);
      if (format.content === dw.DW_LNCT_path) {
        nameForm = form;
        name = value;
      } else if (format.content === dw.DW_LNCT_directory_index) {
        directory = value;
      } else if (format.content === dw.DW_LNCT_MD5 && form === dw.DW_FORM_data16) {
        md5 = offset;
      }
    }
    entries.push({ form: nameForm, value: name, directory, md5 });
  }
  return entries;
}

function nameOf({ unit }: LineHeader, { form, value }: NameReference): string {
  if (form === 0) return '';
  return (form === dw.DW_FORM_string ? unit.sections.get('.debug_line').string(value) : unit.stringOf(form, value)) ?? '';
}

/**
 * A file's path as the unit's compiler saw it: its directory before it unless it is absolute, and the compilation directory before that.
 * @returns undefined for an index that names no file
 * @throws FileError where the name cannot be read
 */
export function filePath(header: LineHeader, index: number, compilationDirectory: string | undefined): string | undefined {
  const file = header.files[index];
  if (file === undefined || (header.version < 5 && index === 0)) return undefined;
  const name = nameOf(header, file);
  if (name.startsWith('/')) return name;
  const entry = header.directories[file.directory];
  const directory = entry ? nameOf(header, entry) : '';
  // DWARF 5's directory 0 is the compilation directory, even where that is relative
  const isWhole = directory.startsWith('/') || (header.version >= 5 && file.directory === 0);
  const base = isWhole ? '' : (compilationDirectory ?? '');
  return joined(joined(base, directory), name);
}

/**
 * MD5 of a file's content as it was compiled, in hexadecimal (DW_LNCT_MD5: clang writes it). Undefined where the table has none: an assembler
 * that knows those of some files only writes zeros for the others.
 */
export function fileMd5(header: LineHeader, index: number): string | undefined {
  const at = header.files[index]?.md5 ?? NO_MD5;
  if (at === NO_MD5) return undefined;
  const bytes = header.unit.sections.get('.debug_line').slice(at, MD5_BYTES);
  return bytes.some((byte) => byte !== 0) ? Buffer.from(bytes).toString('hex') : undefined;
}

function joined(folder: string, name: string): string {
  if (folder === '') return name;
  if (name === '') return folder;
  return folder.endsWith('/') ? folder + name.replace(/^\/+/, '') : name.startsWith('/') ? folder + name : `${folder}/${name}`;
}
