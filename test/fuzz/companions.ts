/** Files that hold what a program's own debug information leaves out, to be damaged beside a program that is whole. */
import { copyFile, mkdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { AnswerIndex } from '../../extension/engine/symbols/answerIndex.ts';
import { openSymbols } from '../../extension/engine/symbols/symbolizer.ts';
import { must } from '../rig/run.ts';
import { textAddresses } from '../symbols/compare.ts';
import { corpusFile } from '../symbols/corpus.ts';
import { generatedC, mainC } from '../symbols/generated.ts';
import { type Seed, targetsOf } from './elf.ts';

const sources = { 'a.c': generatedC('a', 60), 'b.c': generatedC('b', 40), 'main.c': mainC };
const ADDRESSES = 40;

/** Seeds of a .dwo, a .dwp, a file of dwz's, one of the index, and a stripped program with mini debug info. `work` must stay until they have been used. */
export async function companionSeeds(work: string): Promise<Seed[]> {
  return [
    await dwo(path.join(work, 'dwo')),
    await dwp(path.join(work, 'dwp')),
    await dwz(path.join(work, 'dwz')),
    await index(path.join(work, 'index')),
    await miniDebugInfo(path.join(work, 'mini')),
  ];
}

async function seed(name: string, program: string, companion: string, wholeProgram = program): Promise<Seed> {
  const bytes = await readFile(companion);
  return {
    name,
    bytes,
    targets: targetsOf(name, bytes),
    addresses: textAddresses(wholeProgram, ADDRESSES),
    beside: { program, companion },
  };
}

async function splitProgram(folder: string, compiler: string): Promise<string> {
  await mkdir(folder, { recursive: true });
  const objects: string[] = [];
  for (const [name, text] of Object.entries(sources)) {
    const source = path.join(folder, name);
    await writeFile(source, text);
    await must(compiler, ['-O2', '-g', '-gdwarf-5', '-gsplit-dwarf', '-c', source, '-o', `${source}.o`]);
    objects.push(`${source}.o`);
  }
  const program = path.join(folder, 'program');
  await must(compiler, ['-o', program, ...objects]);
  return program;
}

async function dwo(folder: string): Promise<Seed> {
  const program = await splitProgram(folder, 'gcc');
  return seed('a.dwo', program, path.join(folder, 'a.c.dwo'));
}

async function dwp(folder: string): Promise<Seed> {
  const program = await splitProgram(folder, 'clang-19');
  await must('llvm-dwp-19', ['-e', program, '-o', `${program}.dwp`]);
  return seed('program.dwp', program, `${program}.dwp`);
}

async function dwz(folder: string): Promise<Seed> {
  await mkdir(folder, { recursive: true });
  const { path: original } = await corpusFile('gcc-cpp-dwarf5');
  const copies = ['one', 'two'].map((name) => path.join(folder, name));
  for (const copy of copies) await copyFile(original, copy);
  const shared = path.join(folder, 'shared');
  await must('dwz', ['-m', shared, '-M', shared, ...copies]);
  return seed('what dwz shares', copies[0]!, shared, original);
}

async function index(folder: string): Promise<Seed> {
  const { path: program } = await corpusFile('gcc-c-dwarf5');
  const addresses = textAddresses(program, ADDRESSES);
  const symbols = openSymbols(program);
  const key = 'fuzzed';
  const answers = AnswerIndex.open(folder, key);
  answers.add(
    addresses.map((address) => symbols.dwarf.addresses.toNumber(address)),
    symbols.lookupAll(addresses),
  );
  answers.save();
  symbols.close();
  const companion = path.join(folder, `${key}.answers`);
  const bytes = await readFile(companion);
  return {
    name: 'an index',
    bytes,
    targets: [{ name: 'file', offset: 0, size: bytes.length }],
    addresses,
    index: { folder, key, companion },
  };
}

/** Packed without a checksum of the content, so that damage gets past the unpacking and into the file that is inside. */
async function miniDebugInfo(folder: string): Promise<Seed> {
  await mkdir(folder, { recursive: true });
  const { path: whole } = await corpusFile('gcc-c-dwarf5');
  const program = path.join(folder, 'stripped');
  const inside = path.join(folder, 'symbols');
  await must('objcopy', ['--only-keep-debug', '--strip-debug', whole, inside]);
  await must('xz', ['--check=none', inside]);
  await must('objcopy', ['-S', `--add-section=.gnu_debugdata=${inside}.xz`, whole, program]);
  const bytes = await readFile(program);
  return { name: 'mini debug info', bytes, targets: targetsOf('mini debug info', bytes), addresses: textAddresses(whole, ADDRESSES) };
}
