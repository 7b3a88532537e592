/** Every kind of guest and every manner of recording, on a real Xen. */
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Guest } from '../../extension/protocol.ts';
import { ElfFile } from '../../extension/engine/elf/elfFile.ts';
import { builtGuests } from '../rig/guests.ts';
import { Collector, type Photograph } from './photographs.ts';
import { Rigged } from './rigged.ts';

let rigged: Rigged;
beforeAll(async () => {
  rigged = await Rigged.start();
});
afterAll(() => rigged.stop());

const recordings = { rateHz: 99, durationMs: 1500 };

async function textOf(kernel: string): Promise<(address: bigint) => boolean> {
  const elf = ElfFile.open(path.join(await builtGuests(), kernel));
  const text = elf.sections.find(({ name }) => name === '.text')!;
  elf.close();
  return (address) => address >= text.address && address < text.address + BigInt(text.size);
}

/** Creates a guest, records it, and destroys it. */
async function recorded(
  name: string,
  settings: Readonly<Record<string, string | number>>,
  request: Readonly<Record<string, unknown>> = {},
): Promise<{
  photographs: Photograph[];
  collector: Collector;
  end: Awaited<ReturnType<typeof rigged.root.record>['done']>;
  printed: string;
  guest: Guest | undefined;
}> {
  await rigged.rig.createGuest(name, settings);
  await expect.poll(() => rigged.rig.console(name), { timeout: 120_000, interval: 500 }).toMatch(/: open|: ns \d/);
  const guest = (await rigged.root.guests()).find((each) => each.name === name);
  const collector = new Collector();
  const end = await rigged.root.record({ domid: await rigged.domid(name), ...recordings, ...request }, collector).done;
  expect(end, end.message).toMatchObject({ reason: 'duration' });
  expect(await rigged.state(name)).not.toContain('p');
  const printed = await rigged.rig.console(name);
  await rigged.ssh(`xl destroy ${name}`);
  return { photographs: collector.photographs(), collector, end, printed, guest };
}

/** An HVM guest has its device model, hvmloader and SeaBIOS to run first. */
test.each([
  ['pantry-pvh', 'pages of 2 MiB', {}],
  ['pantry-pvh', 'pages of 4 KiB, two vCPUs', { extra: 'pages=4', vcpus: 2 }],
  ['pantry-pvh', 'pages of 1 GiB', { extra: 'pages=1' }],
  ['pantry-hvm', 'pages of 2 MiB, two vCPUs', { vcpus: 2 }],
])('%s with %s', async (name, _, settings) => {
  const inText = await textOf(name);
  const { photographs, end, printed, guest } = await recorded(name, settings);
  expect(guest).toMatchObject({ kind: name.slice(-3), kernel: `/root/${name}` });
  expect(printed).not.toContain('no pages of');
  expect(photographs.length).toBeGreaterThan(2);
  expect(end.status.lost).toBe(0);
  for (const { rip, stack } of photographs) expect([inText(rip), stack.length]).toEqual([true, 16384]);
  expect([...new Set(photographs.map(({ vcpu }) => vcpu))].sort()).toEqual('vcpus' in settings ? [0, 1] : [0]);
});

test('a guest that does nothing is blocked, and one that works is not', async () => {
  const idle = await recorded('ladder', { extra: 'depth=9 idle=1' });
  const busy = await recorded('ladder', { extra: 'depth=9' });
  const blocked = ({ photographs }: { photographs: Photograph[] }) =>
    photographs.filter(({ state }) => state === 2).length / photographs.length;
  expect(blocked(idle)).toBeGreaterThan(0.8);
  expect(blocked(busy)).toBeLessThan(0.2);
});

test.each(['hostile', 'hostile-pvh'])('%s: whatever its stack pointer is, a photograph is a photograph', async (name) => {
  const { photographs, end } = await recorded(name, {}, { rateHz: 400, durationMs: 3000 });
  expect(photographs.length).toBeGreaterThan(5);
  expect(end.status.lost).toBe(0);
  // some of its lies were told meanwhile, and what is not mapped is not read
  const empty = photographs.filter(({ stack }) => stack.length === 0);
  for (const { rsp, flags } of empty) expect([rsp > 0xffffffffn || rsp === 0n, flags & 2]).toEqual([true, 2]);
});

