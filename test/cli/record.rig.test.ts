/** The command line on a real Xen: what a person does without an editor, held against the guest's own account of its time. */
import { execFile, type ChildProcess } from 'node:child_process';
import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { shares } from '../rig/account.ts';
import { builtGuests } from '../rig/guests.ts';
import { startRig, type Rig } from '../rig/rig.ts';

const run = promisify(execFile);
let rig: Rig;
let folder: string;

interface Outcome {
  readonly stdout: string;
  readonly stderr: string;
  readonly code: number;
}

/** The bundled command, as `npx --no-install ringside` starts it. */
function start(...args: string[]): { child: ChildProcess; outcome: Promise<Outcome> } {
  const command = path.resolve('dist/ringside.cjs');
  // An emulated processor takes a hundred times as long over a pause: no budget, or there are few samples.
  if (args[0] === 'record') args.push('--max-pause-share', '1');
  const running = run(process.execPath, [command, ...args], { cwd: folder, timeout: 120_000 });
  const outcome = running.then(
    ({ stdout, stderr }) => ({ stdout, stderr, code: 0 }),
    (error: unknown) => error as Outcome,
  );
  return { child: running.child, outcome };
}

const ringside = (...args: string[]): Promise<Outcome> => start(...args).outcome;

/** Total share by function, from the JSON report. */
async function totals(file: string, ...filter: string[]): Promise<Record<string, number>> {
  const { stdout } = await ringside('report', file, '--format', 'json', ...filter);
  const { grandTotal, functions } = JSON.parse(stdout) as { grandTotal: number; functions: { name: string; total: number }[] };
  return Object.fromEntries(functions.map(({ name, total }) => [name, total / grandTotal]));
}

/** The values of the names, so that they add up to 1. */
function partsOfWhole(names: Record<string, number>, values: Record<string, number>): Record<string, number> {
  const parts = Object.keys(names).map((name) => [name, values[name] ?? 0] as const);
  const whole = parts.reduce((sum, [, value]) => sum + value, 0);
  return Object.fromEntries(parts.map(([name, value]) => [name, value / whole]));
}

/** Within so many points, or what chance allows of so few samples. */
function expectShares(sampled: Record<string, number>, truth: Record<string, number>, tolerance: number, samples: number): void {
  const rows = Object.entries(truth).map(([name, share]) => [name, share, sampled[name] ?? 0] as const);
  console.log(rows.map(([name, share, seen]) => `${name} ${(100 * share).toFixed(1)} % seen as ${(100 * seen).toFixed(1)} %`).join(', '));
  for (const [name, share, seen] of rows) {
    const chance = 4 * Math.sqrt((share * (1 - share)) / samples);
    expect.soft(Math.abs(seen - share), `${name}: the guest says ${(100 * share).toFixed(1)} %`).toBeLessThan(Math.max(tolerance, chance));
  }
}

beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'ringside-cli-'));
  rig = await startRig();
  await rig.createGuest('pantry');
});

afterAll(async () => {
  await rig.stop();
  await rm(folder, { recursive: true, force: true });
});

describe('ringside guests', () => {
  it('lists the guest, its kind and its kernel', async () => {
    const { stdout, code } = await ringside('guests', '-F', rig.sshConfig, 'rig');
    expect(code).toBe(0);
    expect(stdout).toMatch(/^pantry +\d+ +pv +(running|blocked) +1 +16 MiB +(\d+ %|-) +\/root\/pantry$/m);
  });
});

