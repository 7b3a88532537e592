/** The entries of `.eh_frame` and `.debug_frame`: CIEs and FDEs (DWARF 5, 6.4.1 and 7.24; Linux Standard Base 5, "Exception Frames"). */
import { FileError } from '../elf/errors.ts';
import { type ByteOrder, ByteReader } from './byteReader.ts';
import { DW_EH_PE_absptr, DW_EH_PE_omit, type PointerBases, readPointer, readValue } from './cfiPointer.ts';

/** One section of call frame information. */
export interface CfiSection {
  readonly name: string;
  readonly bytes: Uint8Array;
  readonly order: ByteOrder;
  /** `.eh_frame` and `.debug_frame` differ in how entries find their CIE and in what augmentations mean. */
  readonly isEh: boolean;
  readonly bases: PointerBases;
  readonly addressSize: number;
}

/** Common Information Entry. */
export interface Cie {
  readonly codeAlign: number;
  readonly dataAlign: number;
  readonly returnColumn: number;
  readonly pointerEncoding: number;
  readonly addressSize: number;
  readonly segmentBytes: number;
  readonly signal: boolean;
  /** Augmentation data stands in each FDE, after its length. */
  readonly sized: boolean;
  readonly instructionsAt: number;
  readonly end: number;
}

/** Frame Description Entry: the function it describes and where its instructions are. */
export interface Fde {
  readonly cie: Cie;
  readonly start: number;
  readonly bytes: number;
  readonly instructionsAt: number;
  readonly end: number;
}

interface EntryHead {
  readonly at: number;
  /** After the length. */
  readonly idAt: number;
  readonly end: number;
  readonly dwarf64: boolean;
}

const newReader = (section: CfiSection, at: number, end = section.bytes.length): ByteReader =>
  new ByteReader(section.bytes.subarray(0, end), section.order, section.name, 0, at);

/** Reads entries of one section; CIEs are kept once read. */
export class CfiEntries {
  readonly section: CfiSection;
  private readonly cies = new Map<number, Cie>();

  constructor(section: CfiSection) {
    this.section = section;
  }

  /**
   * Every FDE's offset in the section, in order. Ends quietly at the section's end.
   * @param found called with each FDE
   * @param broken called with what is wrong with an entry that was left out
   * @throws FileError where a length leads out of the section: nothing after it can be found
   */
  scan(found: (offset: number, fde: Fde) => void, broken: (error: FileError) => void): void {
    const { section } = this;
    for (let at = 0; at + 4 <= section.bytes.length;) {
      const head = this.head(at);
      at = head.end;
      if (head.end === head.idAt) continue; // a zero terminator; linkers leave some in the middle
      try {
        const fde = this.fde(head);
        if (fde !== null) found(head.at, fde);
      } catch (error) {
        if (!(error instanceof FileError)) throw error;
        broken(error);
      }
    }
  }

  /** The FDE at an offset that `scan` gave. */
  fdeAt(offset: number): Fde {
    const fde = this.fde(this.head(offset));
    if (fde === null) throw newReader(this.section, offset).fault('corrupt', 'a CIE where an FDE was expected');
    return fde;
  }

  private head(at: number): EntryHead {
    const reader = newReader(this.section, at);
    let length = reader.u32();
    const dwarf64 = length === 0xffffffff;
    if (dwarf64) length = reader.u64();
    else if (length >= 0xfffffff0) throw reader.fault('corrupt', 'an entry with a reserved length', at);
    if (!(length <= reader.left)) throw reader.fault('truncated', `an entry of ${length} bytes`, at);
    return { at, idAt: reader.at, end: reader.at + length, dwarf64 };
  }

  /** Null for a CIE. */
  private fde(head: EntryHead): Fde | null {
    const { section } = this;
    const reader = newReader(section, head.idAt, head.end);
    const id = this.id(reader, head);
    if (id.isCie) return null;
    const cie = this.cie(id.cieAt);
    const start = this.pointer(reader, cie);
    const bytes = readValue(reader, cie.pointerEncoding & 0x0f, cie.addressSize);
    if (cie.sized) reader.skip(reader.uleb());
    // a range of 4 bytes and more read as signed can be negative in a hostile file; NaN is an address nobody knows
    return { cie, start, bytes: bytes > 0 ? bytes : 0, instructionsAt: reader.at, end: head.end };
  }

