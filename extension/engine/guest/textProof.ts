/**
 * Whether a guest runs the code of an ELF file, and where that file was loaded: pages of the guest's text against the file's bytes.
 *
 * A page is the file's where, in each of its blocks of 256 bytes, at least seven eighths of the bytes are equal. Code that is not the file's has about one byte
 * in ten in common with it, and so has the file's own code a few bytes further on; what a guest writes into its text while it runs (breakpoints, a jump in
 * the place of a nop) is a few bytes here and there, and is told. Bytes that a loader fills in are not compared: the hypercall page, and
 * relocated words. A kernel that says it patches itself (Linux's alternatives and their like) may differ in one block of four.
 */
import { ET_REL, SHF_EXECINSTR, SHT_NOBITS, SHT_REL, SHT_RELA } from '../elf/constants.ts';
import type { ElfFile } from '../elf/elfFile.ts';
import { addressOf, toUnsigned } from '../unwind/address.ts';
import { type CodeRange, textRanges } from '../unwind/image.ts';
import type { TextPage } from '../unwind/photograph.ts';
import { HYPERCALL_PAGE_BYTES } from './hypercallPage.ts';

const PAGE_BYTES = 4096;
const BLOCK_BYTES = 256;
const EQUAL_SHARE = 7 / 8;
const PATCHED_BLOCKS_SHARE = 1 / 4;
/** Sections in which kernels keep the places that they patch: Linux, OSv. */
const PATCH_SITES =
  /^(\.altinstructions|\.parainstructions|\.smp_locks|\.(retpoline|return|call|ibt_endbr)_sites|__mcount_loc|__jump_table|\.static_call_sites|\.tracepoint_patch_sites)$/;
/** Fewer bytes than this, or fewer different ones, are no evidence: padding is the same everywhere. */
const LEAST_BYTES = 256;
const LEAST_DISTINCT = 16;
const MAX_PAGES = 256;
/** Pages that a slide is looked for with. */
const MAX_SEARCHES = 8;
const MAX_SEARCHED_BYTES = 256 * 1024 * 1024;
const MAX_TOLD = 8;

export interface TextFinding {
  readonly verdict: 'proved' | 'mismatch' | 'unchecked';
  /** Run-time address less link-time address; 0 where nothing was found. */
  readonly slide: number;
  /** Pages compared, those of them that are the file's, and those that lie outside of it. */
  readonly pages: number;
  readonly equalPages: number;
  readonly outsidePages: number;
  /** Bytes compared in pages that are the file's, and those of them that differ. */
  readonly bytes: number;
  readonly differingBytes: number;
  /** Link-time addresses of differing bytes of pages that are the file's: the first few. */
  readonly differing: readonly number[];
  /** Run-time address of the first page that is not the file's. */
  readonly firstOther: number | null;
}

interface Comparison {
  readonly bytes: number;
  readonly blocks: number;
  readonly otherBlocks: number;
  readonly differing: readonly number[];
}

export class TextProof {
  private readonly text: FileText;
  private readonly pages = new Map<number, Uint8Array>();
  private slide: number | null = null;
  private searches = 0;

  constructor(file: ElfFile, hypercallPage: number) {
    this.text = new FileText(file, hypercallPage);
  }

  /** False where the file has no code, such as debug information kept apart: nothing can be compared with it. */
  get isPossible(): boolean {
    return this.text.ranges.length > 0;
  }

  /** Each page counts once. @returns whether it is a new one */
  add({ address, bytes }: TextPage): boolean {
    const at = addressOf(address);
    if (!this.isPossible || !Number.isSafeInteger(at) || at % PAGE_BYTES !== 0 || bytes.length > PAGE_BYTES) return false;
    if (this.pages.has(at) || this.pages.size >= MAX_PAGES) return false;
    this.pages.set(at, Uint8Array.from(bytes));
    this.slide ??= this.findSlide(at, bytes);
    return true;
  }

  finding(): TextFinding {
    const slide = this.slide ?? 0;
    let [equalPages, outsidePages, bytes, differingBytes] = [0, 0, 0, 0];
    let firstOther: number | null = null;
    const differing: number[] = [];
    for (const [address, content] of this.pages) {
      const found = this.text.compare(address, content, slide);
      if (found.bytes === 0) outsidePages++;
      else if (this.text.agrees(found)) {
        equalPages++;
        bytes += found.bytes;
        differingBytes += found.differing.length;
        differing.push(...found.differing.slice(0, MAX_TOLD - differing.length));
      } else firstOther ??= address;
    }
    const pages = this.pages.size;
    const others = pages - equalPages - outsidePages;
    // code outside of the file (another program, code made at run time) is nobody's proof; but where nothing at all is the file's, it is another's
    const verdict = pages === 0 ? 'unchecked' : others === 0 && this.slide !== null ? 'proved' : 'mismatch';
    firstOther ??= verdict === 'mismatch' ? this.pages.keys().next().value! : null;
    return { verdict, slide, pages, equalPages, outsidePages, bytes, differingBytes, differing, firstOther };
  }

  /** Where the file was loaded, if this page tells: only at one distance from its own address may it be the file's. */
  private findSlide(address: number, bytes: Uint8Array): number | null {
    if (new Set(bytes).size < LEAST_DISTINCT) return null;
    if (this.isAt(address, bytes, 0)) return 0;
    if (this.searches++ >= MAX_SEARCHES) return null;
    const found = new Set<number>();
    for (const linked of this.text.alike(bytes)) if (this.isAt(address, bytes, address - linked)) found.add(address - linked);
    const [slide] = found;
    return found.size === 1 ? slide! : null;
  }