describe('ringside record', () => {
  // once more where the machine that emulates was busy in between, which shifts shares by some points; what is wrong is wrong twice
  it('agrees with the guest about where its time went', { timeout: 180_000, retry: 1 }, async () => {
    // The account of the same time: pauses stretch the guest's work and not its rest, so that outside the recording its shares are others.
    const to = ['-F', rig.sshConfig, 'rig', 'pantry'];
    const recording = start('record', ...to, '--rate', '199', '--duration', '20', '-o', 'pantry.pb.gz');
    await new Promise<void>((resolve) =>
      recording.child.stderr!.on('data', (text) => String(text).includes('recording pantry') && resolve()),
    );
    const [before] = await rig.account('pantry');
    await sleep(18_000);
    const [after] = await rig.account('pantry');
    const recorded = await recording.outcome;
    expect(recorded.stderr).toMatch(/\d+ samples in 2\d\.\d s, \d+ lost(, \d+ moments missed)?; guest pause \d+ µs median/);
    expect(recorded.code).toBe(0);
    const samples = Number(/(\d+) samples in/.exec(recorded.stderr)![1]);
    const truth = shares(before!, after!);
    const seen = await totals('pantry.pb.gz');
    const working = Object.fromEntries(Object.entries(truth).filter(([name]) => name !== 'wait_for_requests'));
    expectShares(partsOfWhole(working, seen), partsOfWhole(working, working), 0.03, samples * (1 - seen['wait_for_requests']!));
    // What emulates the processors delivers the timers of both: on a busy machine the guest wakes late, and dom0 does not see it, because it wakes late too.
    expectShares(seen, truth, 0.15, samples);
    expect((await totals('pantry.pb.gz', '--states', 'blocked'))['wait_for_requests']).toBeGreaterThan(0.9);
  });

  it('writes folded stacks of whole chains, with inlined functions in them', async () => {
    const { stdout } = await ringside('report', 'pantry.pb.gz', '--format', 'folded');
    const lines = stdout.trimEnd().split('\n');
    for (const line of lines) expect(line).toMatch(/^\S.* \d+$/);
    expect(stdout).toContain(';serve_batch;parse_requests;parse_request;parse_object;');
    expect(lines.filter((line) => line.includes('[incomplete stack]')).length).toBeLessThan(lines.length / 20);
  });

  it('writes a capture that go tool pprof reads alike', async () => {
    const { stdout } = await run('go', ['tool', 'pprof', '-top', '-nodecount=1000', 'pantry.pb.gz'], { cwd: folder });
    const { stdout: report } = await ringside('report', 'pantry.pb.gz', '--format', 'json');
    const { functions } = JSON.parse(report) as { functions: { name: string; self: number; total: number }[] };
    expect(functions.length).toBeGreaterThan(10);
    for (const { name, self, total } of functions.slice(0, 10)) {
      const row = stdout
        .split('\n')
        .find((line) => new RegExp(String.raw`\s${name}( \(inline\)|  \(partial-inline\)| \(partial-inline\))?$`).test(line));
      expect(row, `${name} in:\n${stdout}`).toBeDefined();
      expect(row!.trim().split(/\s+/)[0]).toBe(String(self));
      expect(row!.trim().split(/\s+/)[3]).toBe(String(total));
    }
  });

  it('names no function of a stripped kernel, says why, and takes the ELF file it is given', async () => {
    await rig.createGuest('pantry', { name: 'larder', kernel: '/root/pantry.stripped' });
    const bare = await ringside('record', '-F', rig.sshConfig, 'rig', 'larder', '--duration', '2', '-o', 'bare.pb.gz');
    expect(bare.stderr).toMatch(/warning: .*(no symbols|no function symbols|stripped)/);
    expect(bare.code).toBe(0);
    expect(Object.keys(await totals('bare.pb.gz')).some((name) => name.startsWith('0x'))).toBe(true);
    const elf = path.join(await builtGuests(), 'pantry');
    const named = await ringside('record', '-F', rig.sshConfig, 'rig', 'larder', '--duration', '2', '-o', 'named.pb.gz', '--symbols', elf);
    expect(named.code).toBe(0);
    expect(await totals('named.pb.gz')).toHaveProperty('serve_batch');
    await rig.ssh('xl destroy larder');
  });

  it('shows what has become slower since a capture first, and by how much', async () => {
    await rig.createGuest('pantry', { name: 'slower', extra: 'sort_rounds=12' });
    expect((await ringside('record', '-F', rig.sshConfig, 'rig', 'slower', '--duration', '6', '-o', 'slower.pb.gz')).code).toBe(0);
    await rig.ssh('xl destroy slower');
    // what a guest waits for a loaded machine is not its own
    const [, , most] = (await ringside('report', 'slower.pb.gz', '--base', 'pantry.pb.gz', '--states', 'on-cpu')).stdout.split('\n');
    // of a few samples it is chance which of a chain is first: the function itself, the one that it calls for all of its work, or what is inlined there
    expect(most).toMatch(/\+\d+\.\d +\+\d+\.\d {2}(sort_answers|sort_shelves|divide) {2}\S*(main|sort)\.c$/);
    const [before, after] = [await totals('pantry.pb.gz'), await totals('slower.pb.gz')];
    expect(after['sort_answers']! - before['sort_answers']!).toBeGreaterThan(0.15);
    const { stdout } = await ringside('report', 'slower.pb.gz', '--base', 'pantry.pb.gz', '--format', 'json');
    const { functions } = JSON.parse(stdout) as { functions: { frames: { name: string }[]; baseTotal: number[]; otherTotal: number[] } };
    const at = functions.frames.findIndex(({ name }) => name === 'sort_answers');
    expect(functions.baseTotal[at]).toBeCloseTo(before['sort_answers']!, 6);
    expect(functions.otherTotal[at]).toBeCloseTo(after['sort_answers']!, 6);
  });

  it('unpacks a compressed kernel', async () => {
    await rig.createGuest('pantry', { name: 'packed', kernel: '/root/pantry.gz' });
    expect((await ringside('record', '-F', rig.sshConfig, 'rig', 'packed', '--duration', '2', '-o', 'packed.pb.gz')).code).toBe(0);
    expect(await totals('packed.pb.gz')).toHaveProperty('serve_batch');
    await rig.ssh('xl destroy packed');
  });

  it('tells the vCPUs apart', async () => {
    await rig.createGuest('pantry-pair');
    const done = await ringside('record', '-F', rig.sshConfig, 'rig', 'pantry-pair', '--duration', '4', '-o', 'pair.pb.gz');
    expect(done.code).toBe(0);
    expect(Object.keys(await totals('pair.pb.gz', '--vcpu', '0'))).not.toContain('keep_house');
    expect(Object.keys(await totals('pair.pb.gz', '--vcpu', '1'))).toContain('keep_house');
    expect(Object.keys(await totals('pair.pb.gz', '--vcpu', '1'))).not.toContain('serve_batch');
    await rig.ssh('xl destroy pantry-pair');
  });

  it.each(['SIGINT', 'SIGTERM', 'SIGHUP'] as const)('keeps what was collected on %s', async (signal) => {
    const { child, outcome } = start('record', '-F', rig.sshConfig, '--duration', '0', '--output', 'stopped.pb.gz', 'rig', 'pantry');
    await new Promise<void>((resolve) => child.stderr!.on('data', (text) => String(text).includes('Ctrl-C') && resolve()));
    await sleep(2000);
    child.kill(signal);
    const { stderr, code } = await outcome;
    expect([code, stderr]).toEqual([0, expect.stringMatching(/written to .*stopped\.pb\.gz/)]);
    expect(await totals('stopped.pb.gz')).toHaveProperty('serve_batch');
    await rm(path.join(folder, 'stopped.pb.gz'));
  });

  it('keeps what was collected when the guest shuts down', async () => {
    await rig.createGuest('pantry', { name: 'brief', extra: 'close_after=25' });
    const ended = await ringside('record', '-F', rig.sshConfig, 'rig', 'brief', '--duration', '60', '-o', 'brief.pb.gz');
    expect(ended.stderr).toMatch(/ended early \(guest-gone\): .*brief|ended early \(guest-gone\): /);
    expect(ended.code).toBe(3);
    expect(await totals('brief.pb.gz')).toHaveProperty('serve_batch');
  });

  it.each([
    ['a guest that is not there', ['rig', 'nobody'], /rig has no guest "nobody"; it runs .*pantry/],
    ['a rate out of bounds', ['rig', 'pantry', '--rate', '0'], /--rate takes a number from 1 to/],
    ['an unknown option', ['rig', 'pantry', '--speed', '9'], /--speed/],
    ['a host that is not there', ['nowhere.invalid', 'pantry'], /nowhere\.invalid/],
    ['a user without rights', ['rig-visitor', 'pantry'], /root|privilege|sudo/],
  ])('refuses %s in words', async (_, args, message) => {
    const { stderr, code } = await ringside('record', '-F', rig.sshConfig, ...args);
    expect(stderr).toMatch(message);
    expect(code).not.toBe(0);
  });

  it('refuses a file that is no ELF as symbols, and records addresses', async () => {
    await writeFile(path.join(folder, 'letter.txt'), 'Dear reader');
    const done = await ringside(
      'record',
      '-F',
      rig.sshConfig,
      'rig',
      'pantry',
      '--duration',
      '1',
      '-o',
      'letter.pb.gz',
      '--symbols',
      'letter.txt',
    );
    expect(done.stderr).toMatch(/warning: .*letter\.txt.*ELF/);
    expect((await stat(path.join(folder, 'letter.pb.gz'))).size).toBeGreaterThan(0);
  });

  it('leaves no guest paused and nothing behind on dom0', async () => {
    expect((await rig.ssh('xl list')).stdout).not.toMatch(/ [r-][b-]p/);
    expect((await rig.ssh('pgrep -a -x python3 || true')).stdout).toBe('');
  });
});

describe('ringside', () => {
  it.each(['--help', 'record --help', 'report x.folded -h'])('says how it is used: %s', async (words) => {
    const { stdout, stderr, code } = await ringside(...words.split(' '));
    expect([code, stderr]).toEqual([0, '']);
    expect(stdout).toMatch(/^Usage:/m);
  });
});

describe('ringside report', () => {
  it.each([
    ['no such file', 'missing.pb.gz', /missing\.pb\.gz cannot be read/],
    ['a file of no known format', 'letter.txt', /letter\.txt is none of the formats/],
  ])('says so for %s', async (_, file, message) => {
    const { stderr, code } = await ringside('report', file);
    expect(stderr).toMatch(message);
    expect(code).toBe(1);
  });

  it('is cut short by a damaged capture with a message', async () => {
    const whole = await readFile(path.join(folder, 'pantry.pb.gz'));
    await writeFile(path.join(folder, 'cut.pb.gz'), whole.subarray(0, whole.length / 2));
    expect((await ringside('report', 'cut.pb.gz')).stderr).toMatch(/cut\.pb\.gz is gzipped, but cannot be unpacked/);
  });
});
