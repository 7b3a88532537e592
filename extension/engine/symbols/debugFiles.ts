/**
 * Finds the files that hold what a file's own debug information leaves out: all of it (build-id, .gnu_debuglink), what several files share
 * (.gnu_debugaltlink, made by dwz), or single units (.dwo, .dwp). The places are gdb's ("Debugging Information in Separate Files").
 */
import { realpathSync, statSync } from 'node:fs';
import path from 'node:path';
import { FileSource } from '../elf/byteSource.ts';
import { ElfFile } from '../elf/elfFile.ts';
import { FileError } from '../elf/errors.ts';
import { crc32OfFile } from './crc32.ts';

/** Where Debian, Fedora and most others put separate debug files. */
const SYSTEM_DIRECTORY = '/usr/lib/debug';

export class DebugFiles {
  /** Folders that mirror the file system, or hold `.build-id`; the user's own come first. */
  readonly directories: readonly string[];
  private readonly onFault: (fault: FileError) => void;

  constructor(own: readonly string[], onFault: (fault: FileError) => void) {
    this.directories = [...own, SYSTEM_DIRECTORY];
    this.onFault = onFault;
  }

  /** The file with the debug information that was taken out of this one. */
  separate(elf: ElfFile, file: string): ElfFile | undefined {
    const { buildId } = elf;
    for (const place of this.byBuildId(buildId)) {
      const found = this.opened(place, (debug) => debug.buildId === buildId && holdsDebug(debug));
      if (found) return found;
    }
    const link = linkOf(elf, '.gnu_debuglink');
    if (link === undefined || link.rest.length < 4) return undefined;
    // the checksum stands at the next multiple of four
    const bytes = elf.data(elf.section('.gnu_debuglink')!);
    const at = (Buffer.byteLength(link.name, 'latin1') + 4) & ~3;
    if (at + 4 > bytes.length) return undefined;
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    const expected = view.getUint32(at, elf.header.littleEndian);
    const folder = path.dirname(resolved(file));
    const name = path.basename(link.name);
    const places = [path.join(folder, name), path.join(folder, '.debug', name)];
    for (const directory of this.directories) places.push(path.join(directory, folder, name), path.join(directory, name));
    for (const place of places) {
      if (resolved(place) === resolved(file)) continue;
      const found = this.opened(place, (debug) =>
        buildId !== undefined && debug.buildId !== undefined ? debug.buildId === buildId : crc32OfFile(debug.source) === expected,
      );
      if (found) return found;
    }
    return undefined;
  }

  /** What dwz moved out of several files into one that they share. */
  shared(elf: ElfFile, file: string): ElfFile | undefined {
    const link = linkOf(elf, '.gnu_debugaltlink');
    if (link === undefined) return undefined;
    const buildId = Buffer.from(link.rest).toString('hex');
    const places = [path.resolve(path.dirname(resolved(file)), link.name), ...this.byBuildId(buildId)];
    for (const directory of this.directories) places.push(path.join(directory, '.dwz', path.basename(link.name)));
    for (const place of places) {
      const found = this.opened(place, (shared) => buildId === '' || shared.buildId === buildId);
      if (found) return found;
    }
    this.onFault(new FileError('unreadable', `${file} shares debug information with ${link.name}, which was not found`));
    return undefined;
  }

  /** All units that were split off a program, in one file beside it. */
  package(file: string): ElfFile | undefined {
    return this.opened(`${resolved(file)}.dwp`) ?? this.opened(`${file}.dwp`);
  }

  /** A unit that was split off. */
  split(name: string, compilationDirectory: string | undefined, file: string): ElfFile | undefined {
    const places = [path.resolve(compilationDirectory ?? '', name), path.join(path.dirname(resolved(file)), path.basename(name))];
    for (const directory of this.directories) places.push(path.join(directory, path.basename(name)));
    for (const place of places) {
      const found = this.opened(place);
      if (found) return found;
    }
    this.onFault(new FileError('unreadable', `${name} holds debug information of ${file} and is neither at ${places[0]!} nor beside it`));
    return undefined;
  }

  private byBuildId(buildId: string | undefined): string[] {
    if (buildId === undefined || buildId.length < 6) return [];
    const name = path.join('.build-id', buildId.slice(0, 2), `${buildId.slice(2)}.debug`);
    return this.directories.map((directory) => path.join(directory, name));
  }

  /** Opens what is there and is what is looked for. A name can come from a hostile file: only plain files are opened. */
  private opened(place: string, isIt: (elf: ElfFile) => boolean = () => true): ElfFile | undefined {
    if (place.includes('\0') || statSync(place, { throwIfNoEntry: false })?.isFile() !== true) return undefined;
    let source: FileSource | undefined;
    try {
      source = FileSource.open(place);
      const elf = new ElfFile(source);
      if (isIt(elf)) return elf;
    } catch (error) {
      if (!(error instanceof FileError)) throw error;
      this.onFault(error);
    }
    source?.close();
    return undefined;
  }
}

const holdsDebug = (elf: ElfFile): boolean => elf.section('.debug_info') !== undefined;

function resolved(file: string): string {
  try {
    return realpathSync(file);
  } catch {
    return path.resolve(file); // nothing is there: it names itself
  }
}

/** A name and what follows its zero byte. */
function linkOf(elf: ElfFile, section: string): { name: string; rest: Uint8Array } | undefined {
  const found = elf.section(section);
  if (!found) return undefined;
  const bytes = elf.data(found);
  const end = bytes.indexOf(0);
  if (end <= 0 || end > 4096) return undefined;
  return { name: Buffer.from(bytes.subarray(0, end)).toString('utf8'), rest: bytes.subarray(end + 1) };
}