  private pointer(reader: ByteReader, cie: Cie): number {
    reader.skip(cie.segmentBytes);
    return readPointer(reader, cie.pointerEncoding, this.section.bases, cie.addressSize);
  }

  /** The word after the length: a CIE's mark, or where the CIE is. */
  private id(reader: ByteReader, head: EntryHead): { isCie: boolean; cieAt: number } {
    const place = reader.at;
    if (this.section.isEh) {
      const back = reader.u32(); // of 4 bytes in the 64-bit format too
      return { isCie: back === 0, cieAt: place - back };
    }
    const cieAt = reader.sectionOffset(head.dwarf64);
    return { isCie: cieAt >= (head.dwarf64 ? 2 ** 64 - 2048 : 0xffffffff), cieAt };
  }

  private cie(at: number): Cie {
    let cie = this.cies.get(at);
    if (cie === undefined) {
      cie = this.readCie(at);
      this.cies.set(at, cie);
    }
    return cie;
  }

  private readCie(at: number): Cie {
    const { section } = this;
    if (!(at >= 0 && at + 4 <= section.bytes.length)) throw newReader(section, 0).fault('corrupt', `an FDE of a CIE at ${at}`);
    const head = this.head(at);
    const reader = newReader(section, head.idAt, head.end);
    if (!this.id(reader, head).isCie) throw reader.fault('corrupt', 'an FDE whose CIE is not one', at);
    const version = reader.u8();
    if (version !== 1 && version !== 3 && version !== 4) throw reader.fault('unsupported', `a CIE of version ${version}`, at);
    const augmentation = reader.string();
    let addressSize = section.addressSize;
    let segmentBytes = 0;
    if (version >= 4) {
      addressSize = reader.u8();
      segmentBytes = reader.u8();
    }
    if (augmentation.startsWith('eh')) reader.skip(addressSize); // GCC 2's exception table pointer
    const codeAlign = reader.uleb();
    const dataAlign = reader.sleb();
    const returnColumn = version === 1 ? reader.u8() : reader.uleb();
    const more = this.augmentation(reader, augmentation, addressSize);
    return { codeAlign, dataAlign, returnColumn, addressSize, segmentBytes, ...more, instructionsAt: reader.at, end: head.end };
  }

  private augmentation(reader: ByteReader, augmentation: string, addressSize: number): Pick<Cie, 'pointerEncoding' | 'signal' | 'sized'> {
    let pointerEncoding = DW_EH_PE_absptr;
    const sized = augmentation.startsWith('z');
    let end = NaN;
    if (sized) {
      const length = reader.uleb();
      if (!(length <= reader.left)) throw reader.fault('truncated', 'augmentation data longer than its CIE');
      end = reader.at + length;
    }
    const letters = augmentation.startsWith('eh') ? augmentation.slice(2) : sized ? augmentation.slice(1) : augmentation;
    for (const letter of letters) {
      if (letter === 'R') pointerEncoding = reader.u8();
      else if (letter === 'L') reader.u8();
      else if (letter === 'P') {
        const encoding = reader.u8();
        if (encoding !== DW_EH_PE_omit) readPointer(reader, encoding, this.section.bases, addressSize);
      } else if (letter !== 'S' && letter !== 'B' && letter !== 'G') {
        // without a size nothing after an unknown letter can be read
        if (!sized) throw reader.fault('unsupported', `augmentation ${JSON.stringify(augmentation.slice(0, 20))}`);
        break;
      }
    }
    if (sized) {
      if (reader.at > end) throw reader.fault('corrupt', 'augmentation data longer than it says');
      reader.at = end;
    }
    return { pointerEncoding, signal: letters.includes('S'), sized };
  }
}
