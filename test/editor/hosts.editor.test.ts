/** The first quarter of an hour of a new user: an empty view, a host that is met for the first time, a machine that is no dom0, sources built elsewhere. */
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { userInfo } from 'node:os';
import path from 'node:path';
import { beforeAll, expect, it } from 'vitest';
import { Sshd } from '../ssh/sshd.ts';
import type { Editor } from './editor.ts';
import { flameView } from './flameView.ts';
import { editorSession } from './session.ts';
import type { Workbench } from './workbench.ts';

const minutes = 60_000;
const session = editorSession({ clear: false });
let sshd: Sshd;
let editor: Editor;
let user: Workbench;
let sshArguments: string[];
/** Outside the workspace. */
let sources: string;

beforeAll(async () => {
  sshd = await Sshd.start();
  session.atEnd(() => sshd.remove());
  sshd.makeKey('locked', 'open sesame');
  sshd.makeKey('stranger');
  sshd.authorize('user', 'locked');
  sshArguments = sshd.client('editor', { known: false, lines: [...alias('locked', 'locked'), ...alias('changed', 'user')] });
  await writeFile(sshd.file('changed.known_hosts'), `[127.0.0.1]:${sshd.port} ${await readFile(sshd.file('stranger.pub'), 'utf8')}`);
  await writeFile(sshd.file('locked.known_hosts'), `[127.0.0.1]:${sshd.port} ${await readFile(sshd.file('host.pub'), 'utf8')}`);
  sources = await session.folder();
  await mkdir(path.join(sources, 'oven'));
  await writeFile(path.join(sources, 'oven/bake.c'), 'int bake(int n)\n{\n  return knead(n) + 1;\n}\n');
  await writeFile(path.join(sources, 'knead.c'), 'int knead(int n)\n{\n  return n * 2;\n}\n');

  const folder = await session.folder();
  await writeFile(path.join(folder, 'bread.speedscope.json'), JSON.stringify(capture()));
  // a workspace that would have its own ssh run against a host of its own
  await mkdir(path.join(folder, '.vscode'));
  const planted = { 'ringside.hosts': [{ name: 'planted', destination: 'planted' }], 'ringside.sshPath': '/bin/false' };
  await writeFile(path.join(folder, '.vscode/settings.json'), JSON.stringify(planted));
  ({ editor, user } = await session.start({
    workspace: folder,
    settings: { 'ringside.sshArguments': sshArguments },
  }));
}, 5 * minutes);

it('runs nothing before it is asked for, and offers no command that would do nothing', async () => {
  expect(await ours()).toEqual([]);
  expect(await editor.log()).not.toContain('[info]');
  const offered = await commands();
  for (const useful of ['Add Host', 'Profile Guest', 'Open Capture', 'Show Log']) expect(offered).toContain(useful);
  expect(offered).not.toMatch(/Stop|Cancel|Save Capture|Export|Hot Line|Hottest|Heaviest|Hot Path|Assembly|Swap|Choose Symbols|Anyway/);
});

it('leads from the empty view to a host, whatever a workspace says of hosts', async () => {
  await user.command('Unikernel: Focus on Hosts View');
  const welcome = user.page.locator('.sidebar .welcome-view-content', { hasText: 'over SSH' });
  await welcome.waitFor({ timeout: minutes });
  await user.screenshot('hosts-empty');
  expect(await welcome.locator('a, .monaco-button').allInnerTexts()).toEqual(['Add Host']);
  await welcome.getByText('Add Host').click();
  await typed('-oProxyCommand=x', /"-"/);
  await typed('dom0');
  await user.page.keyboard.press('Enter');
  await user.acceptProposal(/^dom0$/);
  await user.choose('I log in as root');
  await user.treeRow('dom0').waitFor({ timeout: 30_000 });
  expect(await user.treeRow('planted').count()).toBe(0);
  const machine = JSON.parse(await readFile(path.join(editor.home, 'data/Machine/settings.json'), 'utf8')) as Record<string, unknown>;
  expect(machine['ringside.hosts']).toEqual([{ name: 'dom0', destination: 'dom0' }]);

  await user.command('Unikernel: Edit Hosts');
  const settings = user.page.locator('.monaco-modal-editor-block');
  await settings.locator('.view-line', { hasText: '"destination": "dom0"' }).waitFor({ timeout: 30_000 });
  // the schema helps: the snippet of a host stands ready
  await user.page.locator('.suggest-widget.visible .monaco-list-row', { hasText: 'host' }).waitFor({ timeout: 30_000 });
  await user.screenshot('hosts-settings');
  await user.page.keyboard.press('Escape');
  await user.page.keyboard.press('Control+z');
  await user.page.keyboard.press('Control+s');
  await settings.getByRole('button', { name: /^Close/ }).click();
  await settings.waitFor({ state: 'hidden' });
});

