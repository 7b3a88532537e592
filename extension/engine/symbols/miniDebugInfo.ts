/**
 * Mini debug info: an ELF file in the section .gnu_debugdata, packed with xz, that has only the symbols of functions which the dynamic symbol table
 * leaves out (gdb's manual, "Debugging information in a special section"; Fedora's programs and libraries have it).
 */
import { MemorySource } from '../elf/byteSource.ts';
import { ElfFile } from '../elf/elfFile.ts';
import { FileError } from '../elf/errors.ts';

const SECTION = '.gnu_debugdata';
/** Symbols of the largest programs are some megabytes. */
const MAX_UNPACKED_BYTES = 64 * 1024 * 1024;
/** Pieces without content in a row, after which the packed data has ended before its end: the decoder would wait for ever. */
const MOST_EMPTY_PIECES = 64;

/** @throws FileError where the section cannot be unpacked, or what is in it is no ELF file */
export async function openMiniDebugInfo(elf: ElfFile): Promise<ElfFile | undefined> {
  const section = elf.section(SECTION);
  if (section === undefined) return undefined;
  const unpacked = await unpack(Uint8Array.from(elf.data(section)));
  return new ElfFile(new MemorySource(unpacked, `${elf.source.name} (${SECTION})`));
}

/** Loaded for the few files that need it: it brings web streams along, which take as long to load as all of the engine. */
async function decoder() {
  const xz = await import('xz-decompress');
  // run as it is, without a bundler, Node sees only the module's default export
  return ('default' in xz ? (xz.default as typeof xz) : xz).XzReadableStream;
}

async function unpack(packed: Uint8Array<ArrayBuffer>): Promise<Uint8Array> {
  const place = { section: SECTION, offset: 0 };
  if (packed.length === 0) throw new FileError('truncated', 'is empty', place);
  const input = new ReadableStream<Uint8Array>({
    start(controller) {
      controller.enqueue(packed);
      controller.close();
    },
  });
  const reader = new (await decoder())(input).getReader();
  const pieces: Uint8Array[] = [];
  let length = 0;
  let empty = 0;
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return Buffer.concat(pieces);
      pieces.push(value);
      length += value.length;
      empty = value.length === 0 ? empty + 1 : 0;
      if (length > MAX_UNPACKED_BYTES) throw new FileError('too-large', `unpacks to more than ${MAX_UNPACKED_BYTES} bytes`, place);
      if (empty > MOST_EMPTY_PIECES) throw new FileError('truncated', 'ends before its packed data is complete', place);
    }
  } catch (cause) {
    if (!(cause instanceof FileError)) throw new FileError('corrupt', 'packed data (xz) cannot be unpacked', { ...place, cause });
    await reader.cancel(); // the decoder frees its memory, and lets the next one begin
    throw cause;
  }
}
