/** A workspace of two folders in a real VS Code: folded stacks and a domain's configuration, as a user opens them, and sources that were built elsewhere. */
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { writePprof } from '../../extension/engine/formats/pprofWrite.ts';
import { Profile } from '../../extension/engine/profile/profile.ts';
import { openBrowser, type Browser } from './browser.ts';
import { startEditor, type Editor } from './editor.ts';
import { flameView } from './flameView.ts';
import { openSource } from './profiling.ts';
import { workbench, type Workbench } from './workbench.ts';

const root = path.resolve(import.meta.dirname, '../..');
const configuration = 'name = "web"\ntype = "pv"\nkernel = "/root/web"\nmemroy = 32\non_crash = "burn"\n';
const folded = '# of a web server\nmain;serve;hash 30\nmain;serve;hash;mix 10\nmain;sleep 40\nmain;broken\n';

let folder: string;
let editor: Editor;
let browser: Browser;
let user: Workbench;
const running: (() => Promise<void>)[] = [];

beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'rs-languages-'));
  running.push(() => rm(folder, { recursive: true }));
  for (const [name, text] of Object.entries({
    'new/web.xl': configuration,
    'new/web.folded': folded,
    'new/src/main.c': sourceOf('web'),
    'new/src/hash.c': sourceOf('hash'),
    'new/tools/list.c': sourceOf('not of the guest'),
    'old/src/main.c': sourceOf('old'),
  })) {
    await mkdir(path.dirname(path.join(folder, name)), { recursive: true });
    await writeFile(path.join(folder, name), text);
  }
  await writeFile(path.join(folder, 'new/web.pb.gz'), await writePprof(simulated()));
  editor = await startEditor({ workspace: folder, folders: ['new', 'old'], vsix: path.join(root, 'artifacts/ringside.vsix') });
  running.push(() => editor.stop());
  browser = await openBrowser();
  running.push(() => browser.close());
  user = workbench(browser.page);
  await user.open(editor);
}, 600_000);

afterAll(async () => {
  for (const end of running.reverse()) await end();
});

/** Ten lines. */
function sourceOf(name: string): string {
  return Array.from({ length: 10 }, (_, line) => `/* ${name} ${line + 1} */\n`).join('');
}

/** Simulated: main.c:3 calls hash.c:5 and list.c:7, all built where they are no more. main.c may be that of either folder. */
function simulated(): Profile {
  const profile = new Profile({ title: 'web' });
  const { table } = profile;
  const at = (name: string, file: string, line: number): number => {
    const info = { name, linkageName: '', startLine: 1, module: '', category: 'application', unresolved: false } as const;
    return table.named([{ fn: table.internFunction({ ...info, file: `/build/web/${file}` }), line }]);
  };
  const serve = at('serve', 'src/main.c', 3);
  for (const [leaf, weight] of [[at('hash', 'src/hash.c', 5), 60] as const, [at('list', 'lib/list.c', 7), 40] as const])
    profile.add({ timeNs: 0, vcpu: 0, state: 0, weight, stack: [serve, leaf] });
  return profile;
}

const squiggles = (kind: string): Promise<number> => user.page.locator(`.monaco-editor .squiggly-${kind}`).count();

it('checks, explains and completes a domain’s configuration, and offers to profile its guest', async () => {
  await user.openFile('web.xl');
  await expect.poll(() => squiggles('error'), { timeout: 60_000 }).toBeGreaterThan(0);
  expect(await squiggles('warning')).toBeGreaterThan(0);
  // the lens over the file moves its lines, and so it must be there before something is pointed at
  await user.page.locator('.codelens-decoration', { hasText: 'Profile this guest' }).waitFor({ timeout: 60_000 });
  expect(await (await user.hover('memroy')).innerText()).toContain('Is memory meant?');
  expect(await (await user.hover('on_crash')).innerText()).toContain('What to do when the guest crashes');
  await user.goTo(6, 1);
  await user.page.keyboard.type('vcp');
  const offers = user.page.locator('.suggest-widget.visible .monaco-list-row');
  await offers.filter({ hasText: 'vcpus' }).first().waitFor({ timeout: 30_000 });
  await user.screenshot('xl-configuration');
  await user.page.keyboard.press('Escape');
  // there is no host to profile it on: it says so, and what to do
  await user.page.locator('.codelens-decoration a', { hasText: 'Profile this guest' }).click();
  await user.dialog('No dom0 host is set up yet').waitFor({ timeout: 30_000 });
  await user.page.keyboard.press('Escape');
});

