import { existsSync } from 'node:fs';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { latestAccount, shares } from './account.ts';
import { startRig, type Rig } from './rig.ts';

let rig: Rig;
beforeAll(async () => {
  rig = await startRig();
  await rig.createGuest('pantry-pair');
});
afterAll(() => rig.stop());

test('the guest runs, and accounts for all its time on both vCPUs', async () => {
  expect((await rig.ssh('xl list')).stdout).toMatch(/^pantry-pair +\d+ +16 +2 /m);
  await expect.poll(async () => (await rig.account('pantry-pair')).length, { timeout: 20_000 }).toBe(2);
  const log = '/var/log/xen/guest-pantry-pair.log';
  const [early, late] = (await rig.ssh(`cat ${log}; echo LATER; sleep 6; cat ${log}`)).stdout.split('LATER\n');
  const before = latestAccount(early!);
  const after = latestAccount(late!);
  for (const vcpu of [0, 1]) {
    const spentMs = Object.entries(after[vcpu]!).reduce((sum, [kind, ms]) => sum + ms - before[vcpu]![kind]!, 0);
    expect(spentMs).toBeGreaterThan(4000); // it is printed once a second
    expect(spentMs).toBeLessThan(8500);
    for (const [kind, share] of Object.entries(shares(before[vcpu]!, after[vcpu]!))) {
      if (kind !== 'account_report') expect(share, kind).toBeGreaterThan(0.01);
    }
  }
});

test('a guest closes when it is told to', async () => {
  await rig.createGuest('pantry', { name: 'brief', extra: 'close_after=1' });
  await expect.poll(async () => (await rig.ssh('xl list')).stdout, { timeout: 30_000 }).not.toContain('brief');
  expect(await rig.console('brief')).toContain('pantry: closed');
});

test('a second rig is a clean machine beside the first, and stopping it leaves nothing', async () => {
  await rig.ssh('touch /root/crumb');
  const other = await startRig();
  const pid = await other.pid();
  try {
    expect(other.port).not.toBe(rig.port);
    expect((await other.ssh('ls /root/crumb')).code).not.toBe(0);
    expect((await other.ssh('xl list')).stdout).not.toContain('pantry');
  } finally {
    await other.stop();
  }
  await expect.poll(() => existsSync(`/proc/${pid}`)).toBe(false);
  expect(existsSync(other.folder)).toBe(false);
  expect((await rig.ssh('ls /root/crumb')).code).toBe(0);
});

test('admin may use sudo, visitor may not', async () => {
  const as = (user: string) => rig.ssh(`sudo -u ${user} sudo -n true`);
  expect((await as('admin')).code).toBe(0);
  expect((await as('visitor')).code).not.toBe(0);
});
