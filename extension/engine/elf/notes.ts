/** Notes (gabi, "Note Section"): build-ids, Xen's entry points and the like. */
import { PT_NOTE, SHT_NOTE } from './constants.ts';
import type { ElfFile } from './elfFile.ts';

export interface Note {
  readonly owner: string;
  readonly type: number;
  readonly body: Uint8Array;
}

const MAX_NOTE_BYTES = 1024 * 1024;

/** Every note of the file; what is cut off or larger than a MiB is left out. */
export function readNotes(file: ElfFile): Note[] {
  const places = file.sections.filter(({ type }) => type === SHT_NOTE).map(({ offset, size }) => ({ offset, size }));
  if (places.length === 0) {
    places.push(...file.segments.filter(({ type }) => type === PT_NOTE).map(({ offset, fileSize }) => ({ offset, size: fileSize })));
  }
  return places.flatMap(({ offset, size }) =>
    size <= MAX_NOTE_BYTES && offset + size <= file.source.size ? parseNotes(file.source.read(offset, size), file.header.littleEndian) : [],
  );
}

function parseNotes(bytes: Uint8Array, littleEndian: boolean): Note[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const aligned = (size: number): number => (size + 3) & ~3;
  const notes: Note[] = [];
  for (let at = 0; at + 12 <= bytes.length;) {
    const nameBytes = view.getUint32(at, littleEndian);
    const bodyBytes = view.getUint32(at + 4, littleEndian);
    const body = at + 12 + aligned(nameBytes);
    if (nameBytes > bytes.length || bodyBytes > bytes.length || body + bodyBytes > bytes.length) break;
    const owner = Buffer.from(bytes.buffer, bytes.byteOffset + at + 12, nameBytes)
      .toString('latin1')
      .replace(/\0+$/, '');
    notes.push({ owner, type: view.getUint32(at + 8, littleEndian), body: bytes.subarray(body, body + bodyBytes) });
    at = body + aligned(bodyBytes);
  }
  return notes;
}