  private isAt(address: number, bytes: Uint8Array, slide: number): boolean {
    const found = this.text.compare(address, bytes, slide);
    return found.bytes >= LEAST_BYTES && this.text.agrees(found);
  }
}

/** The file's side: its text, less what a loader writes into it. */
class FileText {
  readonly ranges: readonly CodeRange[];
  private readonly file: ElfFile;
  /** Link-time ranges whose bytes are not the file's, by address. */
  private readonly filledIn: readonly CodeRange[];
  private readonly patchesItself: boolean;

  constructor(file: ElfFile, hypercallPage: number) {
    this.file = file;
    this.ranges = textRanges(file).filter(({ start, end }) => isStored(file, start, end));
    const page = Number.isNaN(hypercallPage) ? [] : [{ start: hypercallPage, end: hypercallPage + HYPERCALL_PAGE_BYTES }];
    this.filledIn = [...page, ...relocatedWords(file, this.ranges)].sort((a, b) => a.start - b.start);
    this.patchesItself = file.sections.some(({ name }) => PATCH_SITES.test(name));
  }

  agrees({ blocks, otherBlocks }: Comparison): boolean {
    return otherBlocks <= (this.patchesItself ? blocks * PATCHED_BLOCKS_SHARE : 0);
  }

  /** A page of the guest and what the file has for it, if it was loaded at `slide`. */
  compare(address: number, bytes: Uint8Array, slide: number): Comparison {
    const linked = address - slide;
    let [compared, blocks, otherBlocks] = [0, 0, 0];
    const differing: number[] = [];
    for (const { start, end } of this.ranges) {
      const from = Math.max(start, linked);
      const to = Math.min(end, linked + bytes.length);
      const theirs = to > from ? this.file.read(toUnsigned(from), to - from) : undefined;
      if (!theirs) continue;
      const counts = this.counted(from, to);
      for (let block = from; block < to; block += BLOCK_BYTES) {
        let [size, equal] = [0, 0];
        for (let at = block; at < Math.min(block + BLOCK_BYTES, to); at++) {
          if (counts[at - from] === 0) continue;
          size++;
          if (bytes[at - linked] === theirs[at - from]) equal++;
          else differing.push(at);
        }
        compared += size;
        if (size > 0) blocks++;
        if (equal < size * EQUAL_SHARE) otherBlocks++;
      }
    }
    return { bytes: compared, blocks, otherBlocks, differing };
  }

  /** Link-time addresses, a page apart, where the file could have this page: some of its bytes are there. */
  *alike(bytes: Uint8Array): Generator<number> {
    let searched = 0;
    for (const { start, end } of this.ranges) {
      searched += end - start;
      const text = searched <= MAX_SEARCHED_BYTES ? this.file.read(toUnsigned(start), end - start) : undefined;
      if (!text) return;
      for (let linked = start - (start % PAGE_BYTES); linked < end; linked += PAGE_BYTES) {
        let equal = 0;
        for (let at = 37; at < bytes.length; at += 128) if (bytes[at] === text[linked - start + at]) equal++;
        if (equal >= bytes.length / 512) yield linked;
      }
    }
  }

  private counted(from: number, to: number): Uint8Array {
    const counts = new Uint8Array(to - from).fill(1);
    let low = 0;
    for (let high = this.filledIn.length; low < high;) {
      const middle = (low + high) >> 1;
      // no filled-in range is longer than the hypercall page
      if (this.filledIn[middle]!.start < from - HYPERCALL_PAGE_BYTES) low = middle + 1;
      else high = middle;
    }
    for (; low < this.filledIn.length && this.filledIn[low]!.start < to; low++) {
      const { start, end } = this.filledIn[low]!;
      if (end > from) counts.fill(0, Math.max(0, start - from), end - from);
    }
    return counts;
  }
}

/** False where the file has sections without their bytes, as one made by `objcopy --only-keep-debug` has. */
function isStored({ sections }: ElfFile, start: number, end: number): boolean {
  return !sections.some(
    ({ address, size, type, flags }) =>
      type === SHT_NOBITS && (flags & SHF_EXECINSTR) !== 0 && addressOf(address) < end && addressOf(address) + size > start,
  );
}

/** Words of the text that are changed where the file is loaded elsewhere (System V psABI, table 4.9): absolute addresses, by their widths. */
const relocatedBytes: Readonly<Record<number, number>> = { 1: 8, 6: 8, 7: 8, 8: 8, 10: 4, 11: 4, 37: 8 };
const MAX_RELOCATIONS = 4_000_000;

function* relocatedWords(file: ElfFile, ranges: readonly CodeRange[]): Generator<CodeRange> {
  if (file.header.type === ET_REL || file.header.bits !== 64) return;
  let read = 0;
  for (const section of file.sections) {
    if (section.type !== SHT_RELA && section.type !== SHT_REL) continue;
    const entryBytes = section.type === SHT_RELA ? 24 : 16;
    const entries = file.data(section);
    const view = new DataView(entries.buffer, entries.byteOffset, entries.byteLength);
    for (let at = 0; at + entryBytes <= entries.length && read++ < MAX_RELOCATIONS; at += entryBytes) {
      const start = addressOf(view.getBigUint64(at, true));
      const bytes = relocatedBytes[view.getUint32(at + 8, true)];
      if (bytes !== undefined && ranges.some((range) => start >= range.start && start < range.end)) yield { start, end: start + bytes };
    }
  }
}
