/** Relocations of debug sections in files that were not linked (.o, kernel modules): offsets into sections and addresses of symbols. */
import { EM_386, EM_AARCH64, EM_ARM, EM_RISCV, EM_X86_64, SHT_RELA } from './constants.ts';
import type { ElfFile } from './elfFile.ts';
import { FileError } from './errors.ts';
import type { Section } from './headers.ts';

/** Bytes written by the relocation types that debug sections use; 0: nothing to do. */
const widths: Readonly<Record<number, Readonly<Record<number, number>>>> = {
  [EM_X86_64]: { 0: 0, 1: 8, 10: 4, 11: 4, 17: 8, 21: 4 },
  [EM_386]: { 0: 0, 1: 4, 32: 4 },
  [EM_AARCH64]: { 0: 0, 256: 0, 257: 8, 258: 4 },
  [EM_ARM]: { 0: 0, 2: 4 },
  // 35 to 40 add to and subtract from what stands there; they do not occur in what is looked up
  [EM_RISCV]: { 0: 0, 1: 4, 2: 8 },
};

/** @returns a copy of `bytes` with the relocations of one section applied */
export function relocate(file: ElfFile, target: Section, bytes: Uint8Array, relocations: Section): Uint8Array {
  const known = widths[file.header.machine];
  if (known === undefined) {
    throw new FileError('unsupported', `relocations of ${file.machineName} are not known; link the file first`, {
      section: relocations.name,
    });
  }
  const table = file.sections[relocations.link];
  const symbols = table ? file.data(table) : new Uint8Array(0);
  const symbolView = new DataView(symbols.buffer, symbols.byteOffset, symbols.byteLength);
  const entries = file.raw(relocations, 0, relocations.size);
  const view = new DataView(entries.buffer, entries.byteOffset, entries.byteLength);
  const { littleEndian } = file.header;
  const wide = file.header.bits === 64;
  const withAddend = relocations.type === SHT_RELA;
  const entryBytes = (wide ? 16 : 8) + (withAddend ? (wide ? 8 : 4) : 0);
  const result = Uint8Array.from(bytes);
  const out = new DataView(result.buffer);
  for (let at = 0; at + entryBytes <= entries.length; at += entryBytes) {
    const offset = wide ? Number(view.getBigUint64(at, littleEndian)) : view.getUint32(at, littleEndian);
    const info = wide ? view.getBigUint64(at + 8, littleEndian) : BigInt(view.getUint32(at + 4, littleEndian));
    const type = Number(info & (wide ? 0xffffffffn : 0xffn));
    const symbol = Number(info >> (wide ? 32n : 8n));
    const width = known[type] ?? 0;
    if (width === 0) continue;
    const value = symbol * (wide ? 24 : 16) + (wide ? 8 : 4);
    if (offset + width > result.length || value + (wide ? 8 : 4) > symbols.length) {
      throw new FileError('corrupt', `relocates a byte outside of ${target.name}, or by a symbol that is not there`, {
        section: relocations.name,
        offset: at,
      });
    }
    const base = wide ? symbolView.getBigUint64(value, littleEndian) : BigInt(symbolView.getUint32(value, littleEndian));
    const present = width === 8 ? out.getBigUint64(offset, littleEndian) : BigInt(out.getUint32(offset, littleEndian));
    const addend = !withAddend ? present : wide ? view.getBigUint64(at + 16, littleEndian) : BigInt(view.getUint32(at + 8, littleEndian));
    if (width === 8) out.setBigUint64(offset, BigInt.asUintN(64, base + addend), littleEndian);
    else out.setUint32(offset, Number(BigInt.asUintN(32, base + addend)), littleEndian);
  }
  return result;
}
