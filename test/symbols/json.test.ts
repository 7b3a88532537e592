/** `ringside symbolize --json` beside llvm-symbolizer's own JSON: every field of every frame. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Readable, Writable } from 'node:stream';
import { expect, test } from 'vitest';
import { symbolize } from '../../extension/cli/symbolize.ts';
import { must } from '../rig/run.ts';
import { textAddresses } from './compare.ts';
import { corpusFile } from './corpus.ts';
import { LLVM_SYMBOLIZER, type LlvmFrame } from './llvm.ts';

const ADDRESSES = 2000;

interface Line {
  readonly Address: string;
  readonly ModuleName: string;
  readonly Symbol: readonly (LlvmFrame & { readonly StartFileName: string })[];
}

const NOTHING = {
  Column: 0,
  Discriminator: 0,
  FileName: '',
  FunctionName: '',
  Line: 0,
  StartAddress: '',
  StartFileName: '',
  StartLine: 0,
};

async function ours(file: string, input: string, options: readonly string[] = []): Promise<string[]> {
  const chunks: Buffer[] = [];
  const stdout = new Writable({
    write(chunk: Buffer, _, done) {
      chunks.push(Buffer.from(chunk));
      done();
    },
  });
  await symbolize(['--json', ...options, file], Readable.from([Buffer.from(input)]), stdout);
  return Buffer.concat(chunks).toString().trim().split('\n');
}

test.each(['gcc-c-dwarf5', 'gcc-c-sections-pie', 'clang-c-dwarf5', 'gcc-cpp-dwarf5', 'clang-cpp-dwarf5', 'gcc-cpp-lto', 'arm64-gcc-c'])(
  '%s: --json has every field as llvm-symbolizer has it',
  { timeout: 120_000 },
  async (name) => {
    const { path: file } = await corpusFile(name);
    const input = [...textAddresses(file, ADDRESSES), 1n].map((address) => `0x${address.toString(16)}\n`).join('');
    const theirs = (await must(LLVM_SYMBOLIZER, ['--output-style=JSON', '-e', file], { input })).trim().split('\n');
    const lines = await ours(file, input);
    // nothing is there; of a position-independent file llvm-symbolizer names functions that the linker dropped
    const nothing = JSON.stringify({ Address: '0x1', ModuleName: file, Symbol: [NOTHING] });
    expect(lines.pop()).toBe(nothing);
    if (!name.endsWith('pie')) expect(theirs.at(-1)).toBe(nothing);
    let undeclared = 0;
    let names = 0;
    const different = lines.filter((line, i) => {
      if (line === theirs[i]) return false;
      const { Symbol: frames, ...rest } = JSON.parse(line) as Line;
      const { Symbol: expected, ...their } = JSON.parse(theirs[i]!) as Line;
      expect(rest).toEqual(their);
      const alike = frames.map((frame, j) => {
        // llvm-symbolizer gives no file where the abbreviation holds its number (DW_FORM_implicit_const)
        const isUndeclared = expected[j]?.StartFileName === '' && frame.StartFileName !== '';
        if (isUndeclared) undeclared++;
        // names are the matter of names.test.ts
        if (frame.FunctionName !== expected[j]?.FunctionName) names++;
        return { ...frame, FunctionName: expected[j]?.FunctionName, ...(isUndeclared ? { StartFileName: '' } : {}) };
      });
      return JSON.stringify(alike) !== JSON.stringify(expected);
    });
    console.log(`${name}: ${undeclared} frames with a file of declaration that llvm leaves out, ${names} demangled otherwise`);
    expect(different).toEqual([]);
  },
);

test('from the index on disk every byte is the same, and what is no address is an error of its own', async () => {
  const { path: file } = await corpusFile('gcc-cpp-dwarf5');
  const index = await mkdtemp(path.join(tmpdir(), 'ringside-json-'));
  try {
    const input = `${textAddresses(file, 500).join('\n')}\n`.replace(/\d+/g, (decimal) => BigInt(decimal).toString(16));
    const cold = await ours(file, `${input}main\n`);
    expect(JSON.parse(cold.at(-1)!)).toEqual({ Address: 'main', Error: { Message: 'not an address' }, ModuleName: file });
    for (let run = 0; run < 2; run++) expect(await ours(file, `${input}main\n`, ['--index', index])).toEqual(cold);
  } finally {
    await rm(index, { recursive: true, force: true });
  }
});
