/** The proof of symbols on a real Xen, through the command line: the right ELF file, one of another build, one that was loaded elsewhere, one without symbols. */
import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { ProfileHeader } from '../../extension/protocol.ts';
import { startRig, type Rig } from '../rig/rig.ts';
import { builtLedgers } from './ledger.ts';

const run = promisify(execFile);
const command = path.resolve('dist/ringside.cjs');
let rig: Rig;
let kernels: string;
let folder: string;

beforeAll(async () => {
  const { folder: built, files } = await builtLedgers();
  kernels = built;
  folder = await mkdtemp(path.join(tmpdir(), 'ringside-proof-'));
  rig = await startRig();
  for (const file of files) await rig.put(file, '/root/');
});
afterAll(async () => {
  await rig.stop();
  await rm(folder, { recursive: true, force: true });
});

interface Recorded {
  readonly stderr: string;
  readonly header: ProfileHeader;
  /** Total share by function. */
  readonly shares: Readonly<Record<string, number>>;
}

async function record(...options: string[]): Promise<Recorded> {
  const file = path.join(folder, 'capture.pb.gz');
  const { stderr } = await run(
    process.execPath,
    [command, 'record', '-F', rig.sshConfig, 'rig', 'ledger', '--duration', '1', '-o', file, ...options],
    { timeout: 120_000 },
  );
  const { stdout } = await run(process.execPath, [command, 'report', file, '--format', 'json']);
  const { header, grandTotal, functions } = JSON.parse(stdout) as {
    header: ProfileHeader;
    grandTotal: number;
    functions: { name: string; total: number }[];
  };
  return { stderr, header, shares: Object.fromEntries(functions.map(({ name, total }) => [name, total / grandTotal])) };
}

async function withGuest<T>(kernel: string, work: () => Promise<T>): Promise<T> {
  await rig.createGuest('ledger', { kernel: `/root/${kernel}` });
  try {
    return await work();
  } finally {
    await rig.ssh('xl destroy ledger');
  }
}

test('the kernel that runs is proved, and one with a function changed is not: its names are withheld until one insists', async () => {
  await withGuest('ledger-O2-fp', async () => {
    const right = await record();
    expect(right.stderr).toMatch(/symbols proved: \d+ pages? of the guest's text, \d+ bytes, compared with the file: all equal/);
    expect(right.header.proof).toMatchObject({ verdict: 'proved' });
    expect(right.header.warnings).toEqual([]);
    expect(right.shares['everything']).toBeGreaterThan(0.5);

    const another = path.join(kernels, 'ledger-another');
    const wrong = await record('--symbols', another);
    expect(wrong.stderr).toMatch(/warning: The guest does not run \S*ledger-another: .*withheld.*; --trust-symbols names them anyway/);
    expect(wrong.header.proof).toMatchObject({ verdict: 'mismatch' });
    expect(wrong.header.warnings[0]).toMatch(/does not run/);
    expect(Object.keys(wrong.shares).filter((name) => !/^0x[0-9a-f]+$|^\[incomplete stack\]$/.test(name))).toEqual([]);

    const insisted = await record('--symbols', another, '--trust-symbols');
    expect(insisted.header.proof).toMatchObject({ verdict: 'mismatch', trusted: true });
    expect(insisted.header.warnings[0]).toMatch(/may be wrong/);
    expect(insisted.shares).toHaveProperty('open_ledger');
  });
});

test('a position-independent guest is found where it was loaded', async () => {
  const { stderr, header, shares } = await withGuest('ledger-pie', () => record());
  expect(stderr).toMatch(/symbols proved: .*; loaded 0x100000 from where it was linked/);
  expect(header.proof).toMatchObject({ verdict: 'proved', slide: '0x100000' });
  expect(shares['everything']).toBeGreaterThan(0.5);
  expect(shares['[incomplete stack]'] ?? 0).toBeLessThan(0.02);
});

test('a kernel without symbols is proved too', async () => {
  const { header, shares } = await withGuest('ledger-stripped', () => record());
  expect(header.proof).toMatchObject({ verdict: 'proved' });
  expect(header.warnings[0]).toMatch(/stripped/);
  expect(Object.keys(shares)).toContainEqual(expect.stringMatching(/^0x/));
});
