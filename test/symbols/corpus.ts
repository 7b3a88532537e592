/** Files with debug information of many makes: built from test/symbols/sources and generated C, kept in the cache, or installed by Debian. */
import { execFile } from 'node:child_process';
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, readFile, readdir, rename, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import { cacheDir } from '../setup.mjs';
import { generatedC, mainC } from './generated.ts';

const run = promisify(execFile);
const sources = path.join(import.meta.dirname, 'sources');

interface Recipe {
  readonly name: string;
  readonly kind: 'c' | 'cpp' | 'rust';
  readonly compiler: string;
  readonly flags: readonly string[];
}

const optimized = ['-O2', '-g'];

/** What is compiled, each in a process of its own. */
/** A toolchain manager's stand-in on the PATH may have no toolchain behind it; Debian's compiler is then there, too. */
const rustc = spawnSync('rustc', ['--version']).status === 0 ? 'rustc' : '/usr/bin/rustc';

const recipes: readonly Recipe[] = [
  { name: 'gcc-c-dwarf5', kind: 'c', compiler: 'gcc', flags: [...optimized, '-gdwarf-5'] },
  { name: 'gcc-c-dwarf4', kind: 'c', compiler: 'gcc', flags: [...optimized, '-gdwarf-4'] },
  { name: 'gcc-c-dwarf3-unoptimized', kind: 'c', compiler: 'gcc', flags: ['-O0', '-g', '-gdwarf-3', '-gstrict-dwarf'] },
  { name: 'gcc-c-dwarf64-compressed', kind: 'c', compiler: 'gcc', flags: [...optimized, '-gdwarf64', '-gz=zlib'] },
  { name: 'gcc-c-sections-pie', kind: 'c', compiler: 'gcc', flags: [...optimized, '-ffunction-sections', '-Wl,--gc-sections', '-pie'] },
  {
    name: 'gcc-c-high-half',
    kind: 'c',
    compiler: 'gcc',
    flags: [
      ...optimized,
      '-mcmodel=kernel',
      '-fno-pic',
      '-no-pie',
      '-static',
      '-nostdlib',
      '-Wl,-Ttext-segment=0xffffffff81000000',
      '-Wl,-e,main',
    ],
  },
  { name: 'clang-c-dwarf5', kind: 'c', compiler: 'clang-19', flags: [...optimized, '-gdwarf-5'] },
  { name: 'arm64-gcc-c', kind: 'c', compiler: 'aarch64-linux-gnu-gcc', flags: optimized },
  { name: 'gcc-cpp-dwarf5', kind: 'cpp', compiler: 'g++', flags: [...optimized, '-gdwarf-5'] },
  { name: 'gcc-cpp-dwarf4-types', kind: 'cpp', compiler: 'g++', flags: [...optimized, '-gdwarf-4', '-fdebug-types-section'] },
  { name: 'gcc-cpp-lto', kind: 'cpp', compiler: 'g++', flags: [...optimized, '-flto'] },
  { name: 'clang-cpp-dwarf5', kind: 'cpp', compiler: 'clang++-19', flags: [...optimized, '-gdwarf-5'] },
  { name: 'clang-cpp-dwarf4', kind: 'cpp', compiler: 'clang++-19', flags: [...optimized, '-gdwarf-4'] },
  { name: 'arm64-gcc-cpp', kind: 'cpp', compiler: 'aarch64-linux-gnu-g++', flags: optimized },
  { name: 'rustc-v0-names', kind: 'rust', compiler: rustc, flags: ['-C', 'opt-level=1', '-g', '-C', 'symbol-mangling-version=v0'] },
  { name: 'rustc', kind: 'rust', compiler: rustc, flags: ['-C', 'opt-level=3', '-g'] },
];

/** Debian's own files: Xen's hypervisor, at addresses of the high half; it has symbols and no DWARF. */
const debianFolders = ['/usr/lib/debug/boot'];

export interface CorpusFile {
  readonly name: string;
  readonly path: string;
}

/** Names of what `corpusFile` builds. */
export const builtNames: readonly string[] = recipes.map(({ name }) => name);

/** Builds a file, or finds it where it was built before. */
export async function corpusFile(name: string): Promise<CorpusFile> {
  const recipe = recipes.find((each) => each.name === name);
  if (!recipe) throw new Error(`the corpus has no ${name}`);
  const key = await keyOf(recipe);
  const folder = path.join(cacheDir(), 'symbols', `${name}-${key}`);
  const file = path.join(folder, name);
  if (!existsSync(file)) await build(recipe, folder);
  return { name, path: file };
}

/** Files that Debian's packages have put on this machine. */
export async function debianFiles(): Promise<CorpusFile[]> {
  const found: CorpusFile[] = [];
  for (const folder of debianFolders) {
    const names = existsSync(folder) ? await readdir(folder) : [];
    for (const name of names)
      if (name.startsWith('xen-syms') && !name.endsWith('.map')) found.push({ name, path: path.join(folder, name) });
  }
  return found;
}

/** The first of a compiler's installations that runs: a rustup without a toolchain does not. */
export async function installed(compiler: string): Promise<{ command: string; version: string }> {
  const failures: unknown[] = [];
  for (const command of [compiler, `/usr/bin/${compiler}`]) {
    try {
      return { command, version: (await run(command, ['--version'])).stdout };
    } catch (error) {
      failures.push(error);
    }
  }
  throw new Error(`${compiler} does not run; test/setup.mjs says which package has it`, { cause: failures[0] });
}

async function keyOf({ compiler, flags }: Recipe): Promise<string> {
  const hash = createHash('sha256').update(JSON.stringify(flags));
  hash.update((await installed(compiler)).version);
  for (const name of (await readdir(sources)).sort()) hash.update(await readFile(path.join(sources, name)));
  hash.update(await readFile(path.join(import.meta.dirname, 'generated.ts')));
  return hash.digest('hex').slice(0, 16);
}

async function build({ name, kind, compiler, flags }: Recipe, folder: string): Promise<void> {
  const work = `${folder}.${process.pid}`;
  await mkdir(work, { recursive: true });
  const inputs =
    kind === 'c'
      ? await writeC(work)
      : kind === 'cpp'
        ? ['shapes.cpp', 'main.cpp'].map((file) => path.join(sources, file))
        : [path.join(sources, 'numbers.rs')];
  const { command } = await installed(compiler);
  await run(command, [...flags, ...(kind === 'cpp' ? ['-std=c++20'] : []), '-o', path.join(work, name), ...inputs], { cwd: work });
  // another process may have built the same meanwhile: either result serves
  await rename(work, folder).catch(async (error: unknown) => {
    await rm(work, { recursive: true, force: true });
    if (!existsSync(path.join(folder, name))) throw error;
  });
}

async function writeC(folder: string): Promise<string[]> {
  const files = { 'a.c': generatedC('a', 400), 'b.c': generatedC('b', 300), 'main.c': mainC };
  for (const [name, text] of Object.entries(files)) await writeFile(path.join(folder, name), text);
  return Object.keys(files);
}
