import { expect, it } from 'vitest';
import type { Assembly } from '../../protocol.ts';
import { listing } from './listing.ts';

/** Simulated. */
const assembly: Assembly = {
  name: 'compress',
  symbolFile: '/build/kv',
  grandTotal: 200,
  unit: 'samples',
  slide: '0x0',
  partsLeftOut: 0,
  parts: [
    {
      name: 'compress',
      address: ['0x1000', '0x1004', '0x1006'],
      text: ['mov    %rdi,%rax', 'imul   $0x9e3779b1,%eax', 'call   2000 <put>'],
      self: [0, 50, 0],
      total: [0, 50, 30],
      chain: [0, 1, 0],
      chains: [
        [{ name: 'compress', file: '/src/kv/compress.c', line: 40 }],
        [
          { name: 'place_of', file: '/src/kv/compress.c', line: 14 },
          { name: 'compress', file: '/src/kv/compress.c', line: 51 },
        ],
      ],
      cutOff: false,
    },
  ],
};

it('writes what instructions cost between the lines they were made from', () => {
  const { text, lines } = listing(assembly, ({ line }) => (line === 14 ? '    return three * 2654435761u;' : undefined));
  expect(text).toBe(`; compress: 25.0 % of 200 samples are at these instructions
; /build/kv

compress:
;    self    total   address
; compress.c:40
                     1000:  mov    %rdi,%rax
; compress.c:14  return three * 2654435761u;  [place_of, inlined at compress.c:51]
   25.0 %   25.0 %   1004:  imul   $0x9e3779b1,%eax
; compress.c:40
            15.0 %   1006:  call   2000 <put>
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
