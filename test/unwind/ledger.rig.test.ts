/**
 * Exact stacks on a real Xen: a guest that keeps account of its own calls is photographed together with its account, and every stack must be just
 * that, frame by frame. RINGSIDE_STACKS=2500 takes so many of each build instead of the usual few hundred in all.
 */
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ElfFile } from '../../extension/engine/elf/elfFile.ts';
import { type CodeImage, ElfCodeImage } from '../../extension/engine/unwind/image.ts';
import { type Photograph, PhotographDecoder } from '../../extension/engine/unwind/photograph.ts';
import { unwind } from '../../extension/engine/unwind/unwind.ts';
import { Rigged } from '../agent/rigged.ts';
import { builtLedgers, LedgerReader, type Moment } from './ledger.ts';
import { Workshop } from './trace.ts';

const wanted = Number(process.env['RINGSIDE_STACKS'] ?? 70);
const workshop = new Workshop();
let rigged: Rigged;
let kernels: string;

beforeAll(async () => {
  const { folder, files } = await builtLedgers();
  kernels = folder;
  rigged = await Rigged.start();
  for (const file of files) await rigged.rig.put(file, '/root/');
});
afterAll(async () => {
  workshop.close();
  await rigged.stop();
});

/** So many photographs of a kernel that has opened its ledger. */
async function photographs(kernel: string): Promise<Photograph[]> {
  await rigged.rig.createGuest('ledger', { kernel: `/root/${kernel}` });
  try {
    const taken: Photograph[] = [];
    const decoder = new PhotographDecoder();
    let reading: Promise<unknown> = Promise.resolve();
    const recording = rigged.client().record(
      { domid: await rigged.domid('ledger'), rateHz: 1000, durationMs: null },
      {
        onHello: () => undefined,
        onStatus: () => undefined,
        onPhotographs: (bytes) => {
          reading = reading.then(async () => {
            taken.push(...(await decoder.push(bytes)));
            if (taken.length >= wanted) recording.stop();
          });
        },
      },
    );
    const end = await recording.done;
    await reading;
    expect(end.reason).toBe('stopped');
    return taken;
  } finally {
    await rigged.rig.ssh('xl destroy ledger');
  }
}

/** Every stack against the guest's own account; what is wrong with the first few that are. */
function check(name: string, taken: readonly Photograph[], image: CodeImage, reader: LedgerReader): void {
  const moments: Record<Moment, number> = { body: 0, prologue: 0, epilogue: 0, hook: 0, hypercall: 0 };
  const wrong: string[] = [];
  let [frames, phantom, missing, unknown] = [0, 0, 0, 0];
  for (const photograph of taken) {
    const truth = reader.truthOf(photograph);
    if (truth === null) {
      unknown++;
      continue;
    }
    const { moment, callers, possible } = truth;
    const unwound = unwind(photograph, image);
    const found = unwound.frames.slice(1).map(({ address }) => address);
    const isTrue = (address: bigint, i: number): boolean => (callers[i] === null ? possible.has(address) : address === callers[i]);
    const phantoms = found.filter((address, i) => !isTrue(address, i)).length;
    const lacking = Math.max(0, callers.length - found.length);
    moments[moment]++;
    frames += callers.length + 1;
    phantom += phantoms;
    missing += lacking;
    if ((phantoms > 0 || lacking > 0 || !unwound.complete) && wrong.length < 5) {
      const shown = unwound.frames.map(({ address, how }) => `${address.toString(16)} ${how}`).join(', ');
      wrong.push(`${moment}: ${shown} ${unwound.stopped ?? ''}; the truth is ${callers.map((one) => one?.toString(16) ?? '?').join(' ')}`);
    }
  }
  const where = Object.entries(moments).map(([moment, n]) => `${n} ${moment}`);
  console.log(`${name}: ${taken.length} stacks (${where.join(', ')}), ${frames} frames: ${phantom} phantom, ${missing} missing`);
  expect(wrong).toEqual([]);
  expect([phantom, missing]).toEqual([0, 0]);
  expect(unknown).toBeLessThan(taken.length / 20);
  // prologues are short: a few dozen stacks may have none
  for (const count of [moments.body, moments.hook, moments.prologue + moments.epilogue]) expect(count).toBeGreaterThan(0);
}

describe.each(['ledger-O0-fp', 'ledger-O0-nofp', 'ledger-O2-fp', 'ledger-O2-nofp'])('%s', (kernel) => {
  let taken: Photograph[];
  let reader: LedgerReader;
  beforeAll(async () => {
    taken = await photographs(kernel);
    reader = new LedgerReader(path.join(kernels, kernel));
    expect(taken.length).toBeGreaterThanOrEqual(wanted);
  });

  test.each([
    ['with call frame information', (file: string) => file],
    ['by the instructions alone', (file: string) => workshop.without(file, '-R', '.eh_frame', '-R', '.debug_frame')],
  ])('%s', (how, of) => {
    const copy = path.join(workshop.folder, kernel);
    workshop.copy(path.join(kernels, kernel), copy);
    const elf = ElfFile.open(of(copy));
    check(`${kernel}, ${how}`, taken, new ElfCodeImage(elf), reader);
    elf.close();
  });
});
