/** The file that a disassembler can read: the ELF file itself, or, where that is compressed as a whole, an unpacked copy for as long as it is needed. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { MemorySource } from '../elf/byteSource.ts';
import type { Symbolizer } from '../symbols/symbolizer.ts';

export interface CodeFile {
  readonly path: string;
  remove(): void;
}

export function codeFile({ elf: { source } }: Symbolizer, file: string): CodeFile {
  if (!(source instanceof MemorySource)) return { path: file, remove: () => undefined };
  const folder = mkdtempSync(path.join(tmpdir(), 'ringside-code-'));
  const unpacked = path.join(folder, 'kernel');
  writeFileSync(unpacked, source.read(0, source.size), { mode: 0o600 });
  return { path: unpacked, remove: () => rmSync(folder, { recursive: true, force: true }) };
}
