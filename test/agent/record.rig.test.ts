/** The agent on a real Xen: what it sees, and what it records. */
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { ElfFile } from '../../extension/engine/elf/elfFile.ts';
import { builtGuests } from '../rig/guests.ts';
import { kill, sshClients } from '../ssh/sshd.ts';
import { Collector, type Photograph } from './photographs.ts';
import { Rigged } from './rigged.ts';

let rigged: Rigged;
beforeAll(async () => {
  rigged = await Rigged.start('pantry', 'pantry-pair');
});
afterAll(() => rigged.stop());

/** Where the guest's own code is: its first program header's. */
async function text(): Promise<{ from: bigint; to: bigint }> {
  const elf = await readFile(path.join(await builtGuests(), 'pantry'));
  const header = Number(elf.readBigUInt64LE(32));
  const from = elf.readBigUInt64LE(header + 16);
  return { from, to: from + elf.readBigUInt64LE(header + 40) };
}

function expectSound(photographs: readonly Photograph[], { from, to }: { from: bigint; to: bigint }): void {
  expect(photographs.filter(({ rip }) => rip < from || rip >= to)).toEqual([]);
  let last = 0;
  for (const { timeNs, stack, state, flags } of photographs) {
    expect(timeNs).toBeGreaterThanOrEqual(last);
    expect(stack.length).toBeGreaterThan(0);
    expect(stack.length).toBeLessThanOrEqual(16384);
    expect([0, 1, 2]).toContain(state);
    expect([1, 2]).toContain(flags & 7);
    last = timeNs;
  }
  // Somewhere on each stack there is a way back into the code.
  const returns = photographs.filter(({ stack }) => {
    for (let at = 0; at + 8 <= Math.min(stack.length, 1024); at += 8) {
      const word = stack.readBigUInt64LE(at);
      if (word >= from && word < to) return true;
    }
    return false;
  });
  expect(returns.length).toBeGreaterThan(0.95 * photographs.length);
}

test('the list of guests', async () => {
  const guests = await rigged.root.guests();
  expect(guests).toHaveLength(2);
  expect(guests[0]).toMatchObject({ name: 'pantry', kind: 'pv', vcpus: 1, kernel: '/root/pantry' });
  expect(guests[1]).toMatchObject({ name: 'pantry-pair', kind: 'pv', vcpus: 2, kernel: '/root/pantry' });
  for (const guest of guests) {
    expect(['running', 'blocked']).toContain(guest.state);
    expect(guest.memoryMiB).toBeGreaterThan(0);
    expect(guest.cpuSeconds).toBeGreaterThan(0);
    expect(guest.cpuShare).toBeGreaterThanOrEqual(0);
    expect(guest.cpuShare).toBeLessThan(2.1);
  }
});

test('a dom0 that has all', async () => {
  const { checks, xenVersion } = await rigged.root.preflight();
  expect(checks.map(({ name, ok }) => [name, ok])).toEqual(
    ['SSH', 'Python', 'Privilege', 'Xen', 'libxenctrl', 'libxenforeignmemory', 'xl'].map((name) => [name, true]),
  );
  expect(xenVersion).toMatch(/^4\.\d+/);
});

test('a user with sudo', async () => {
  const client = rigged.client('rig-admin', true);
  expect((await client.preflight()).checks.filter(({ ok }) => !ok)).toEqual([]);
  expect((await client.guests()).map(({ name }) => name)).toContain('pantry');
});

test('a user without rights', async () => {
  const client = rigged.client('rig-visitor');
  const failed = (await client.preflight()).checks.filter(({ ok }) => !ok);
  expect(failed.map(({ name }) => name)).toContain('Privilege');
  for (const { remedy } of failed) expect(remedy).toMatch(/root|sudo/);
  await expect(client.guests()).rejects.toMatchObject({ code: 'no-privilege' });
});

test('the kernel of a guest', async () => {
  const folder = await builtGuests();
  const { path: file } = await rigged.root.fetchKernel('/root/pantry', path.join(rigged.rig.folder, 'kernels'));
  expect((await readFile(file)).equals(await readFile(path.join(folder, 'pantry')))).toBe(true);
});

