/**
 * What a sample costs the guest and dom0, in virtual time: on the rig with `-icount` an instruction is a nanosecond, whatever else this machine does,
 * and every run is the same to about 1 %. Beside it, in the same dom0 and of the same guest, the loop over xenctx.
 */
import { statSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
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

const options = { shutter: { type: 'string' }, quick: { type: 'boolean', default: false } } as const;
type Shutter = NonNullable<RecordingRequest['shutter']>;

/** Bars: uniprof, measured the same way, takes 17 us and 0.72 for every frame. */
const BAR = { medianUs: 20, p99Us: 40, flatOutHz: 10_000 };

export async function bench(args: string[]): Promise<void> {
  const { values } = parseArgs({ args, options });
  const shutters = (values.shutter === undefined ? ['native', 'hypercalls'] : [values.shutter]) as Shutter[];
  const single = await Bench.start(1);
  try {
    for (const shutter of shutters) await single.pauses(shutter);
    await single.xenctx();
    await single.flatOut();
    await single.capture();
  } finally {
    await single.stop();
  }
  if (values.quick) return;
  const pair = await Bench.start(2);
  try {
    await pair.throughput();
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
  static async start(smp: number): Promise<Bench> {
    const rig = await startRig({ icount: true, smp });
    const ssh = { sshArguments: ['-F', rig.sshConfig], askpassScript: '', log: () => undefined, runtimeFolder: rig.folder };
    const client = await dom0Client({ name: 'rig', destination: 'rig' }, ssh);
    return new Bench(rig, client, smp === 1 ? { cpus: '0' } : {});
  }

  async stop(): Promise<void> {
    await this.client.close();
    await this.rig.stop();
  }

  /** The pause at two depths of the stack, with and without frame pointers. */
  async pauses(shutter: Shutter): Promise<void> {
    console.log(`\npauses at 100 Hz, by ${shutter}`);
    // Python's take as long whatever the guest is made of
    const kernels = shutter === 'native' ? ['ladder', 'ladder-nofp'] : ['ladder'];
    for (const kernel of kernels) {
      for (const depth of [5, 50]) {
        const domid = await this.create('ladder', { kernel: `/root/${kernel}`, extra: `depth=${depth}` });
        const { end } = await this.record({ domid, rateHz: 100, durationMs: 2000, shutter });
        const { medianNs, p99Ns, maxNs } = end.status.pause;
        const words = kernel === 'ladder' ? 'with frame pointers' : 'without frame pointers';
        console.log(`median pause ${us(medianNs)} virtual us at depth ${depth} ${words}; p99 ${us(p99Ns)}, longest ${us(maxNs)}`);
        if (shutter === 'native') {
          verdict(medianNs / 1e3 <= BAR.medianUs, `median at most ${BAR.medianUs} us`);
          verdict(p99Ns / 1e3 <= BAR.p99Us, `p99 at most ${BAR.p99Us} us`);
        }
        await this.rig.ssh('xl destroy ladder');
      }
    }
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
   * The guest's own count of its work, while it is sampled, and while another guest is. Not judged against the bar: in virtual time the processors
   * take turns, so that what dom0 does takes from the guest's processor too, by more than the pauses.
   */
  async throughput(): Promise<void> {
    const worker = await this.create('ladder', { extra: 'depth=5' });
    const idle = await this.create('ladder', { name: 'idle', extra: 'depth=5 idle=1', cpus: '1' });
    console.log("\nthe guest's own count of its work; dom0 has a processor of its own");
    for (const rateHz of [100, 1000]) {
      const [beside] = await this.workDuring({ domid: idle, rateHz, durationMs: 6000 });
      const [sampled, end] = await this.workDuring({ domid: worker, rateHz, durationMs: 6000 });
      const lost = 1 - sampled / beside;
      const { samples, pause, elapsedMs } = end.status;
      console.log(
        `${rateHz} Hz: ${(100 * lost).toFixed(2)} % less work, dom0's own work included; paused for ${((100 * pause.totalNs) / elapsedMs / 1e6).toFixed(2)} % of the time, ` +
          `median ${us(pause.medianNs)} us (${samples} samples)`,
      );
    }
  }

  /** Work a virtual second by the guest's own count, between its first and last report within a recording. */
  private async workDuring(request: RecordingRequest): Promise<[number, RecordingEnd]> {
    const before = (await this.reports()).length;
    const { end } = await this.record(request);
    const reports = (await this.reports()).slice(before + 1, -1);
    const [first, last] = [reports[0], reports.at(-1)];
    if (!first || !last || first === last) throw new Error('the guest did not report its work');
    return [(last.work - first.work) / (last.ns - first.ns), end];
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

const us = (ns: number): string => (ns / 1000).toFixed(1);

function verdict(met: boolean, bar: string): void {
  console.log(`  ${met ? 'met' : 'MISSED'}: ${bar}`);
}