it('shows the fingerprint of a machine it has not met, and takes Enter for No', async () => {
  await user.treeRow('dom0').click();
  const question = user.dialog('authenticity');
  await question.waitFor({ timeout: minutes });
  await user.screenshot('host-key');
  expect(await question.innerText()).toContain(sshd.fingerprint());
  await user.page.keyboard.press('Enter');
  await question.waitFor({ state: 'hidden' });
  await user.treeRow('Key not accepted').waitFor({ timeout: 30_000 });
  expect(await readFile(sshd.file('editor.known_hosts'), 'utf8')).toBe('');
});

it('says what a machine that is no dom0 lacks, and what to do about it', async () => {
  await user.notification('dom0 was added').getByRole('button', { name: 'Test Host' }).click();
  const question = user.dialog('authenticity');
  await question.waitFor({ timeout: minutes });
  await question.getByText('Yes, This Is the Machine').click();
  await user.quickInput.getByText('is not ready').waitFor({ timeout: minutes });
  await user.screenshot('preflight');
  expect(await readFile(sshd.file('editor.known_hosts'), 'utf8')).not.toBe('');
  const lines = (await user.choices()).join('\n');
  expect(lines).toMatch(/Python 3\.\d+/);
  expect(lines).toMatch(/does not run under Xen/);
  expect(lines).toMatch(/boot its Xen entry/);
  await user.choose('does not run under Xen');
  await expect.poll(() => user.page.evaluate(() => navigator.clipboard.readText())).toContain('boot its Xen entry');
});

it('names what is missing where a guest of it should be profiled', async () => {
  await user.command('Unikernel: Profile Guest');
  const told = user.notification(/does not run under Xen/);
  await told.waitFor({ timeout: minutes });
  await user.screenshot('no-dom0');
  expect(await told.innerText()).toContain('boot its Xen entry');
  await told.getByRole('button', { name: 'Show Log' }).click();
  await user.page.locator('.composite.panel', { hasText: 'does not run under Xen' }).waitFor({ timeout: 30_000 });
  await user.command('View: Toggle Panel Visibility');
  await user.command('Notifications: Clear All Notifications');
});

it('connects to no machine whose key has changed, and asks for a passphrase until it is right', async () => {
  const hosts = ['locked', 'changed'].map((name) => ({ name, destination: name }));
  await editor.configure({ 'ringside.sshArguments': sshArguments, 'ringside.hosts': hosts });
  // first: once the machine has let somebody in, ssh shares that connection
  await user.treeRow(/^changed/).click();
  const told = user.notification(/has changed/);
  await told.waitFor({ timeout: minutes });
  await user.screenshot('changed-key');
  expect(await told.innerText()).toContain(sshd.fingerprint());
  expect(await user.dialog('').count()).toBe(0);
  await user.command('Notifications: Clear All Notifications');

  await user.treeRow(/^locked/).click();
  const input = user.quickInput.locator('input[type=password]');
  await input.waitFor({ timeout: minutes });
  await input.fill('open barley');
  await user.page.keyboard.press('Enter');
  await user.quickInput.getByText('was not accepted').waitFor({ timeout: 30_000 });
  expect(await input.getAttribute('placeholder')).toContain(sshd.file('locked'));
  await user.page.waitForTimeout(500); // it fades in
  await user.screenshot('passphrase');
  await input.fill('open sesame');
  await user.page.keyboard.press('Enter');
  await user.treeRow('does not run under Xen').waitFor({ timeout: 30_000 });
  await user.command('Notifications: Clear All Notifications');
});

