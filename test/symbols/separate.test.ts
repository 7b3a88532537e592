/** Debug information that lies elsewhere: beside a stripped file, under a build-id, shared by dwz, and split into .dwo and .dwp files. */
import { copyFile, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { lookupMany } from '../../extension/engine/symbols/lookup.ts';
import { openSymbols, type SourceFrame } from '../../extension/engine/symbols/symbolizer.ts';
import { must } from '../rig/run.ts';
import { compare, textAddresses } from './compare.ts';
import { corpusFile } from './corpus.ts';
import { generatedC, mainC } from './generated.ts';

const ADDRESSES = 1000;
let work = '';

beforeAll(async () => {
  work = await mkdtemp(path.join(tmpdir(), 'ringside-separate-'));
});
afterAll(() => rm(work, { recursive: true, force: true }));

function answers(file: string, addresses: readonly bigint[], directories: readonly string[] = []): (readonly SourceFrame[])[] {
  const symbols = openSymbols(file, { debugDirectories: directories });
  try {
    const found = symbols.lookupAll(addresses);
    expect(symbols.faults.map(({ message }) => message)).toEqual([]);
    return addresses.map((_, i) => found.framesOf(i));
  } finally {
    symbols.close();
  }
}

/** A program, stripped, and its debug information in a file of its own. */
async function stripped(folder: string, linkerFlags: readonly string[]): Promise<{ whole: string; program: string; debug: string }> {
  await mkdir(folder, { recursive: true });
  const whole = path.join(folder, 'whole');
  const program = path.join(folder, 'program');
  const debug = path.join(folder, 'program.debug');
  for (const [name, text] of Object.entries(sources)) await writeFile(path.join(folder, name), text);
  await must('gcc', ['-O2', '-g', ...linkerFlags, '-o', whole, ...Object.keys(sources).map((name) => path.join(folder, name))]);
  await must('objcopy', ['--only-keep-debug', whole, debug]);
  await must('strip', ['-o', program, whole]);
  return { whole, program, debug };
}

const sources = { 'a.c': generatedC('a', 60), 'b.c': generatedC('b', 40), 'main.c': mainC };

test('.gnu_debuglink: beside the file, in .debug, in a folder of the user, and only with the right checksum', async () => {
  const { whole, program, debug } = await stripped(path.join(work, 'link'), ['-Wl,--build-id=none']);
  await must('objcopy', [`--add-gnu-debuglink=${debug}`, program]);
  const addresses = textAddresses(whole, ADDRESSES);
  const expected = answers(whole, addresses);
  expect(expected.flat().filter(({ inlined }) => inlined).length).toBeGreaterThan(0);
  expect(answers(program, addresses)).toEqual(expected);
  const own = path.join(work, 'own');
  for (const folder of [path.join(work, 'link/.debug'), own]) {
    await mkdir(folder);
    const moved = path.join(folder, 'program.debug');
    await copyFile(debug, moved);
    await rm(debug, { force: true });
    expect(answers(program, addresses, [own])).toEqual(expected);
    await copyFile(moved, debug);
    await rm(moved);
  }
  await writeFile(debug, 'not what was linked to');
  const symbols = openSymbols(program);
  expect(symbols.hasLines).toBe(false);
  symbols.close();
});

test('.build-id in a folder of the user', async () => {
  const { whole, program, debug } = await stripped(path.join(work, 'id'), ['-Wl,--build-id']);
  const addresses = textAddresses(whole, ADDRESSES);
  const symbols = openSymbols(whole);
  const id = symbols.elf.buildId!;
  symbols.close();
  const folder = path.join(work, 'ids/.build-id', id.slice(0, 2));
  await mkdir(folder, { recursive: true });
  await copyFile(debug, path.join(folder, `${id.slice(2)}.debug`));
  expect(answers(program, addresses, [path.join(work, 'ids')])).toEqual(answers(whole, addresses));
});

test('.gnu_debugaltlink: what dwz made of two C++ programs', { timeout: 60_000 }, async () => {
  const folder = path.join(work, 'dwz');
  await mkdir(folder);
  const { path: original } = await corpusFile('gcc-cpp-dwarf5');
  const copies = ['one', 'two'].map((name) => path.join(folder, name));
  for (const copy of copies) await copyFile(original, copy);
  await must('dwz', ['-m', path.join(folder, 'shared'), '-M', path.join(folder, 'shared'), ...copies]);
  const addresses = textAddresses(original, ADDRESSES);
  expect(answers(copies[0]!, addresses)).toEqual(answers(original, addresses));
  await rm(path.join(folder, 'shared'));
  const symbols = openSymbols(copies[0]!);
  symbols.lookupAll(addresses);
  expect(symbols.faults.map(({ message }) => message).join('\n')).toContain('shares debug information');
  symbols.close();
});

test.each([
  ['gcc', ['-gdwarf-5']],
  ['gcc', ['-gdwarf-4']],
  ['clang-19', ['-gdwarf-5']],
  ['clang-19', ['-gdwarf-4']],
])('split units of %s %s, as .dwo files and as a .dwp', { timeout: 60_000 }, async (compiler, flags) => {
  const folder = path.join(work, `split-${compiler}${flags.join('')}`);
  await mkdir(folder);
  const program = path.join(folder, 'program');
  const objects: string[] = [];
  for (const [name, text] of Object.entries(sources)) {
    const source = path.join(folder, name);
    await writeFile(source, text);
    await must(compiler, ['-O2', '-g', '-gsplit-dwarf', ...flags, '-c', source, '-o', `${source}.o`]);
    objects.push(`${source}.o`);
  }
  await must(compiler, ['-o', program, ...objects]);
  const loose = await compare(program, ADDRESSES);
  expect(loose.examples.join('\n')).toBe('');
  expect(loose.frames).toBeGreaterThan(ADDRESSES);
  await must('llvm-dwp-19', ['-e', program, '-o', `${program}.dwp`]);
  for (const object of objects) await rm(object.replace(/\.o$/, '.dwo'));
  const packed = await compare(program, ADDRESSES);
  expect(packed.examples.join('\n')).toBe('');
  expect(packed.frames).toBe(loose.frames);
});

/** As gdb's manual tells, "Debugging information in a special section". */
async function withMiniDebugInfo(folder: string): Promise<{ whole: string; program: string }> {
  const { whole, program, debug } = await stripped(folder, ['-Wl,--build-id=none', '-rdynamic']);
  const names = async (options: readonly string[]): Promise<string[]> =>
    (await must('nm', [...options, '--format=posix', '--defined-only', whole]))
      .split('\n')
      .map((line) => line.split(' ').slice(0, 2).join(' '));
  const dynamic = new Set((await names(['-D'])).map((name) => name.split(' ')[0]));
  const kept = (await names([])).filter((name) => / [TtD]$/.test(name) && !dynamic.has(name.split(' ')[0]));
  const list = path.join(folder, 'keep_symbols');
  const mini = path.join(folder, 'mini_debuginfo');
  await writeFile(list, kept.map((name) => `${name.split(' ')[0]!}\n`).join(''));
  await must('objcopy', ['-S', '--remove-section', '.gdb_index', '--remove-section', '.comment', `--keep-symbols=${list}`, debug, mini]);
  await must('xz', ['--force', mini]);
  await must('objcopy', [`--add-section=.gnu_debugdata=${mini}.xz`, program]);
  await rm(debug);
  return { whole, program };
}

test('.gnu_debugdata: the names of functions that the dynamic symbol table leaves out', async () => {
  const { whole, program } = await withMiniDebugInfo(path.join(work, 'mini'));
  const addresses = textAddresses(whole, ADDRESSES);
  const namesIn = async (file: string): Promise<{ names: string[]; faults: string[] }> => {
    const symbols = openSymbols(file);
    const found = await lookupMany(symbols, addresses);
    const faults = symbols.faults.map(({ message }) => message);
    symbols.close();
    return { names: addresses.map((_, i) => found.framesOf(i).at(-1)?.name ?? ''), faults };
  };
  const expected = await namesIn(whole);
  const found = await namesIn(program);
  expect(found).toEqual(expected);
  expect(new Set(found.names).size).toBeGreaterThan(20);
  const dynamicOnly = path.join(work, 'mini/dynamic');
  await must('objcopy', ['--remove-section=.gnu_debugdata', program, dynamicOnly]);
  expect(new Set((await namesIn(dynamicOnly)).names).size).toBeLessThan(new Set(found.names).size);

  const bytes = await readFile(program);
  const symbols = openSymbols(program);
  const { offset, size } = symbols.elf.section('.gnu_debugdata')!;
  symbols.close();
  const damage: readonly [string, (data: Buffer) => void, RegExp][] = [
    ['cut off', (data) => data.fill(0, data.length >> 1), /gnu_debugdata at 0x0: packed data/],
    ['not xz', (data) => data.fill(7, 0, 12), /gnu_debugdata at 0x0: packed data/],
    ['one byte', (data) => (data[data.length >> 1]! ^= 0x40), /gnu_debugdata at 0x0: packed data/],
  ];
  for (const [name, harm, message] of damage) {
    const file = path.join(work, 'mini', name);
    const harmed = Buffer.from(bytes);
    harm(harmed.subarray(offset, offset + size));
    await writeFile(file, harmed);
    expect((await namesIn(file)).faults.join('\n')).toMatch(message);
  }
});
