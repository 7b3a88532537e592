/** The promise: whatever ends, no guest stays paused, and nothing of ours stays behind. On a real Xen. */
import path from 'node:path';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import type { Recording } from '../../extension/dom0/client.ts';
import { kill, sshClients, sshMasters } from '../ssh/sshd.ts';
import { Collector } from './photographs.ts';
import { killsTimeoutMs, Rigged } from './rigged.ts';

let rigged: Rigged;
beforeAll(async () => {
  rigged = await Rigged.start('pantry');
});
afterAll(() => rigged.stop());

const free = { left: '', state: expect.not.stringContaining('p') as string };
afterEach(async () => {
  await rigged.ssh('xl unpause pantry');
});

/** A recording as fast as the agent allows itself, so that the guest is paused much of the time. */
async function busy(): Promise<{ recording: Recording; collector: Collector }> {
  const collector = new Collector();
  const recording = rigged.root.record({ domid: await rigged.domid('pantry'), rateHz: 2000, durationMs: null }, collector);
  await Promise.race([collector.reached(1), recording.done.then((end) => Promise.reject(new Error(`it ended: ${JSON.stringify(end)}`)))]);
  return { recording, collector };
}

// agent: the first of the two processes; its watchdog is the second
const signalAgent = (signal: string): Promise<unknown> =>
  rigged.ssh(`sleep 0.${Math.floor(Math.random() * 1000)}; kill -${signal} $(pgrep -o -f '^python3 .*ringside-agent')`);

test.each([1, 2, 3])('kill -9 of the agent, round %d', async () => {
  const { recording } = await busy();
  await signalAgent('KILL');
  const end = await recording.done;
  expect(end).toMatchObject({ reason: 'failed', message: expect.stringContaining('killed') as string });
  expect(end.status.samples).toBeGreaterThan(0);
  expect(await rigged.aftermath('pantry')).toEqual(free);
});

const rounds = Number(process.env['RINGSIDE_KILLS'] ?? 200);

test(`${rounds} ends at random moments`, { timeout: killsTimeoutMs(rounds) }, async () => {
  const report = await rigged.kills('pantry', rounds, 1);
  console.log(JSON.stringify(report));
  expect(report).toMatchObject({ rounds, leftPaused: 0 });
  // or the campaign would have shown nothing
  expect(report.insidePause).toBeGreaterThan(rounds / 100);
  expect(report.photographs).toBeGreaterThan(rounds);
  expect(await rigged.aftermath('pantry')).toEqual(free);
});

const cuts = Number(process.env['RINGSIDE_CUTS'] ?? 4);
const cut = [
  ['ssh', () => sshClients()],
  ['the shared connection', () => sshMasters(rigged.folder)],
] as const;

test.each(Array.from({ length: cuts }, (_, i) => [cut[i % 2]![0], i + 1, cut[i % 2]![1]] as const))(
  'kill -9 of %s, round %d',
  async (_, __, pids) => {
    const { recording } = await busy();
    for (const pid of pids()) kill(pid);
    expect((await recording.done).reason).toBe('connection-lost');
    expect(await rigged.aftermath('pantry')).toEqual(free);
  },
);

test.each(['TERM', 'HUP', 'INT'])('SIG%s ends it in order', async (signal) => {
  const { recording, collector } = await busy();
  await signalAgent(signal);
  const end = await recording.done;
  expect(end).toMatchObject({ reason: 'failed', message: expect.stringContaining('signal') as string });
  expect(collector.photographs()).toHaveLength(end.status.samples);
  expect(await rigged.aftermath('pantry')).toEqual(free);
});

test.each([1, 2, 3])('an agent that hangs, round %d', async () => {
  const { recording } = await busy();
  await signalAgent('STOP');
  await new Promise((resolve) => setTimeout(resolve, 3000));
  expect(await rigged.state('pantry')).toEqual(free.state);
  recording.cancel();
  await rigged.ssh("pkill -CONT -f '^python3 .*ringside-agent'");
  await recording.done;
  expect(await rigged.aftermath('pantry')).toEqual(free);
});

test('a watchdog that is killed ends the recording', async () => {
  const { recording } = await busy();
  await rigged.ssh("kill -9 $(pgrep -n -f '^python3 .*ringside-agent')");
  expect(await recording.done).toMatchObject({ reason: 'failed', message: expect.stringContaining('watchdog') as string });
  expect(await rigged.aftermath('pantry')).toEqual(free);
});

test('a frozen network', async () => {
  const { recording } = await busy();
  const frozen = [...sshClients(), ...sshMasters(path.join(rigged.folder, '0'))];
  for (const pid of frozen) process.kill(pid, 'SIGSTOP');
  expect(await rigged.aftermath('pantry', 40)).toEqual(free);
  for (const pid of frozen) process.kill(pid, 'SIGCONT');
  expect((await recording.done).reason).not.toBe('duration');
});

test('two recordings of one guest at once', async () => {
  const domid = await rigged.domid('pantry');
  const collectors = [new Collector(), new Collector()];
  const recordings = collectors.map((collector) => rigged.root.record({ domid, rateHz: 200, durationMs: 4000 }, collector));
  const ends = await Promise.all(recordings.map(({ done }) => done));
  for (const [i, end] of ends.entries()) {
    expect(end.reason).toBe('duration');
    expect(collectors[i]!.photographs()).toHaveLength(end.status.samples);
    expect(end.status.samples).toBeGreaterThan(10);
  }
  expect(await rigged.aftermath('pantry')).toEqual(free);
});

test('a guest that somebody else has paused stays paused', async () => {
  await rigged.ssh('xl pause pantry');
  const { recording, collector } = await busy();
  await signalAgent('KILL');
  await recording.done;
  const { left, state } = await rigged.aftermath('pantry');
  expect(left).toBe('');
  expect(state).toContain('p');
  // and what stood still was photographed standing still
  const places = new Set(collector.photographs().map(({ rip, rsp }) => `${rip} ${rsp}`));
  expect(places.size).toBe(1);
});

test.each([
  ['powers off', 'close_after=15', /powered off|destroyed/],
  ['reboots', 'close_after=15 close_reason=1', /rebooted|destroyed/],
  ['crashes', 'close_after=15 close_reason=3', /crashed/],
])('a guest that %s', async (_, extra, message) => {
  await rigged.rig.createGuest('pantry', { name: 'brief', extra, on_reboot: 'destroy' });
  const collector = new Collector();
  const end = await rigged.root.record({ domid: await rigged.domid('brief'), rateHz: 500, durationMs: null }, collector).done;
  expect(end).toMatchObject({ reason: 'guest-gone', message: expect.stringMatching(message) as string });
  expect(collector.photographs()).toHaveLength(end.status.samples);
  await rigged.ssh('xl destroy brief');
  expect(await rigged.agents()).toEqual([]);
});

test('a guest that somebody pauses in mid recording stays paused, and goes on when they let it', async () => {
  const { recording, collector } = await busy();
  await rigged.ssh('xl pause pantry');
  const before = collector.statuses.length;
  await collector.reached(before + 3);
  expect(await rigged.state('pantry')).toContain('p');
  await rigged.ssh('xl unpause pantry');
  await collector.reached(collector.statuses.length + 3);
  recording.stop();
  expect(await recording.done).toMatchObject({ reason: 'stopped' });
  expect(await rigged.aftermath('pantry')).toEqual(free);
});
