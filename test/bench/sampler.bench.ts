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

const options = {
  shutter: { type: 'string' },
  /** pauses or throughput; both where it is left out. */
  part: { type: 'string' },
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
  if (values.part !== 'throughput') await pausesOf(shutters);
  if (values.part !== 'pauses') await throughputLost();
}

async function pausesOf(shutters: readonly Shutter[]): Promise<void> {
  const single = await Bench.start({ icount: true, smp: 1 });
  try {
    for (const shutter of shutters) await single.pauses(shutter);
    await single.xenctx();
    await single.flatOut();
    await single.capture();
  } finally {
    await single.stop();
  }
}

async function throughputLost(): Promise<void> {
  const pair = await Bench.start({ icount: true, smp: 2 });
  try {
    await pair.throughput();
  } finally {
    await pair.stop();
  }
}

const RECORDED_S = 8;

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
   * What a photograph takes from the guest, by the guest's own count of its work, with dom0 on a processor of its own. In virtual time two processors take
   * turns, so that all that dom0 does takes from the guest too. Therefore two recordings are compared: of the guest that works, and of one beside it that
   * is blocked, which has nothing to lose. Dom0 does the same for both, so that what the first costs more is what Xen does on the guest's processor to take
   * the vCPU off and to put it back. That and the whole pause are what the guest would lose beside a dom0 that runs at the same time.
   */
  async throughput(): Promise<void> {
    const busy = await this.create('ladder', { extra: 'depth=5' });
    const blocked = await this.create('ladder', { name: 'blocked', extra: 'depth=5 idle=1' });
    console.log("\nthe guest's own count of its work, in virtual time, dom0 on a processor of its own");
    const alone = await this.workIn(() => this.rig.ssh(`sleep ${RECORDED_S}`));
    for (const [rateHz, bar] of BAR.lostShare) {
      const costs: { us: number; pauseUs: number }[] = [];
      for (const domid of [busy, blocked]) {
        let end: RecordingEnd | undefined;
        const sampled = await this.workIn(async () => {
          ({ end } = await this.record({ domid, rateHz, durationMs: RECORDED_S * 1000, maxPauseShare: 1 }));
        });
        const { samples, elapsedMs, pause } = end!.status;
        costs.push({ us: ((1 - sampled / alone) * elapsedMs * 1000) / samples, pauseUs: pause.totalNs / pause.count / 1000 });
      }
      const [own, other] = costs as [(typeof costs)[0], (typeof costs)[0]];
      const switchUs = own.us - other.us;
      const lost = (other.pauseUs + switchUs) * 1e-6 * rateHz;
      console.log(
        `${rateHz} Hz: dom0 works ${other.us.toFixed(1)} us for a photograph, of which the pause is ${other.pauseUs.toFixed(1)}; the switch of vCPUs takes ${switchUs.toFixed(1)} more: ` +
          `${(100 * lost).toFixed(3)} % of the guest's work is lost`,
      );
      verdict(lost < bar, `under ${100 * bar} %`);
    }
  }

  /** Work a second by the guest's own count, within that time but for its beginning and its end. */
  private async workIn(time: () => Promise<unknown>): Promise<number> {
    const [last] = (await this.reports()).slice(-1);
    if (!last) throw new Error('the guest did not report its work');
    const behind = last.ns - (await this.clockNs());
    await time();
    const until = (await this.clockNs()) + behind;
    const within = (await this.reports()).filter(({ ns }) => ns > until - (RECORDED_S - 2) * 1e9 && ns < until - 1.5e9);
    const [first, final] = [within[0], within.at(-1)];
    if (!first || !final || first === final) throw new Error('the guest did not report its work');
    return (final.work - first.work) / (final.ns - first.ns);
  }

  /** Dom0's clock, which goes as the guest's. */
  private async clockNs(): Promise<number> {
    return Number((await this.rig.ssh("awk '{ print $1 * 1e9 }' /proc/uptime")).stdout);
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
