/** A program of a C++ file, a header and an assembly file, and a profile of it as if it had run. */
import { execFile } from 'node:child_process';
import { copyFile, mkdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import type { Profile } from '../../extension/engine/profile/profile.ts';
import { installed } from '../symbols/corpus.ts';
import { dumped, type DumpedInstruction } from './objdump.ts';
import { sampledStacks } from './sampled.ts';

const samples = path.join(import.meta.dirname, 'samples');
export const millSources = ['mill.cpp', 'grind.h', 'spin.S'] as const;
export type MillSource = (typeof millSources)[number];

/** Compiles the sources where they are copied to. @returns the program */
export async function buildMill(folder: string, compiler: string, flags: readonly string[]): Promise<string> {
  await mkdir(folder, { recursive: true });
  for (const name of millSources) await copyFile(path.join(samples, name), path.join(folder, name));
  const { command } = await installed(compiler);
  await promisify(execFile)(command, ['-O2', '-g', ...flags, '-o', 'mill', 'mill.cpp', 'spin.S'], { cwd: folder });
  return path.join(folder, 'mill');
}

/** Of 100 samples 60 are in the assembly's loop, 30 in the header's body, and 10 where mill adds both up. */
export async function millProfile(program: string): Promise<Profile> {
  const code = await dumped(program);
  const find = (name: string, what: string, is: (each: DumpedInstruction) => boolean): bigint => {
    const found = code.get(name)?.find(is);
    if (!found) throw new Error(`${program} has no ${what} in ${name}`);
    return found.address;
  };
  const calls = (name: string) => (each: DumpedInstruction) => new RegExp(`^call.*<${name.replaceAll(/[()]/g, '\\$&')}>`).test(each.text);
  const [ground, adds] = [await millLine('grind.h', 'sum * 31'), await millLine('mill.cpp', 'ground + spun')];
  const main = find('main', 'call', calls('mill(int)'));
  const mill = find('mill(int)', 'call', calls('spin'));
  const spin = find('spin', 'imul', ({ text }) => text.startsWith('imul'));
  const grind = find('mill(int)', 'inlined body', ({ place }) => place?.endsWith(`grind.h:${ground}`) === true);
  const sum = find('mill(int)', 'sum', ({ place, text }) => text.startsWith('add') && place?.endsWith(`mill.cpp:${adds}`) === true);
  const repeat = (count: number, stack: bigint[]): bigint[][] => Array.from({ length: count }, () => stack);
  return sampledStacks(program, [...repeat(60, [main, mill, spin]), ...repeat(30, [main, grind]), ...repeat(10, [main, sum])]);
}

/** Number of the first line that holds a text. */
export async function millLine(source: MillSource, text: string): Promise<number> {
  const lines = (await readFile(path.join(samples, source), 'utf8')).split('\n');
  const at = lines.findIndex((line) => line.includes(text));
  if (at === -1) throw new Error(`${source} has no ${text}`);
  return at + 1;
}
