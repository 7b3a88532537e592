/** Code of C++, Rust, Go and OCaml, compiled here: its lines, those of what was inlined, and its disassembly, each held against another tool. */
import { execFile } from 'node:child_process';
import { copyFile, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { assemblyOf } from '../../extension/engine/assembly/assembly.ts';
import { lineHeat } from '../../extension/engine/features/lineHeat.ts';
import { sourceAnswers } from '../../extension/engine/features/sourceAnswers.ts';
import { EVERYTHING } from '../../extension/engine/profile/filter.ts';
import type { ProfileViews } from '../../extension/engine/profile/views.ts';
import type { Assembly, HotLines } from '../../extension/protocol.ts';
import { corpusFile } from '../symbols/corpus.ts';
import { llvmFrames, type LlvmFrame } from '../symbols/llvm.ts';
import { dumped, type DumpedInstruction } from './objdump.ts';
import { sampled, type Sampled } from './sampled.ts';

const minutes = 60_000;

interface Sample {
  readonly language: string;
  readonly source: string;
  readonly compiler: string;
  /** What the compiler is asked for its version with, which tells whether it is there. */
  readonly version: readonly string[];
  readonly package: string;
  readonly build: (source: string, file: string) => readonly string[];
  /** The name of the function that is looked at, as objdump has it. */
  readonly stock: RegExp;
  /** The debug information tells where a body was inlined; OCaml's has its lines alone. */
  readonly tellsCallSites: boolean;
  /** May be moved to other addresses. */
  readonly isMovable: boolean;
}

const samples: readonly Sample[] = [
  {
    language: 'C++',
    source: 'inlined.cpp',
    compiler: 'g++',
    version: ['--version'],
    package: 'g++',
    build: (source, file) => ['-O2', '-g', '-pie', '-o', file, source],
    stock: /^shelf::stock\b/,
    tellsCallSites: true,
    isMovable: true,
  },
  {
    language: 'Rust',
    source: 'inlined.rs',
    compiler: 'rustc',
    version: ['--version'],
    package: 'rustc',
    build: (source, file) => ['-C', 'opt-level=2', '-g', '-o', file, source],
    stock: /^inlined::stock\b/,
    tellsCallSites: true,
    isMovable: true,
  },
  {
    language: 'Go',
    source: 'inlined.go',
    compiler: 'go',
    version: ['version'],
    package: 'golang-go',
    build: (source, file) => ['build', '-o', file, source],
    stock: /^main\.stock$/,
    tellsCallSites: true,
    isMovable: false,
  },
  {
    language: 'OCaml',
    source: 'inlined.ml',
    compiler: 'ocamlopt',
    version: ['-version'],
    package: 'ocaml-nox',
    build: (source, file) => ['-g', '-o', file, source],
    stock: /^camlInlined__stock_\d+$/,
    tellsCallSites: false,
    isMovable: true,
  },
];

let folder: string;
beforeAll(async () => (folder = await mkdtemp(path.join(tmpdir(), 'ringside-source-'))));
afterAll(() => rm(folder, { recursive: true, force: true }));

/** The compiler; a stand-in on the PATH may have no toolchain behind it where Debian's has. null, and said, where there is none. */
async function compilerOf({ compiler, version, language, package: debian }: Sample): Promise<string | null> {
  for (const command of [compiler, `/usr/bin/${compiler}`]) {
    const works = await promisify(execFile)(command, version).then(
      () => true,
      () => false,
    );
    if (works) return command;
  }
  console.log(`${language} is left out: ${compiler} does not run; Debian's package ${debian} has it`);
  return null;
}

const built = await Promise.all(samples.map(async (sample) => ({ ...sample, command: await compilerOf(sample) })));

describe.for(built)('$language', { timeout: 3 * minutes }, ({ command, compiler, source, build, stock, tellsCallSites, isMovable }) => {
  if (command === null) return it('is shown', ({ skip }) => skip(`${compiler} does not run`));
  let file: string;
  let code: DumpedInstruction[];
  let addresses: bigint[];
  let taken: Sampled;

  beforeAll(async () => {
    // a compiler may leave what it makes on the way beside the source
    const copy = path.join(folder, source);
    await copyFile(path.join(import.meta.dirname, 'samples', source), copy);
    file = path.join(folder, path.extname(source).slice(1));
    await promisify(execFile)(command, build(copy, file), { cwd: folder });
    const found = [...(await dumped(file))].find(([heading]) => stock.test(heading));
    if (!found) throw new Error(`${file} has no function stock`);
    code = withoutPadding(found[1]);
    addresses = code.map(({ address }) => address);
    taken = sampled(file, addresses);
  }, 3 * minutes);

  it('shows what is inlined at its own line and at its call site', async () => {
    const theirs = (await llvmFrames(file, addresses)).map((frames) => frames.filter(({ FileName }) => path.basename(FileName) === source));
    const twice = theirs.filter((frames) => new Set(frames.map(({ Line }) => Line)).size > 1);
    if (tellsCallSites) expect(twice.length, 'instructions of bodies that were inlined within this file').toBeGreaterThan(5);
    const built = theirs.flat()[0]!.FileName;
    const innermost = (await llvmFrames(file, addresses)).map(([first]) => first!);
    const heat = lineHeat(taken.views, EVERYTHING, [built])!;
    expect(heat.grandTotal).toBe(addresses.length);
    const total = tally(theirs);
    expect(Object.fromEntries(heat.line.map((line, at) => [line, heat.total[at]]))).toEqual(total);
    const self = tally(innermost.filter(({ FileName }) => path.basename(FileName) === source).map((frame) => [frame]));
    expect(Object.fromEntries(heat.line.flatMap((line, at) => (heat.self[at]! > 0 ? [[line, heat.self[at]]] : [])))).toEqual(self);
  });

  it('puts the line first that most samples are on', async () => {
    const text = (await readFile(path.join(import.meta.dirname, 'samples', source), 'utf8')).split('\n');
    // as if the guest were always in the last line of the innermost body
    const at = text.findIndex((line) => /\^.*<< ?3|lsl 3/.test(line)) + 1;
    const [hot] = code.flatMap(({ place, address }) => (place?.endsWith(`${source}:${at}`) ? [address] : []));
    const { views } = sampled(file, [...addresses, ...Array<bigint>(addresses.length).fill(hot!)]);
    const { place, self, grandTotal } = (await hottest(views))!;
    expect(place).toEqual([{ file: expect.stringMatching(new RegExp(`/${source.replace('.', String.raw`\.`)}$`)) as string, line: at }]);
    expect(self[0]).toBeGreaterThan(grandTotal / 2);
  });

  it('disassembles as objdump does, line by line', async () => {
    const { parts, slide } = await ask(taken);
    expect(slide).toBe('0x0');
    const [part] = parts;
    expect(part!.address.map((address, at) => `${address} ${part!.text[at]}`)).toEqual(
      code.map(({ address, text }) => `0x${address.toString(16)} ${text}`),
    );
    expect(part!.self).toEqual(code.map(() => 1));
    const different = code.flatMap(({ place }, at) => {
      const [ours] = part!.chains[part!.chain[at]!] ?? [];
      const told = ours?.file === undefined ? undefined : `${ours.file}:${ours.line ?? 0}`;
      // where the compiler says that there is no line, objdump goes on with the one before
      return told === place || ours?.line === undefined ? [] : [`${part!.address[at]} ours ${told} objdump ${place}`];
    });
    expect(different).toEqual([]);
    expect(part!.chains.some((chain) => chain.length > 1)).toBe(tellsCallSites);
  });

  const moves = async (): Promise<void> => {
    const slide = 0x40000000n;
    const { parts, slide: told } = await ask(sampled(file, addresses, slide));
    expect(told).toBe('0x40000000');
    const [part] = parts;
    expect(part!.address).toEqual(addresses.map((address) => `0x${(address + slide).toString(16)}`));
    expect(part!.self).toEqual(code.map(() => 1));
    const jumps = code.flatMap(({ text }, at) => (/^j\w+ +[0-9a-f]+ </.test(text) ? [at] : []));
    expect(jumps.length).toBeGreaterThan(0);
    const target = (text: string): bigint => BigInt(`0x${/^j\w+ +([0-9a-f]+) </.exec(text)![1]!}`);
    for (const at of jumps) expect(target(part!.text[at]!)).toBe(target(code[at]!.text) + slide);
  };
  if (isMovable) it('moves addresses to where the guest has them, those of jumps as well', moves);

  const ask = (of: Sampled): Promise<Assembly> => {
    const [first] = of.placed.profile.table.locations;
    const question = { fn: first!.frames.at(-1)!.fn, symbolFile: file, objdump: 'objdump', signal: new AbortController().signal };
    return assemblyOf(of.placed, question);
  };
});

const hottest = (views: ProfileViews): Promise<HotLines | null> =>
  sourceAnswers(() => Promise.resolve({ views, filter: EVERYTHING, rootNode: 0, selectedNode: 0, files: [] }))['ringside/hotLines']({
    limit: 1,
    by: 'self',
  });

describe('what is missing is said', { timeout: minutes }, () => {
  it('the disassembler, the code, and the right file', async () => {
    const file = (await corpusFile('gcc-cpp-dwarf5')).path;
    const code = (await dumped(file)).get('shapes::climbs(int)')!;
    const { placed, functionOf } = sampled(file, [code[0]!.address]);
    const fn = functionOf(code[0]!.address);
    const signal = new AbortController().signal;
    const ask = (symbolFile: string, objdump = 'objdump'): Promise<Assembly> => assemblyOf(placed, { fn, symbolFile, objdump, signal });
    await expect(ask(file, '/nowhere/objdump')).rejects.toThrow(/\/nowhere\/objdump cannot be run: install binutils.*ringside\.objdump/);
    const debugOnly = path.join(folder, 'debug-only');
    await promisify(execFile)('objcopy', ['--only-keep-debug', file, debugOnly]);
    await expect(ask(debugOnly)).rejects.toThrow(/holds no code for .*Choose the unstripped ELF file/);
    await expect(ask((await corpusFile('rustc')).path)).rejects.toThrow(/Choose the ELF file|choose the ELF file/);
  });
});

/** Compilers fill the room up to the next function. */
function withoutPadding(code: readonly DumpedInstruction[]): DumpedInstruction[] {
  return code.slice(0, code.findLastIndex(({ text }) => !/\bnop|^xchg +%ax,%ax$|^int3$/.test(text)) + 1);
}

/** How many of these stacks hold each line; 0 is none. */
function tally(stacks: readonly (readonly LlvmFrame[])[]): Record<number, number> {
  const counts: Record<number, number> = {};
  for (const frames of stacks)
    for (const line of new Set(frames.map(({ Line }) => Line))) if (line > 0) counts[line] = (counts[line] ?? 0) + 1;
  return counts;
}
