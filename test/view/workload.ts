/**
 * A simulated recording for the view's own tests: the engine's real Profile, filled with made-up stacks of a small order server. The numbers are
 * drawn from a fixed seed, so that every run shows the same.
 */
import { Profile } from '../../extension/engine/profile/profile.ts';
import type { CaptureInfo, FrameCategory, PauseStats, VcpuState } from '../../extension/protocol.ts';

export const INFO: CaptureInfo = {
  guest: 'pantry',
  host: 'lab-dom0',
  kind: 'pv',
  vcpus: 2,
  rateHz: 99,
  xenVersion: '4.17.5',
  startedAt: '2026-11-23T21:04:00Z',
};

export const PAUSE: PauseStats = { count: 1980, medianNs: 27_400, p99Ns: 61_300, maxNs: 148_000, totalNs: 58_900_000 };

/** Stacks as `name:line`, root first; `<` before a frame inlined into the one before it. Weights are in samples per thousand. */
const STACKS: readonly (readonly [perMille: number, state: VcpuState, stack: string])[] = [
  [205, 0, 'start_kernel:41 main:88 serve_requests:52 find_order:131 hash_block:24 <rotate_left:9'],
  [142, 0, 'start_kernel:41 main:88 serve_requests:52 find_order:131 hash_block:27'],
  [96, 0, 'start_kernel:41 main:88 serve_requests:55 compress_reply:77 longest_match:203'],
  [38, 0, 'start_kernel:41 main:88 serve_requests:55 compress_reply:80 emit_block:260 <put_bits:31'],
  [61, 0, 'start_kernel:41 main:88 serve_requests:58 sort_shelves:19 quicksort:44 quicksort:46 quicksort:44 partition:12'],
  [
    27,
    0,
    'start_kernel:41 main:88 serve_requests:58 sort_shelves:19 quicksort:44 quicksort:46 compare_by_due_date_then_customer_name:71 strcmp:15',
  ],
  [44, 0, 'start_kernel:41 main:88 serve_requests:49 receive:30 tcp_input:512 ip_input:210 memcpy:8'],
  [19, 1, 'start_kernel:41 main:88 serve_requests:49 receive:30 tcp_input:540 pbuf_alloc:88 malloc:301'],
  [12, 0, 'start_kernel:41 main:88 serve_requests:61 send:14 netfront_xmit:92 notify_remote_via_evtchn:40 HYPERVISOR_event_channel_op:5'],
  [9, 0, 'start_kernel:41 main:88 serve_requests:52 0x10a3f0'],
  [7, 0, '[incomplete]:0 memset:11'],
  [6, 0, 'start_kernel:41 main:90 print_account:33 printk:120 HYPERVISOR_console_io:5'],
  [288, 2, 'start_kernel:41 main:94 wait_for_request:22 block_domain:61 HYPERVISOR_sched_op:5'],
  [46, 2, 'idle_thread:12 block_domain:61 HYPERVISOR_sched_op:5'],
];

const FILES: Readonly<Record<string, readonly [file: string, category: FrameCategory]>> = {
  start_kernel: ['/build/pantry/kernel/boot.c', 'kernel'],
  main: ['/build/pantry/main.c', 'application'],
  netfront_xmit: ['/build/mini-os/netfront.c', 'kernel'],
  notify_remote_via_evtchn: ['/build/mini-os/events.c', 'kernel'],
  block_domain: ['/build/mini-os/sched.c', 'kernel'],
  idle_thread: ['/build/mini-os/sched.c', 'kernel'],
  printk: ['/build/mini-os/console.c', 'kernel'],
  tcp_input: ['/build/lwip/src/core/tcp_in.c', 'library'],
  ip_input: ['/build/lwip/src/core/ipv4/ip4.c', 'library'],
  pbuf_alloc: ['/build/lwip/src/core/pbuf.c', 'library'],
  memcpy: ['/build/newlib/libc/string/memcpy.c', 'library'],
  memset: ['/build/newlib/libc/string/memset.c', 'library'],
  strcmp: ['/build/newlib/libc/string/strcmp.c', 'library'],
  malloc: ['/build/newlib/libc/stdlib/malloc.c', 'library'],
  hash_block: ['/build/pantry/shelves/hash.c', 'application'],
  rotate_left: ['/build/pantry/bits.h', 'application'],
};

/** mulberry32. */
export function random(seed: number): () => number {
  let at = seed;
  return () => {
    at = (at + 0x6d2b79f5) | 0;
    let mixed = Math.imul(at ^ (at >>> 15), 1 | at);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

export class Workload {
  readonly profile: Profile;
  private readonly next = random(7);
  private tick = 0;

  constructor(recording = false, stacks = STACKS) {
    this.stacks = stacks;
    this.profile = new Profile({
      title: 'pantry',
      info: INFO,
      symbols: 'pantry.elf',
      recording,
      durationMs: 10_020,
      lost: 3,
      pause: PAUSE,
    });
  }

  private readonly stacks: readonly (readonly [number, VcpuState, string])[];

  /** Adds samples, two a tick of 99 Hz: one a vCPU. */
  grow(samples: number): this {
    const whole = this.stacks.reduce((sum, [perMille]) => sum + perMille, 0);
    for (let i = 0; i < samples; i++) {
      let at = this.next() * whole;
      const [, state, stack] = this.stacks.find(([perMille]) => (at -= perMille) < 0)!;
      this.profile.add({ timeNs: (this.tick++ >> 1) * 10_101_010, vcpu: this.tick & 1, state, weight: 1, stack: this.locate(stack) });
    }
    return this;
  }

  private locate(stack: string): number[] {
    const { table } = this.profile;
    const locations: { fn: number; line: number }[][] = [];
    for (const word of stack.split(' ')) {
      const inlined = word.startsWith('<');
      const [name = '', line = '0'] = word.slice(inlined ? 1 : 0).split(':');
      const frame = { fn: this.functionOf(name), line: Number(line) };
      if (inlined) locations.at(-1)!.unshift(frame);
      else locations.push([frame]);
    }
    return locations.map((frames) => table.named(frames));
  }

  private functionOf(name: string): number {
    const base = { name, linkageName: '', startLine: 1, module: 'pantry.elf' };
    const { table } = this.profile;
    if (name === '[incomplete]') {
      return table.internFunction({
        ...base,
        name: '[incomplete stack]',
        file: '',
        startLine: 0,
        module: '',
        category: 'unresolved',
        unresolved: false,
      });
    }
    if (name.startsWith('0x')) return table.internFunction({ ...base, file: '', startLine: 0, category: 'unresolved', unresolved: true });
    if (name.startsWith('HYPERVISOR_'))
      return table.internFunction({ ...base, file: '', startLine: 0, category: 'hypervisor', unresolved: false });
    const [file, category] = FILES[name] ?? [`/build/pantry/${name.split('_')[0]!}.c`, 'application'];
    return table.internFunction({ ...base, file, category, unresolved: false });
  }
}