it('asks once where the sources of another machine are, and remembers it in a setting', async () => {
  await user.command('Explorer: Focus on Folders View');
  await user.menuOf('bread.speedscope.json', 'Open Capture');
  const view = flameView(user.webview());
  await view.tree.waitFor({ timeout: minutes });
  await (await view.frame('bake')).click({ modifiers: ['Control'] });
  const told = user.notification(/bake\.c was not found/);
  await told.waitFor({ timeout: 30_000 });
  await user.screenshot('source-not-found');
  expect(await told.innerText()).toContain('/build/kitchen/oven/bake.c');
  await told.getByRole('button', { name: 'Map Sources' }).click();
  await user.acceptFile(path.join(sources, 'oven/bake.c'));
  await expect.poll(() => lineOf('bake.c'), { timeout: 30_000 }).toEqual(['3']);
  const settings = JSON.parse(await readFile(path.join(editor.workspace, '.vscode/settings.json'), 'utf8')) as Record<string, unknown>;
  expect(settings['ringside.sourceMap']).toEqual({ '/build/kitchen': sources });
  // another file of the same place: nobody is asked again
  await (await view.frame('knead')).click({ modifiers: ['Control'] });
  await expect.poll(() => lineOf('knead.c'), { timeout: 30_000 }).toEqual(['3']);
  await user.screenshot('source-mapped');
});

/** Another name of the machine, which ssh knows by keys of its own. */
function alias(name: string, key: string): string[] {
  const lines = ['HostName 127.0.0.1', `Port ${sshd.port}`, `User ${userInfo().username}`, `IdentityFile ${sshd.file(key)}`];
  lines.push('IdentitiesOnly yes', 'IdentityAgent none', `UserKnownHostsFile ${sshd.file(name)}.known_hosts`, 'GlobalKnownHostsFile none');
  return [`Host ${name}`, ...lines];
}

/** Where the cursor is in an open file, whether that has the focus or the graph. */
function lineOf(file: string): Promise<string[]> {
  const { page } = user;
  const group = page.locator('.editor-group-container', { has: page.locator('.tab.active', { hasText: file }) });
  return group.locator('.active-line-number').allInnerTexts();
}

/** Types into the input box. @param refused what it says of it; absent where it takes it */
async function typed(text: string, refused?: RegExp): Promise<void> {
  const input = user.quickInput.locator('input[type=text]').first();
  await input.waitFor({ timeout: 30_000 });
  await input.fill(text);
  const message = user.quickInput.locator('.quick-input-message');
  if (refused) await expect.poll(() => message.innerText()).toMatch(refused);
}

/** What the palette offers of ours. */
async function commands(): Promise<string> {
  // a palette that was opened before the extensions were known, or whether the folder is trusted, stays without them
  for (const limit = Date.now() + minutes; ;) {
    await user.page.keyboard.press('F1');
    await user.quickInput.waitFor();
    await user.page.keyboard.type('Unikernel: ', { delay: 5 });
    await user.page.waitForTimeout(1000);
    const all = (await user.choices()).filter((row) => row.includes('Unikernel:')).join('\n');
    await user.page.keyboard.press('Escape');
    if (all.includes('Profile Guest') || Date.now() > limit) return all;
  }
}

/** Processes of the extension's own. */
function ours(): Promise<number[]> {
  return editor.processes((args) => args.some((arg) => arg.endsWith('engine.cjs') || arg.endsWith('/ssh') || arg === 'ssh'));
}

/** As a profiler on another machine would write it. */
function capture(): object {
  const frames = [
    { name: 'bake', file: '/build/kitchen/oven/bake.c', line: 3 },
    { name: 'knead', file: '/build/kitchen/knead.c', line: 3 },
  ];
  const profile = { type: 'sampled', name: 'bread', unit: 'none', startValue: 0, endValue: 40, samples: [[0], [0, 1]], weights: [10, 30] };
  return { $schema: 'https://www.speedscope.app/file-format-schema.json', shared: { frames }, profiles: [profile] };
}
