/** How local files stand to what was built: by their content where the compiler kept a checksum of it, by their date where it did not. */
import { createHash } from 'node:crypto';
import { readFile, stat } from 'node:fs/promises';
import type { SourceState } from '../../protocol.ts';

/** No source is larger. */
const MOST_BYTES = 16e6;

/** What is known of a program's source. */
export interface BuiltSource {
  /** MD5s of its content as it was compiled; empty where the compiler did not write them. */
  readonly checksums: readonly string[];
  /** When the profile was begun, ISO 8601; null: not known. */
  readonly startedAt: string | null;
}

export class SourceStates {
  /** By path: what stood there, and the dates and size by which it is known again. */
  private readonly read = new Map<string, { readonly stamp: string; readonly md5: Promise<string> }>();

  async of(path: string, { checksums, startedAt }: BuiltSource): Promise<SourceState> {
    try {
      const { mtimeMs, ctimeMs, size } = await stat(path);
      if (checksums.length > 0 && size <= MOST_BYTES) {
        const md5 = await this.md5Of(path, `${mtimeMs} ${ctimeMs} ${size}`);
        return checksums.every((each) => each === md5) ? 'built' : 'other';
      }
      return startedAt !== null && mtimeMs > Date.parse(startedAt) ? 'later' : 'built';
    } catch {
      return 'built'; // a file that is gone, or cannot be read, says nothing against itself
    }
  }

  /** The editor asks at every stroke: a file is read once until it is written. */
  private md5Of(path: string, stamp: string): Promise<string> {
    const known = this.read.get(path);
    if (known?.stamp === stamp) return known.md5;
    const md5 = readFile(path).then((bytes) => createHash('md5').update(bytes).digest('hex'));
    this.read.set(path, { stamp, md5 });
    md5.catch(() => this.read.delete(path));
    return md5;
  }
}

/** Whether a text of the editor is what the file holds: the editor keeps neither a byte order mark nor line endings of several kinds. */
export async function isSaved(path: string, text: string): Promise<boolean> {
  try {
    return asEdited(await readFile(path, 'utf8')) === asEdited(text);
  } catch {
    return false; // what is nowhere was not saved
  }
}

const asEdited = (text: string): string => text.replace(/^\ufeff/, '').replaceAll(/\r\n?/g, '\n');