it('shows the weight of functions in folded stacks, their outline, and their broken lines', async () => {
  await user.openFile('web.folded');
  await expect.poll(() => squiggles('error'), { timeout: 60_000 }).toBeGreaterThan(0);
  const hover = await user.hover('hash');
  expect(await hover.innerText()).toMatch(/37\.5 % \(30\).*50\.0 % \(40\)/s);
  await user.screenshot('folded-stacks');
  await user.command('Go to Symbol in Editor...');
  await expect.poll(() => user.choices()).toContainEqual(expect.stringContaining('serve'));
  await user.page.keyboard.press('Escape');
});

it('asks once which of two files is meant, and tells no other file that it is hot', async () => {
  await user.command('View: Close All Editors');
  await user.treeRow('web.pb.gz').dblclick();
  const view = flameView(user.webview());
  await expect.poll(() => view.samples(), { timeout: 60_000 }).toBe(100);
  const costs = (): Promise<string[]> => user.page.locator('.monaco-editor .view-line', { hasText: /\d\.\d.%/ }).allInnerTexts();
  const open = async (name: string): Promise<void> => (await view.frame(name)).click({ modifiers: ['Control'] });

  // hash.c is there once, with its folder; list.c is there, too, but in another folder
  await open('hash');
  await expect.poll(() => openSource(user), { timeout: 30_000 }).toEqual({ file: 'hash.c', line: 5 });
  await expect.poll(costs, { timeout: 30_000 }).toEqual([expect.stringMatching(/hash.5.*60\.0.%/)]);
  await open('list');
  await expect.poll(() => user.choices(), { timeout: 30_000 }).toEqual([expect.stringContaining('tools'), 'None of These']);
  await user.page.keyboard.press('Escape');

  await open('serve');
  await expect.poll(() => user.choices(), { timeout: 30_000 }).toHaveLength(3);
  await user.screenshot('ambiguous-source');
  await user.choose(/main\.c[^]*old/);
  const shows = async (file: string, cost: RegExp): Promise<void> => {
    await user.activeTab(file).waitFor({ timeout: 30_000 });
    await expect.poll(costs, { timeout: 30_000 }).toEqual([expect.stringMatching(cost)]);
  };
  await shows('main.c', /old.3.*100\.0.%/);
  await open('hash');
  await shows('hash.c', /hash.5.*60\.0.%/);
  await open('serve');
  await shows('main.c', /old.3.*100\.0.%/);
  expect(await user.quickInput.isVisible()).toBe(false);

  // what lines tell is switched for this view alone, and follows what it is zoomed to
  const switchTo = async (mode: string): Promise<void> => {
    await user.command('Unikernel: Line Heat');
    await user.choose(new RegExp(`^${mode}`));
  };
  await switchTo('Self');
  await expect.poll(costs, { timeout: 30_000 }).toEqual([]);
  await open('hash');
  await shows('hash.c', /hash.5.*60\.0.%$/);
  await switchTo('Off');
  await expect.poll(costs, { timeout: 30_000 }).toEqual([]);
  await switchTo('Total');
  await shows('hash.c', /hash.5.*60\.0.%,.self.60\.0.%/);
  await (await view.frame('hash')).dblclick();
  await shows('hash.c', /hash.5.*100\.0.%/);
  await user.page.keyboard.press('0');
  await shows('hash.c', /hash.5.*60\.0.%/);

  // the functions of the profile are symbols of the workspace, with their share
  await open('serve');
  await shows('main.c', /old.3.*100\.0.%/);
  await user.command('Go to Symbol in Workspace...');
  await user.page.keyboard.type('hash');
  await user.choose(/hash.*60\.0.% of all samples/);
  await expect.poll(() => openSource(user), { timeout: 30_000 }).toEqual({ file: 'hash.c', line: 5 });

  for (const name of ['new', 'old', 'tools', 'src']) await unfold(name);
  await expect.poll(() => user.badge('hash.c'), { timeout: 30_000 }).toBe('60');
  for (const name of ['list.c', 'web.xl']) expect(await user.badge(name), name).toBe('');
  await user.screenshot('several-folders');
});

/** Opens a folder of the explorer that is closed. */
async function unfold(name: string): Promise<void> {
  const row = user.page.locator(`.explorer-folders-view .monaco-list-row[aria-label^="${name}"][aria-expanded=false]`);
  if ((await row.count()) > 0) await row.first().click();
}
