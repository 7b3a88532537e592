/** What one does around recordings: from a configuration file, again and compared, recent ones, the wrong symbols. A real VS Code, a real Xen. */
import { execFile } from 'node:child_process';
import { readFile, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import { beforeAll, expect, it } from 'vitest';
import { builtGuests } from '../rig/guests.ts';
import type { Rig } from '../rig/rig.ts';
import type { Editor } from './editor.ts';
import { flameView } from './flameView.ts';
import { startOnRig } from './onRig.ts';
import { growing, startProfiling } from './profiling.ts';
import { editorSession } from './session.ts';
import { rigSettings } from './settings.ts';
import type { Workbench } from './workbench.ts';

const minutes = 60_000;
const session = editorSession({ clear: true });
let rig: Rig;
let editor: Editor;
let user: Workbench;
const brief = { 'ringside.durationSeconds': 3 };

beforeAll(async () => {
  ({ rig, editor, user } = await startOnRig(session, brief));
}, 10 * minutes);

it('profiles the guest that a configuration file names, and compares it with itself once it was profiled again', async () => {
  await user.command('Unikernel: Focus on Captures View');
  const welcome = user.page.locator('.sidebar .welcome-view-content', { hasText: 'The last recordings are kept here' });
  await welcome.waitFor({ timeout: minutes });
  await user.screenshot('captures-none');

  await user.openFile('pantry.cfg');
  await user.page.locator('.codelens-decoration a', { hasText: 'Profile this guest' }).click();
  const first = await growing(user);
  await first.ended(minutes);
  expect(Object.keys(await first.shares())).toContain('serve_batch');

  await user.command('Unikernel: Profile Again');
  const offer = user.notification('pantry was profiled again');
  await offer.waitFor({ timeout: minutes });
  await user.screenshot('profiled-again');
  await offer.getByRole('button', { name: 'Compare' }).click();
  const comparison = user.page.locator('.tab.active', { hasText: /pantry.*pantry/ });
  await comparison.waitFor({ timeout: 30_000 });
  const before = async (): Promise<string> => flameView(user.webview()).fact('Before').innerText();
  await expect.poll(before, { timeout: 30_000 }).toMatch(/\d+ samples/);
  expect(await before()).not.toContain('the later one');
  await user.command('Unikernel: Swap Before and After');
  await expect.poll(before, { timeout: 30_000 }).toContain('the later one');
});

it('opens a recent recording, and compares it with another one', async () => {
  await user.command('Unikernel: Open Recent Recording');
  await expect.poll(async () => (await user.choices()).filter((row) => row.includes('pantry'))).toHaveLength(2);
  await user.choose('pantry');
  const view = flameView(user.webview());
  await view.tree.waitFor({ timeout: minutes });
  await user.commandAndChoose('Unikernel: Compare With', 'pantry');
  await expect.poll(() => flameView(user.webview(1)).fact('Before').count(), { timeout: 30_000 }).toBe(1);
  // it offers all but itself
  const [, before, after] = /^(.+) ↔ (.+)$/.exec(await user.activeTab('↔').innerText())!;
  expect(before).toMatch(/^pantry \d\d:/);
  expect(after).toMatch(/^pantry-\d{8}-\d{6}\.pb\.gz$/);
  expect(before!.replaceAll(/\D/g, '')).not.toBe(after!.slice(-12, -6));
});

it('lists the recordings in a view: opened, compared, saved and deleted', async () => {
  await user.command('Unikernel: Focus on Captures View');
  const rows = user.treeRow(/^pantry \d\d:\d\d:\d\d/, 'Captures');
  await expect.poll(() => rows.count()).toBe(2);
  const view = await startProfiling(user, 'pantry');
  await view.ended(minutes);
  await expect.poll(() => rows.count()).toBe(3);
  // the newest is in its tab, and is not opened once more
  await rows.first().click();
  await user.page.waitForTimeout(1000);
  expect(await user.page.locator('.tab').count()).toBe(1);
  await rows.nth(2).click();
  await user.activeTab(/^pantry-\d{8}-\d{6}\.pb\.gz/).waitFor({ timeout: minutes });

  const name = async (n: number): Promise<string> => /pantry \d\d:\d\d:\d\d/.exec(await rows.nth(n).innerText())![0];
  const [newer, older] = [await name(0), await name(2)];
  await rows.nth(0).click();
  await view.tree.waitFor({ timeout: minutes });
  await rows.nth(2).click({ modifiers: ['Control'] });
  await user.screenshot('captures-recordings');
  await user.menuOf(older, 'Compare Captures', 'Captures');
  await user.activeTab(`${older} ↔ ${newer}`).waitFor({ timeout: minutes });

  const folder = await session.folder();
  const saved = path.join(folder, 'kept.pb.gz');
  // a menu of two offers nothing that is done with one
  await rows.nth(2).click();
  await user.menuOf(older, 'Save Capture', 'Captures');
  await user.acceptFile(saved);
  await expect.poll(async () => (await stat(saved).catch(() => null))?.size ?? 0).toBeGreaterThan(1000);

  await user.menuOf(older, 'Delete Recording', 'Captures');
  const question = user.dialog(`Delete the recording ${older}?`);
  await question.waitFor();
  await user.screenshot('captures-delete');
  await user.page.keyboard.press('Escape');
  await question.waitFor({ state: 'hidden' });
  expect(await rows.count()).toBe(3);
  await rows.nth(2).click();
  await rows.nth(1).click({ modifiers: ['Control'] });
  await user.page.keyboard.press('Delete');
  await user.dialog('Delete these 2 recordings').getByText('Delete', { exact: true }).click();
  await expect.poll(() => rows.allInnerTexts()).toEqual([expect.stringContaining(newer)]);
});

it('keeps what had been recorded when the window is loaded anew, and says so', async () => {
  await editor.configure(rigSettings(rig, { 'ringside.durationSeconds': 0 }));
  const view = await startProfiling(user, 'pantry');
  await expect.poll(() => view.samples(), { timeout: minutes }).toBeGreaterThan(20);
  const reloaded = user.page.waitForEvent('load', { timeout: minutes });
  await user.command('Developer: Reload Window');
  await reloaded;
  const again = flameView(user.webview());
  await again.tree.waitFor({ timeout: 2 * minutes });
  expect(await again.samples()).toBeGreaterThan(20);
  expect(Object.keys(await again.shares())).toContain('serve_batch');
  expect(await again.banner.innerText()).toMatch(/window was loaded anew.*kept/);
  await user.screenshot('reloaded-recording');
  expect((await rig.ssh("pgrep -f '^python3 .*ringside-agent' || true")).stdout.trim()).toBe('');
});

it('withholds the names of a file that the guest was not built from, until one insists', async () => {
  const ladder = path.join(await builtGuests(), 'ladder');
  await editor.configure(rigSettings(rig, { ...brief, 'ringside.symbols': { 'pan*': ladder } }));
  const view = await startProfiling(user, 'pantry');
  await view.ended(minutes);
  expect(await view.banner.innerText()).toMatch(/names are withheld/);
  expect(Object.keys(await view.shares()).every((name) => /^(0x|all$|\[)/.test(name))).toBe(true);
  await user.screenshot('symbols-withheld');
  await user.command('Unikernel: Use These Symbols Anyway');
  await expect.poll(async () => Object.keys(await view.shares()).some((name) => /^[a-z_]+$/.test(name) && name !== 'all')).toBe(true);
  expect(await view.banner.innerText()).toMatch(/may be wrong/);

  // the right file, by hand
  await user.command('Unikernel: Choose Symbols');
  await user.acceptFile(path.join(await builtGuests(), 'pantry'));
  await expect.poll(async () => Object.keys(await view.shares()), { timeout: 30_000 }).toContain('serve_batch');
  await expect.poll(() => view.banner.innerText()).toBe('');
});

it('asks for a passphrase in the middle of the way, and goes on to the guests', async () => {
  const folder = await session.folder();
  const key = path.join(folder, 'locked');
  await promisify(execFile)('ssh-keygen', ['-q', '-t', 'ed25519', '-N', 'open sesame', '-f', key]);
  await rig.put(`${key}.pub`, '/root/locked.pub');
  await rig.ssh('cat /root/locked.pub >> /root/.ssh/authorized_keys');
  const config = (await readFile(rig.sshConfig, 'utf8')).replace(/IdentityFile .*/, `IdentityFile ${key}`);
  await writeFile(path.join(folder, 'config'), config);
  await editor.configure(rigSettings(rig, { ...brief, 'ringside.sshArguments': ['-F', path.join(folder, 'config')] }));
  await user.command('Unikernel: Focus on Hosts View');
  await expandHost();
  const input = user.quickInput.locator('input[type=password]');
  await input.waitFor({ timeout: minutes });
  await user.page.keyboard.press('Escape');
  await user.treeRow('No answer to ssh', 'Hosts').waitFor({ timeout: minutes });

  await user.command('Unikernel: Profile Guest');
  await input.waitFor({ timeout: minutes });
  await input.fill('open sesame');
  await user.page.keyboard.press('Enter');
  await user.choose('pantry');
  const view = await growing(user);
  await view.ended(minutes);
  // the tree says no longer that nobody was let in
  await user.treeRow(/^pantry/, 'Hosts').waitFor({ timeout: minutes });
  await editor.configure(rigSettings(rig, brief));
});

async function expandHost(): Promise<void> {
  const host = user.treeRow(/^rig/, 'Hosts');
  await host.waitFor({ timeout: minutes });
  if ((await host.getAttribute('aria-expanded')) !== 'true') await host.click();
}

it('shows a guest that was made meanwhile once the tree is refreshed', async () => {
  await user.command('Unikernel: Focus on Hosts View');
  await expandHost();
  await user.treeRow(/^pantry/, 'Hosts').waitFor({ timeout: minutes });
  await rig.createGuest('pantry', { name: 'larder' });
  expect(await user.treeRow(/^larder/, 'Hosts').count()).toBe(0);
  await user.command('Unikernel: Refresh Hosts');
  await user.treeRow(/^larder/, 'Hosts').waitFor({ timeout: minutes });
  await user.menuOf(/^rig/, 'Test Host');
  await user.quickInput.getByText('rig is ready').waitFor({ timeout: minutes });
  await user.screenshot('host-ready');
  await expect.poll(async () => (await user.choices()).join('\n')).toMatch(/Xen 4\.\d+/);
});
