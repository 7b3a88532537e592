/** A disassembly as the host writes it, and as the language of annotated assembly reads it: the outline, and the grammar's tokens. */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, it } from 'vitest';
import { blocksOf } from '../../extension/engine/languages/assembly/features.ts';
import { listing } from '../../extension/host/assembly/listing.ts';
import type { Assembly, AssemblyPart } from '../../extension/protocol.ts';

/** Simulated. */
const part = (name: string): AssemblyPart => ({
  name,
  address: ['0x1000', '0x1004', '0x1006', '0x100a'],
  text: ['lock xadd %rdi,0x8(%rax)', 'imul   $0x9e3779b1,%eax', 'call   2000 <put+0x4>', 'lea    0x10(%rip),%rsi        # 3000 <places>'],
  self: [0, 50, 0, 0],
  total: [0, 50, 30, 0],
  chain: [0, 1, 0, 0],
  chains: [
    [{ name, file: '/src/kv/compress.c', line: 40 }],
    [
      { name: 'place_of', file: '/src/kv/compress.c', line: 14 },
      { name, file: '/src/kv/compress.c', line: 51 },
    ],
  ],
  cutOff: false,
});
const assembly: Assembly = {
  name: 'compress',
  symbolFile: '/build/kv',
  grandTotal: 200,
  unit: 'samples',
  slide: '0x0',
  partsLeftOut: 0,
  parts: [part('compress')],
};
const { text } = listing({ ...assembly, parts: ['compress', 'std::map<int, int>::find(int const&)'].map(part) }, () => 'return three;');

it('writes what instructions cost between the lines they were made from', () => {
  const { text, lines } = listing(assembly, ({ line }) => (line === 14 ? '    return three * 2654435761u;' : undefined));
  expect(text).toBe(`; compress: 25.0 % of 200 samples are at these instructions
; /build/kv

compress:
;    self    total   address
; compress.c:40
                     1000:  lock xadd %rdi,0x8(%rax)
; compress.c:14  return three * 2654435761u;  [place_of, inlined at compress.c:51]
   25.0 %   25.0 %   1004:  imul   $0x9e3779b1,%eax
; compress.c:40
            15.0 %   1006:  call   2000 <put+0x4>
                     100a:  lea    0x10(%rip),%rsi        # 3000 <places>
`);
  expect(lines).toHaveLength(text.split('\n').length - 1);
  expect(lines[8]).toEqual({
    places: [
      { file: '/src/kv/compress.c', line: 14 },
      { file: '/src/kv/compress.c', line: 51 },
    ],
    self: 50,
    total: 50,
  });
});

it('says where the guest has its code elsewhere, and what is missing', () => {
  const { text } = listing({ ...assembly, slide: '0x100000', partsLeftOut: 2 }, () => undefined);
  expect(text).toContain('; /build/kv, which the guest has 0x100000 further up');
  expect(text).toContain('; and in 2 more, with less weight');
});

it('marks the sources that are not what was compiled', () => {
  const { text, lines } = listing(assembly, ({ line }) => (line === 14 ? 'return three;' : undefined), ['/src/kv/compress.c']);
  expect(text.split('\n')[2]).toBe('; ≈ /src/kv/compress.c does not match the build, or was changed since: its lines may be others');
  expect(lines).toHaveLength(text.split('\n').length - 1);
  const [block] = blocksOf(text);
  expect(block!.inner.map(({ detail }) => detail)).toEqual(['', '≈ return three;  [place_of, inlined at compress.c:51]', '']);
});

it('has an outline of functions and lines of source', () => {
  const rows = text.split('\n');
  const blocks = blocksOf(text);
  expect(blocks.map(({ name }) => name)).toEqual(['compress', 'std::map<int, int>::find(int const&)']);
  const [first, second] = blocks;
  expect(first!.inner.map(({ name }) => name)).toEqual(['compress.c:40', 'compress.c:14', 'compress.c:40']);
  expect(first!.inner[1]!.detail).toBe('return three;  [place_of, inlined at compress.c:51]');
  expect(rows[first!.last]).toContain('100a:');
  expect(second!.first).toBe(first!.last + 2);
});

it('has rows that the grammar tells apart', () => {
  const grammar = JSON.parse(
    readFileSync(path.resolve(import.meta.dirname, '../../syntaxes/annotated-assembly.tmLanguage.json'), 'utf8'),
  ) as { patterns: { match?: string; begin?: string }[] };
  const rules = grammar.patterns.map(({ match, begin }) => new RegExp(match ?? begin!));
  const kinds = text.split('\n').flatMap((row) => (row === '' ? [] : [rules.findIndex((rule) => rule.test(row))]));
  expect(kinds).not.toContain(-1);
  const instruction = rules[3]!;
  const [hot] = text.split('\n').filter((row) => row.includes('imul'));
  const parts = (row: string | undefined): string[] | undefined =>
    instruction
      .exec(row ?? '')
      ?.slice(1)
      .map((part) => part.trim());
  expect(parts(hot)).toEqual(['25.0 %', '25.0 %', '1004', ':', '', 'imul']);
  expect(parts(text.split('\n').find((row) => row.includes('xadd')))).toEqual(['', '', '1000', ':', 'lock', 'xadd']);
  expect(parts(text.split('\n').find((row) => row.includes('call')))).toEqual(['', '15.0 %', '1006', ':', '', 'call']);
});
