/** Names as a recording gives them: where a guest was loaded, and in a page whose code no file has. */
import { afterAll, expect, test } from 'vitest';
import { ElfFile } from '../../extension/engine/elf/elfFile.ts';
import { LocationTable } from '../../extension/engine/profile/locations.ts';
import { CLONE, type GuestImage, openGuestImage } from '../../extension/engine/recording/guestImage.ts';
import { openSymbols } from '../../extension/engine/symbols/symbolizer.ts';
import { toUnsigned } from '../../extension/engine/unwind/address.ts';
import { textRanges } from '../../extension/engine/unwind/image.ts';
import { Workshop } from '../unwind/trace.ts';
import { textAddresses } from './compare.ts';
import { corpusFile } from './corpus.ts';

const workshop = new Workshop();
afterAll(() => workshop.close());
const alone = ['-nostdlib', '-ffreestanding', '-fno-stack-protector', '-O2', '-g'];

const PAGE_BYTES = 4096;

/** Gives an image the text of a file as a loader would put it `slide` bytes further up. */
function showText(image: GuestImage, file: string, slide: bigint): void {
  const elf = ElfFile.open(file);
  for (const { start, end } of textRanges(elf)) {
    for (let at = start - (start % PAGE_BYTES); at < end; at += PAGE_BYTES) {
      const from = Math.max(at, start);
      const bytes = Buffer.alloc(PAGE_BYTES);
      bytes.set(elf.read(toUnsigned(from), Math.min(at + PAGE_BYTES, end) - from)!, from - at);
      image.compareText({ address: toUnsigned(at) + slide, bytes });
    }
  }
  elf.close();
}

function namesAt(image: GuestImage, address: bigint): string[] {
  const table = new LocationTable();
  return image.framesAt(address, table).map(({ fn, line }) => {
    const { name, unresolved } = table.functions[fn]!;
    return unresolved ? 'unresolved' : `${name}:${line}`;
  });
}

test('a position-independent guest is named by the slide that its own text tells', async () => {
  const program = workshop.build('work.c', 'position-independent', [...alone, '-static-pie', '-fPIE', '-falign-functions=256']);
  const slide = 0x7_1234_5000n;
  const addresses = textAddresses(program, 200);
  const symbols = openSymbols(program);
  const expected = addresses.map((address) => symbols.lookup(address).map(({ name, line = 0 }) => `${name.replace(CLONE, '')}:${line}`));
  symbols.close();
  expect(expected.filter((frames) => frames.length > 0).length).toBeGreaterThan(150);

  const image = openGuestImage({ kind: 'elf', path: program, origin: 'chosen' }, 'guest');
  const { revision } = image;
  showText(image, program, slide);
  expect(image.revision).toBeGreaterThan(revision);
  expect(image.proof?.verdict).toBe('proved');
  const loaded = addresses.map((address) => address + slide);
  const named = (): string[][] => loaded.map((address) => namesAt(image, address));
  const whole = expected.map((frames) => (frames.length > 0 ? frames : ['unresolved']));
  expect(named()).toEqual(whole);
  // looked up together, they are the same
  await image.prepare(loaded);
  expect(named()).toEqual(whole);
  // where the file itself would have its code, the guest has nothing
  expect(namesAt(image, addresses[0]!)).toEqual(['unresolved']);
  image.close();
});

test('addresses in the hypercall page are named for the hypercall', () => {
  const program = workshop.build('hypercalls.c', 'hypercalls', [...alone, '-static', '-no-pie']);
  const elf = ElfFile.open(program);
  const page = elf.symbols.named('hypercall_page')!.address;
  elf.close();
  const image = openGuestImage({ kind: 'elf', path: program, origin: 'chosen' }, 'guest');
  // numbers as in xen/include/public/xen.h, 32 bytes apart
  const numbers = { HYPERVISOR_iret: 23, HYPERVISOR_vcpu_op: 24, HYPERVISOR_sched_op: 29, HYPERVISOR_event_channel_op: 32 };
  for (const [name, number] of Object.entries(numbers)) {
    const start = page + BigInt(number * 32);
    for (const address of [start, start + 10n, start + 31n]) expect(namesAt(image, address)).toEqual([`${name}:0`]);
  }
  const table = new LocationTable();
  const [frame] = image.framesAt(page + 29n * 32n, table);
  expect(table.functions[frame!.fn]).toMatchObject({ category: 'hypervisor', unresolved: false });
  for (const address of [page - 1n, page + 4096n]) expect(namesAt(image, address).join()).not.toContain('HYPERVISOR_');
  image.close();
});

test('a kernel of another architecture is named as the guest’s, not by where it is cached', async () => {
  const { path } = await corpusFile('arm64-gcc-c');
  const image = openGuestImage({ kind: 'elf', path, origin: 'dom0' }, 'web');
  expect(image.warnings[0]).toMatch(/^No symbols: the kernel of web is an ELF file for (AArch64|arm64) \(64 bit\), and guests are x86-64/i);
  image.close();
});
