/**
 * `npm run bench -- unwind [--stacks N]`: stacks of 20 and of 100 frames unwound by call frame information, by the instructions alone and by frame pointers
 * alone, beside glibc's backtrace() (C, the same call frame information, its own stack) in the same run. Ratios are ours over backtrace()'s.
 */
import { execFileSync } from 'node:child_process';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { ElfFile } from '../../extension/engine/elf/elfFile.ts';
import { type CodeImage, ElfCodeImage, noImage } from '../../extension/engine/unwind/image.ts';
import type { Photograph } from '../../extension/engine/unwind/photograph.ts';
import { unwind } from '../../extension/engine/unwind/unwind.ts';
import { Workshop } from '../unwind/trace.ts';

const source = path.join(import.meta.dirname, 'deep.c');
const ROUNDS = 7;

export function bench(args: string[]): Promise<void> {
  const { values } = parseArgs({ args, options: { stacks: { type: 'string', default: '10000' } } });
  const stacks = Number(values.stacks);
  const workshop = new Workshop();
  const rows: Record<string, string | number>[] = [];
  try {
    for (const frames of [20, 100]) {
      // what calls first() has frames of its own: main, and the C library's start
      const depth = frames - 6;
      const flags = ['-O2', '-g', '-w', '-fno-omit-frame-pointer', '-fasynchronous-unwind-tables', `-DDEPTH=${depth}`];
      const program = workshop.build(source, `deep-${frames}`, [...flags, '-static']);
      const photographs = workshop
        .trace(program, 1, 0)
        .filter(({ truth }) => truth.length === frames - 1)
        .map(({ photograph }) => photograph);
      if (photographs.length < 10) throw new Error(`only ${photographs.length} stacks of ${frames} frames`);
      const peer = workshop.build(source, `peer-${frames}`, flags);
      const [found = 0, backtraceNs = 0] = execFileSync(peer, [String(depth), String(stacks)], { encoding: 'utf8' })
        .split(' ')
        .map(Number);
      const bare = workshop.without(program, '-R', '.eh_frame', '-R', '.debug_frame');
      const ways: [name: string, image: CodeImage][] = [
        ['call frame information', new ElfCodeImage(ElfFile.open(program))],
        ['instructions alone', new ElfCodeImage(ElfFile.open(bare))],
        ['frame pointers alone', noImage],
      ];
      for (const [way, image] of ways) {
        const { firstMs, medianMs, mean } = measure(photographs, image, stacks);
        const us = (medianMs * 1000) / stacks;
        rows.push({
          frames,
          way,
          'frames found': mean.toFixed(1),
          'first time, ms': Math.round(firstMs),
          'median, ms': Math.round(medianMs),
          'us a stack': us.toFixed(2),
          'backtrace(), us': (backtraceNs / 1000).toFixed(2),
          'of frames': found,
          ratio: ((us * 1000) / backtraceNs).toFixed(2),
        });
      }
    }
  } finally {
    workshop.close();
  }
  console.log(`${stacks} stacks, ${ROUNDS} times`);
  console.table(rows);
  return Promise.resolve();
}

/** The first time an image knows nothing yet of its addresses. */
function measure(
  photographs: readonly Photograph[],
  image: CodeImage,
  stacks: number,
): { firstMs: number; medianMs: number; mean: number } {
  const times: number[] = [];
  let frames = 0;
  for (let round = 0; round < ROUNDS; round++) {
    const begun = performance.now();
    for (let i = 0; i < stacks; i++) frames += unwind(photographs[i % photographs.length]!, image).frames.length;
    times.push(performance.now() - begun);
  }
  const [firstMs = 0] = times;
  const sorted = times.slice(1).sort((a, b) => a - b);
  return { firstMs, medianMs: sorted[sorted.length >> 1]!, mean: frames / (stacks * ROUNDS) };
}
