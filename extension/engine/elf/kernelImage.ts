/** Kernels as they lie in dom0's file system: ELF, or ELF inside gzip. */
import { gunzipSync } from 'node:zlib';
import { FileSource, MemorySource } from './byteSource.ts';
import { ElfFile } from './elfFile.ts';
import { FileError } from './errors.ts';
import { wrappingOf } from './headers.ts';

const MAX_KERNEL_BYTES = 1024 ** 3;

/**
 * Opens an ELF file, or one compressed as a whole with gzip, which is unpacked in memory (1 GiB at most).
 * @throws FileError `compressed` for what other ways of compressing have made, naming it
 */
export function openKernelImage(path: string): ElfFile {
  const source = FileSource.open(path);
  try {
    if (wrappingOf(source) !== 'gzip') return new ElfFile(source);
    const unpacked = gunzip(source);
    source.close();
    return new ElfFile(new MemorySource(unpacked, path));
  } catch (error) {
    source.close();
    throw error;
  }
}

function gunzip(source: FileSource): Uint8Array {
  try {
    return gunzipSync(source.read(0, Math.min(source.size, MAX_KERNEL_BYTES)), { maxOutputLength: MAX_KERNEL_BYTES });
  } catch (cause) {
    throw new FileError('corrupt', `${source.name} looks like gzip and cannot be unpacked`, { cause });
  }
}
