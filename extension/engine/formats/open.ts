/** Opens a file of any format that an importer knows. */
import type { Profile } from '../profile/profile.ts';
import { readCpuprofile } from './cpuprofile.ts';
import { FormatError } from './errors.ts';
import { readFolded } from './foldedRead.ts';
import type { ImportedFile, Importer } from './importer.ts';
import { inflate } from './inflate.ts';
import { readPerfScript } from './perfScript.ts';
import { readPprof } from './pprofRead.ts';
import { readSpeedscope } from './speedscope.ts';

/** The surest marks first: folded stacks are little more than lines that end in a number. */
const importers: readonly Importer[] = [readSpeedscope, readCpuprofile, readPprof, readPerfScript, readFolded];

/** @throws FormatError where no importer knows the file, or the one that does finds it broken */
export function openProfile(bytes: Uint8Array, name: string): Profile {
  const inflated = inflate(bytes, name);
  const file: ImportedFile = { name, bytes: inflated, text: isText(inflated) ? new TextDecoder().decode(inflated) : '' };
  for (const read of importers) {
    const profile = read(file);
    if (profile) return profile;
  }
  throw new FormatError(`${name} is none of the formats Ringside opens: pprof, folded stacks, speedscope JSON, .cpuprofile, perf script`);
}

/** Text holds no NUL; profile.proto is hardly without one, and a file of 500 MB is not decoded to find out. */
function isText(bytes: Uint8Array): boolean {
  return !bytes.subarray(0, 64 * 1024).includes(0) && bytes.length < 2 ** 29;
}
