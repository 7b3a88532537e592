/** The hypercall page: Xen's own bytes, run instruction by instruction, while the ELF file holds nothing there. */
import { afterAll, describe, expect, test } from 'vitest';
import { ElfFile } from '../../extension/engine/elf/elfFile.ts';
import { ElfCodeImage } from '../../extension/engine/unwind/image.ts';
import { RIP } from '../../extension/engine/unwind/photograph.ts';
import { unwind } from '../../extension/engine/unwind/unwind.ts';
import { Workshop } from './trace.ts';

const workshop = new Workshop();
afterAll(() => workshop.close());

const alone = ['-nostdlib', '-static', '-no-pie', '-ffreestanding', '-fno-stack-protector', '-O2'];
const ways: readonly (readonly [way: string, ...flags: string[]])[] = [
  ['with call frame information', '-g'],
  [
    'with frame pointers and no call frame information',
    '-fno-omit-frame-pointer',
    '-fno-asynchronous-unwind-tables',
    '-fno-dwarf2-cfi-asm',
  ],
  ['with neither', '-fomit-frame-pointer', '-fno-asynchronous-unwind-tables', '-fno-dwarf2-cfi-asm'],
];
const stubs = {
  pv: {
    flags: [] as string[],
    offsets: [0, 1, 3, 8, 10, 12, 13],
    calls: ['HYPERVISOR_vcpu_op', 'HYPERVISOR_sched_op', 'HYPERVISOR_event_channel_op'],
  },
  hvm: { flags: ['-DHVM'], offsets: [0, 5, 8], calls: ['HYPERVISOR_vcpu_op', 'HYPERVISOR_sched_op', 'HYPERVISOR_event_channel_op'] },
};

describe.each(Object.entries(stubs))(
  'a %s stub is left exactly, at each of its instructions',
  { timeout: 120_000 },
  (_, { flags: kind, offsets, calls }) => {
    test.each(ways)('%s', (way, ...flags) => {
      const built = workshop.build('hypercalls.c', 'hypercalls', [...alone, ...kind, ...flags]);
      const traced = workshop.trace(built, 100, 1);
      const program = way.includes('with call frame') ? built : workshop.without(built, '-R', '.eh_frame');
      const elf = ElfFile.open(program);
      const image = new ElfCodeImage(elf);
      const page = elf.symbols.named('hypercall_page')!.address;
      expect(image.hypercallPage).toBe(Number(page));
      expect(elf.read(page, 4096)!.every((byte) => byte === 0)).toBe(true);
      const resume = elf.symbols.named('resume_here')?.address;

      const visited = new Map<string, Set<number>>();
      for (const { photograph, truth } of traced) {
        const pc = photograph.registers[RIP]!;
        const stub = image.hypercallAt(pc);
        const within = Number((pc - page) & 31n);
        // the last instructions of the iret stub are ours, in place of Xen's work
        if (stub?.name === 'HYPERVISOR_iret' && within > 9) continue;
        const stack = unwind(photograph, image);
        const callers = stack.frames.slice(1);
        // an iret's caller is what was interrupted: nothing has called the stub
        const expected = stub?.name === 'HYPERVISOR_iret' ? [resume!, ...truth] : truth;
        const where = elf.symbols.find(stack.frames.at(-1)!.lookupAddress)?.name;
        expect([callers.map(({ address }) => address), stack.complete, where]).toEqual([expected, true, '_start']);
        if (!stub) continue;
        expect(callers[0]!.how).toBe('hypercall-page');
        expect(callers[0]!.lookupAddress).toBe(stub.name === 'HYPERVISOR_iret' ? resume! : expected[0]! - 1n);
        if (!visited.has(stub.name)) visited.set(stub.name, new Set());
        visited.get(stub.name)!.add(within);
      }
      for (const name of calls) expect([name, [...visited.get(name)!].sort((a, b) => a - b)]).toEqual([name, offsets]);
      if (kind.length === 0) expect([...visited.get('HYPERVISOR_iret')!].sort((a, b) => a - b)).toEqual([0, 1, 3, 4, 9]);
      elf.close();
    });
  },
);