test('addresses alone: no pause, no stack', async () => {
  const inText = await textOf('ladder');
  const { photographs, collector, end } = await recorded('ladder', {}, { mode: 'addresses' });
  expect(collector.hello?.mode).toBe('addresses');
  expect(end.status.pause.count).toBe(0);
  expect(photographs.length).toBeGreaterThan(5);
  for (const { rip, stack, flags, pauseNs } of photographs) expect([inText(rip), stack.length, flags, pauseNs]).toEqual([true, 0, 4, 0]);
});

test('a budget of pauses holds the rate down, and says so', async () => {
  const { end } = await recorded('ladder', {}, { rateHz: 999, durationMs: 4000, maxPauseShare: 0.002 });
  expect(end.status.cappedHz).toBeLessThan(999);
  // a second's worth is taken ahead, and one pause may be long
  expect(end.status.pause.totalNs - end.status.pause.maxNs).toBeLessThan(0.002 * 5.2e9);
});

test.each(['hypercalls', 'libxenctrl'] as const)('the same by %s', async (shutter) => {
  const inText = await textOf('pantry-pvh');
  const { photographs, collector } = await recorded('pantry-pvh', {}, { shutter });
  expect(collector.hello).toMatchObject({ shutter, slower: null });
  for (const { rip, stack } of photographs) expect([inText(rip), stack.length]).toEqual([true, 16384]);
});

test('two guests at once', async () => {
  await rigged.rig.createGuest('pantry');
  await rigged.rig.createGuest('pantry-pvh');
  const guests = ['pantry', 'pantry-pvh'];
  const collectors = guests.map(() => new Collector());
  const domids = await Promise.all(guests.map((guest) => rigged.domid(guest)));
  const ends = await Promise.all(
    collectors.map((collector, i) => rigged.root.record({ domid: domids[i]!, ...recordings }, collector).done),
  );
  expect(ends.map(({ reason }) => reason)).toEqual(['duration', 'duration']);
  for (const [i, collector] of collectors.entries()) {
    expect(collector.hello?.domid).toBe(domids[i]);
    expect(collector.photographs().length).toBeGreaterThan(2);
  }
  await rigged.ssh('xl destroy pantry-pvh');
});

test('a dom0 without Python: xl lists the guests, xenctx samples them, and what it costs is said', async () => {
  await rigged.rig.createGuest('pantry', { name: 'spare' });
  await rigged.ssh('mv /usr/bin/python3 /usr/bin/python3.away');
  try {
    const guests = await rigged.root.guests();
    const spare = guests.find(({ name }) => name === 'spare')!;
    expect(spare).toMatchObject({ kind: 'pv', kernel: '/root/pantry', cpuShare: null });
    const inText = await textOf('pantry');
    const collector = new Collector();
    const end = await rigged.root.record({ domid: spare.domid, rateHz: 10, durationMs: 12_000 }, collector).done;
    expect(end, end.message).toMatchObject({ reason: 'duration' });
    expect(collector.hello).toMatchObject({
      shutter: 'xenctx',
      slower: expect.stringMatching(/Python.*xenctx.*holds the guest/) as string,
    });
    const photographs = collector.photographs();
    console.log(`xenctx: ${photographs.length} traces, pause median ${end.status.pause.medianNs / 1e6} ms`);
    expect(photographs.length).toBeGreaterThan(1);
    for (const { rip, stack } of photographs) expect([inText(rip), stack.length > 64]).toEqual([true, true]);
    const endless = rigged.root.record({ domid: spare.domid, rateHz: 10, durationMs: null }, collector);
    await collector.reached(collector.statuses.length + 2);
    endless.stop();
    expect((await endless.done).reason).toBe('stopped');
    expect(await rigged.state('spare')).not.toContain('p');
    await expect.poll(() => rigged.ssh('pgrep -x xenctx; pgrep -f "xl vcpu-lis[t]"; true'), { timeout: 20_000 }).toBe('');
  } finally {
    await rigged.ssh('mv /usr/bin/python3.away /usr/bin/python3');
  }
});