test('five seconds at 99 Hz', async () => {
  const collector = new Collector();
  const domid = await rigged.domid('pantry');
  const end = await rigged.root.record({ domid, rateHz: 99, durationMs: 5000, maxPauseShare: 1 }, collector).done;
  const photographs = collector.photographs();
  expect(end.reason).toBe('duration');
  expect(collector.hello).toMatchObject({
    domid,
    vcpus: 1,
    rateHz: 99,
    maxStackBytes: 16384,
    mode: 'stacks',
    shutter: 'native',
    slower: null,
  });
  expect(photographs).toHaveLength(end.status.samples);
  // Each tick is a photograph, or lost, or missed: a busy machine may miss many, but none without saying so.
  expect(Math.abs(end.status.samples + end.status.lost + end.status.missed - 5 * 99)).toBeLessThanOrEqual(1);
  expect(end.status.lost).toBeLessThanOrEqual(2);
  expect(end.status.elapsedMs).toBeGreaterThanOrEqual(5000);
  expect(collector.statuses.length).toBeGreaterThan(5);
  expect(collector.firstAtMs - collector.helloAtMs).toBeLessThan(1500);
  expectSound(photographs, await text());
  // Beside them, the pages that were sampled in, as they lie in the kernel.
  expect([...collector.textPages.keys()].sort()).toEqual([...new Set(photographs.map(({ rip }) => rip & ~0xfffn))].sort());
  const kernel = ElfFile.open(path.join(await builtGuests(), 'pantry'));
  const stubs = kernel.symbols.named('hypercall_page')!.address;
  for (const [address, bytes] of collector.textPages)
    expect([address, bytes.equals(kernel.read(address, 4096)!)]).toEqual([address, address !== stubs]);
  kernel.close();
  const { pause } = end.status;
  // A photograph of a stack that is not mapped yet is taken twice, and both pauses count.
  expect(pause.count).toBeGreaterThanOrEqual(end.status.samples);
  expect(pause.totalNs).toBeGreaterThanOrEqual(photographs.reduce((sum, { pauseNs }) => sum + pauseNs, 0));
  expect(pause.maxNs).toBeGreaterThanOrEqual(Math.max(...photographs.map(({ pauseNs }) => pauseNs)));
  expect(pause.medianNs).toBeLessThanOrEqual(pause.p99Ns);
  console.log(
    `pause median ${pause.medianNs / 1e3} us, p99 ${pause.p99Ns / 1e3} us, max ${pause.maxNs / 1e3} us; ` +
      `${(collector.streamBytes / photographs.length).toFixed(0)} bytes a photograph on the wire; ${end.status.missed} missed`,
  );
  expect(await rigged.aftermath('pantry')).toMatchObject({ left: '', state: expect.not.stringContaining('p') as string });
});

test('both vCPUs of the sibling, on their own stacks', async () => {
  const collector = new Collector();
  const end = await rigged.root.record(
    { domid: await rigged.domid('pantry-pair'), rateHz: 49, durationMs: 4000, maxStackBytes: 2048, maxPauseShare: 1 },
    collector,
  ).done;
  const photographs = collector.photographs();
  expect(end.reason).toBe('duration');
  expectSound(photographs, await text());
  for (const vcpu of [0, 1]) {
    const own = photographs.filter((photograph) => photograph.vcpu === vcpu);
    expect(own).toHaveLength(end.status.samples / 2);
    expect(Math.max(...own.map(({ stack }) => stack.length))).toBe(2048);
  }
});

test('a stop keeps what was collected', async () => {
  const collector = new Collector();
  const recording = rigged.root.record({ domid: await rigged.domid('pantry'), rateHz: 99, durationMs: null }, collector);
  await collector.reached(4);
  recording.stop();
  const end = await recording.done;
  expect(end.reason).toBe('stopped');
  expect(collector.photographs()).toHaveLength(end.status.samples);
  expect(end.status.samples).toBeGreaterThan(3);
  expect(await rigged.aftermath('pantry')).toMatchObject({ left: '', state: expect.not.stringContaining('p') as string });
});

test('a cancel ends the process in dom0', async () => {
  const collector = new Collector();
  const recording = rigged.root.record({ domid: await rigged.domid('pantry'), rateHz: 99, durationMs: null }, collector);
  await collector.reached(2);
  recording.cancel();
  expect((await recording.done).reason).toBe('stopped');
  expect(await rigged.aftermath('pantry')).toMatchObject({ left: '', state: expect.not.stringContaining('p') as string });
});

test('a guest that is not there', async () => {
  const end = await rigged.root.record({ domid: 7777, rateHz: 99, durationMs: 1000 }, new Collector()).done;
  expect(end).toMatchObject({ reason: 'failed', message: expect.stringContaining('7777') as string });
});

test('dom0 itself is no guest', async () => {
  const end = await rigged.root.record({ domid: 0, rateHz: 99, durationMs: 1000 }, new Collector()).done;
  expect(end.reason).toBe('failed');
});

test('a guest that is destroyed meanwhile', async () => {
  await rigged.rig.createGuest('pantry', { name: 'larder' });
  const collector = new Collector();
  const recording = rigged.root.record({ domid: await rigged.domid('larder'), rateHz: 99, durationMs: null }, collector);
  await collector.reached(3);
  await rigged.ssh('xl destroy larder');
  const end = await recording.done;
  expect(end).toMatchObject({ reason: 'guest-gone', message: expect.stringMatching(/destroyed|shut down/) as string });
  expect(collector.photographs()).toHaveLength(end.status.samples);
  expect(end.status.samples).toBeGreaterThan(3);
});

test('a guest that powers off by itself', async () => {
  await rigged.rig.createGuest('pantry', { name: 'brief', extra: 'close_after=30' });
  const collector = new Collector();
  const end = await rigged.root.record({ domid: await rigged.domid('brief'), rateHz: 99, durationMs: null }, collector).done;
  expect(end).toMatchObject({ reason: 'guest-gone', message: expect.stringMatching(/powered off|destroyed/) as string });
  expect(collector.photographs()).toHaveLength(end.status.samples);
});

test('ends at random moments leave no guest paused and no process behind (npm run faults has the long form)', async () => {
  const report = await rigged.kills('pantry', 10, Date.now() % 1e6);
  expect(report).toMatchObject({ rounds: 10, leftPaused: 0 });
  expect(report.photographs).toBeGreaterThan(0);
});

test('kill -9 of ssh', async () => {
  const collector = new Collector();
  const recording = rigged.root.record({ domid: await rigged.domid('pantry'), rateHz: 500, durationMs: null }, collector);
  await collector.reached(1);
  for (const pid of sshClients()) kill(pid);
  expect(await recording.done).toMatchObject({ reason: 'connection-lost' });
  expect(await rigged.aftermath('pantry')).toEqual({ left: '', state: expect.not.stringContaining('p') as string });
});
