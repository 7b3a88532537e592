/**
 * What a sample costs the guest and dom0, in virtual time: on the rig with `-icount` an instruction is a nanosecond, whatever else this machine does,
 * and every run is the same to about 1 %. Beside it, in the same dom0 and of the same guest, the loop over xenctx.
 */
import { statSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import type { Dom0Client, RecordingRequest } from '../../extension/dom0/client.ts';
import { writePprof } from '../../extension/engine/formats/pprofWrite.ts';
import { writeWhole } from '../../extension/engine/formats/wholeFile.ts';
import { Recording } from '../../extension/engine/recording/recording.ts';
import type { RecordingEnd } from '../../extension/protocol.ts';
import { Collector } from '../agent/photographs.ts';
import { builtGuests } from '../rig/guests.ts';
import { startRig, type Rig } from '../rig/rig.ts';
import { dom0Client } from './client.ts';
import { median } from './processes.ts';

const options = {
  shutter: { type: 'string' },
  quick: { type: 'boolean', default: false },
  /** Measures only what is lost beside the pauses, for a pause of so many us. */
  'pause-us': { type: 'string' },
} as const;
type Shutter = NonNullable<RecordingRequest['shutter']>;

/** Bars: uniprof, measured the same way, takes 17 us and 0.72 for every frame. */
const BAR = {
  medianUs: 20,
  p99Us: 40,
  flatOutHz: 10_000,
  lostShare: [
    [100, 0.002],
    [1000, 0.02],
  ],
} as const;

export async function bench(args: string[]): Promise<void> {
  const { values } = parseArgs({ args, options });
  const shutters = (values.shutter === undefined ? ['native', 'hypercalls'] : [values.shutter]) as Shutter[];
  const known = values['pause-us'];
  const medianUs = known === undefined ? await pausesOf(shutters) : Number(known);
  if (!values.quick) await throughputLost(medianUs);
}

/** Returns the native shutter's median. */
async function pausesOf(shutters: readonly Shutter[]): Promise<number> {
  const single = await Bench.start({ icount: true, smp: 1 });
  try {
    const medians: number[] = [];
    for (const shutter of shutters) medians.push(await single.pauses(shutter));
    await single.xenctx();
    await single.flatOut();
    await single.capture();
    return medians[0]!;
  } finally {
    await single.stop();
  }
}

async function throughputLost(medianUs: number): Promise<void> {
  const pair = await Bench.start({ icount: false, smp: 2 });
  try {
    await pair.throughput(medianUs);
  } finally {
    await pair.stop();
  }
}

class Bench {
  private readonly rig: Rig;
  private readonly client: Dom0Client;
  private readonly cpus: Readonly<Record<string, string>>;

  private constructor(rig: Rig, client: Dom0Client, cpus: Readonly<Record<string, string>>) {
    this.rig = rig;
    this.client = client;
    this.cpus = cpus;
  }

  /** With one processor dom0 and the guest take turns; with two each has its own. */
  static async start(machine: { icount: boolean; smp: number }): Promise<Bench> {
    const rig = await startRig(machine);
    const ssh = { sshArguments: ['-F', rig.sshConfig], askpassScript: '', log: () => undefined, runtimeFolder: rig.folder };
    const client = await dom0Client({ name: 'rig', destination: 'rig' }, ssh);
    return new Bench(rig, client, machine.smp === 1 ? { cpus: '0' } : {});
  }

  async stop(): Promise<void> {
    await this.client.close();
    await this.rig.stop();
  }

  /** The pause at two depths of the stack, with and without frame pointers. Returns the largest median, in us. */
  async pauses(shutter: Shutter): Promise<number> {
    let largestUs = 0;
    console.log(`\npauses at 100 Hz, by ${shutter}`);
    // Python's take as long whatever the guest is made of
    const kernels = shutter === 'native' ? ['ladder', 'ladder-nofp'] : ['ladder'];
    for (const kernel of kernels) {
      for (const depth of [5, 50]) {
        const domid = await this.create('ladder', { kernel: `/root/${kernel}`, extra: `depth=${depth}` });
        const { end } = await this.record({ domid, rateHz: 100, durationMs: 2000, shutter });
        const { medianNs, p99Ns, maxNs } = end.status.pause;
        largestUs = Math.max(largestUs, medianNs / 1e3);
        const words = kernel === 'ladder' ? 'with frame pointers' : 'without frame pointers';
        console.log(`median pause ${us(medianNs)} virtual us at depth ${depth} ${words}; p99 ${us(p99Ns)}, longest ${us(maxNs)}`);
        if (shutter === 'native') {
          verdict(medianNs / 1e3 <= BAR.medianUs, `median at most ${BAR.medianUs} us`);
          verdict(p99Ns / 1e3 <= BAR.p99Us, `p99 at most ${BAR.p99Us} us`);
        }
        await this.rig.ssh('xl destroy ladder');
      }
    }
    return largestUs;
  }

  /** The peer: one process a sample, as a shell would run it. Timed inside dom0. */
  async xenctx(): Promise<void> {
    const domid = await this.create('ladder', { extra: 'depth=5' });
    const loop = `import os, subprocess, time
d = time.monotonic_ns()
for i in range(50):
    subprocess.call(['/usr/lib/xen-4.17/bin/xenctx', '-f', '${domid}'], stdout=subprocess.DEVNULL)
print((time.monotonic_ns() - d) / 50)`;
    const { stdout, stderr } = await this.rig.ssh('python3 -', { input: loop });
    if (!stdout.trim()) throw new Error(`xenctx did not run: ${stderr}`);
    console.log(`\nthe xenctx loop takes ${us(Number(stdout))} virtual us a trace, the process included`);
    await this.rig.ssh('xl destroy ladder');
  }

  /** As fast as it goes: dom0 goes before the guest, or the scheduler would count along. */
  async flatOut(): Promise<void> {
    const domid = await this.create('ladder', { extra: 'depth=5' });
    await this.rig.ssh('xl sched-credit2 -d Domain-0 -w 65535');
    const { end, collector } = await this.record({ domid, rateHz: 50_000, durationMs: 3000 });
    const { samples, elapsedMs } = end.status;
    const rate = (samples * 1000) / elapsedMs;
    console.log(
      `\nflat out: ${rate.toFixed(0)} samples a virtual second, ${(collector.streamBytes / samples).toFixed(0)} bytes a sample on the wire`,
    );
    verdict(rate >= BAR.flatOutHz, `at least ${BAR.flatOutHz}`);
    await this.rig.ssh('xl sched-credit2 -d Domain-0 -w 256; xl destroy ladder');
  }

  /** The size of a sample on the wire and in the capture, for a guest that does many things. */
  async capture(): Promise<void> {
    const domid = await this.create('pantry', {});
    const { end, collector, stream } = await this.record({ domid, rateHz: 999, durationMs: 3000 });
    const folder = await mkdtemp(path.join(tmpdir(), 'ringside-bench-'));
    const elf = path.join(await builtGuests(), 'pantry');
    const info = {
      guest: 'pantry',
      host: 'rig',
      kind: 'pv',
      vcpus: 1,
      rateHz: 999,
      xenVersion: null,
      startedAt: new Date(0).toISOString(),
    } as const;
    const recording = new Recording(info, { kind: 'elf', path: elf, origin: 'chosen' });
    for (const piece of stream) await recording.push(piece);
    await recording.end(end);
    const file = path.join(folder, 'pantry.pb.gz');
    await writeWhole(file, await writePprof(recording.profile));
    recording.close();
    const { samples } = end.status;
    console.log(
      `\nof the pantry: ${(collector.streamBytes / samples).toFixed(0)} bytes a sample on the wire, ` +
        `${(statSync(file).size / samples).toFixed(1)} in the capture, symbols included (${samples} samples)`,
    );
    await rm(folder, { recursive: true });
    await this.rig.ssh('xl destroy pantry');
  }

  /**
   * The guest's own count of its work with and without a recording, in turns, in real time: two emulated processors that run at once are needed, and
   * in virtual time they take turns, so that what dom0 does takes from the guest. Emulated pauses are long; what carries over to a real machine is how
   * much more a photograph costs than its pause (Xen takes the vCPU off its processor and puts it back).
   */
  async throughput(medianUs: number): Promise<void> {
    const domid = await this.create('ladder', { extra: 'depth=5' });
    console.log("\nthe guest's own count of its work, in real time, dom0 on a processor of its own");
    for (const rateHz of [25, 100]) {
      const lost: number[] = [];
      const paused: number[] = [];
      for (let round = 0; round < 4; round++) {
        const before = await this.workIn(() => sleep(6000));
        let end: RecordingEnd | undefined;
        const sampled = await this.workIn(async () => {
          ({ end } = await this.record({ domid, rateHz, durationMs: 6000, maxPauseShare: 1 }));
        });
        const after = await this.workIn(() => sleep(6000));
        lost.push(1 - (2 * sampled) / (before + after));
        paused.push(end!.status.pause.totalNs / end!.status.elapsedMs / 1e6);
      }
      const ratio = median(lost) / median(paused);
      console.log(
        `${rateHz} Hz: ${percent(lost)} % less work, paused for ${percent(paused)} % of the time: a photograph costs ${ratio.toFixed(2)} of its pause, so at a ` +
          `pause of ${medianUs.toFixed(1)} us ${(ratio * medianUs * 0.01).toFixed(2)} % at 100 Hz and ${(ratio * medianUs * 0.1).toFixed(2)} % at 1,000 Hz`,
      );
    }
  }

  /** Work a second by the guest's own count, between its first and last report within that time. */
  private async workIn(time: () => Promise<unknown>): Promise<number> {
    const before = (await this.reports()).length;
    await time();
    const reports = (await this.reports()).slice(before + 1);
    const [first, last] = [reports[0], reports.at(-1)];
    if (!first || !last || first === last) throw new Error('the guest did not report its work');
    return (last.work - first.work) / (last.ns - first.ns);
  }

  private async reports(): Promise<{ ns: number; work: number }[]> {
    const text = await this.rig.console('ladder');
    return [...text.matchAll(/^ladder: ns (\d+) work (\d+)\r?$/gm)].map(([, ns, work]) => ({ ns: Number(ns), work: Number(work) }));
  }

  private async create(name: string, settings: Readonly<Record<string, string>>): Promise<number> {
    await this.rig.createGuest(name, { ...this.cpus, ...settings });
    return Number((await this.rig.ssh(`xl domid ${settings['name'] ?? name}`)).stdout);
  }

  private async record(request: RecordingRequest): Promise<{ end: RecordingEnd; collector: Collector; stream: Uint8Array[] }> {
    const collector = new Collector();
    const stream: Uint8Array[] = [];
    const take = (bytes: Uint8Array): void => {
      stream.push(Uint8Array.from(bytes));
      collector.onPhotographs(bytes);
    };
    const sink = {
      onHello: (hello: Parameters<Collector['onHello']>[0]) => collector.onHello(hello),
      onPhotographs: take,
      onStatus: (status: Parameters<Collector['onStatus']>[0]) => collector.onStatus(status),
    };
    const end = await this.client.record(request, sink).done;
    if (end.reason !== 'duration') throw new Error(`the recording ended early (${end.reason}): ${end.message ?? ''}`);
    const { hello } = collector;
    if (hello?.slower) console.log(`  (${hello.slower})`);
    if (request.shutter !== undefined && hello?.shutter !== request.shutter) throw new Error(`the agent took ${hello?.shutter}`);
    return { end, collector, stream };
  }
}

const percent = (shares: readonly number[]): string => (100 * median(shares)).toFixed(2);
const us = (ns: number): string => (ns / 1000).toFixed(1);

function verdict(met: boolean, bar: string): void {
  console.log(`  ${met ? 'met' : 'MISSED'}: ${bar}`);
}
