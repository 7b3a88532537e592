/** Large C++ programs with debug information, built once: parts compiled apart, and each linked in several times over. */

import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { must } from '../rig/run.ts';
import { cacheDir } from '../setup.mjs';

const source = path.join(import.meta.dirname, 'bulk.cpp');
/** Parts that differ in the types their code is made for: compiling one takes as long as linking all the copies. */
const PARTS = 4;
const SLOW = { timeoutMs: 10 * 60_000 };

export interface Bulk {
  readonly name: string;
  readonly compiler: string;
  readonly flags: readonly string[];
  /** How often each part is linked in: about 2 MB of debug information each. */
  readonly copies: number;
}

/** The program's path. A first build takes minutes. */
export async function bulkFile({ name, compiler, flags, copies }: Bulk): Promise<string> {
  const version = await must(compiler, ['--version']);
  const key = createHash('sha256')
    .update(JSON.stringify([version, flags, copies, PARTS]))
    .update(await readFile(source))
    .update(await readFile(import.meta.filename))
    .digest('hex')
    .slice(0, 16);
  const folder = path.join(cacheDir(), 'symbols', `${name}-${key}`);
  const file = path.join(folder, name);
  if (existsSync(file)) return file;
  console.log(`building ${name}`);
  const work = `${folder}.${process.pid}`;
  await mkdir(work, { recursive: true });
  try {
    await link(work, name, compiler, await objects(work, compiler, flags, copies), copies);
    await rm(folder, { recursive: true, force: true });
    await mkdir(folder);
    await rename(path.join(work, name), file);
  } finally {
    await rm(work, { recursive: true, force: true });
  }
  return file;
}

/** Every copy has its code to itself: what templates share between parts is made local before linking. */
async function objects(work: string, compiler: string, flags: readonly string[], copies: number): Promise<string[]> {
  const made: string[] = [];
  for (let part = 0; part < PARTS; part++) {
    const compiled = path.join(work, `part${part}.o`);
    const alone = path.join(work, `alone${part}.o`);
    const names = [`-DPART=part_${part}`, '-DRUN=run'];
    await must(compiler, [...flags, '-std=c++20', '-w', ...names, '-c', source, '-o', compiled], SLOW);
    await must('ld', ['-r', '--force-group-allocation', '-o', alone, compiled]);
    for (let copy = 0; copy < copies; copy++) {
      const object = path.join(work, `part${part}-${copy}.o`);
      const symbol = `run_${part}_${copy}`;
      await must('objcopy', ['--redefine-sym', `run=${symbol}`, '--keep-global-symbol', symbol, alone, object]);
      made.push(object);
    }
  }
  return made;
}

async function link(work: string, name: string, compiler: string, parts: readonly string[], copies: number): Promise<void> {
  const calls = parts.map((_, i) => `run_${Math.floor(i / copies)}_${i % copies}`);
  const main = path.join(work, 'main.c');
  await writeFile(
    main,
    `${calls.map((call) => `int ${call}(int);`).join('\n')}\nint main(int n)\n{\n  return ${calls.map((call) => `${call}(n)`).join(' + ')};\n}\n`,
  );
  await must('gcc', ['-c', '-g', main, '-o', `${main}.o`]);
  await must(compiler, ['-no-pie', '-o', path.join(work, name), `${main}.o`, ...parts], SLOW);
}
