/** Our own files in a real VS Code: folded stacks and a domain's configuration, as a user opens them. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { openBrowser, type Browser } from './browser.ts';
import { startEditor, type Editor } from './editor.ts';
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
  await writeFile(path.join(folder, 'web.xl'), configuration);
  await writeFile(path.join(folder, 'web.folded'), folded);
  editor = await startEditor({ workspace: folder, vsix: path.join(root, 'artifacts/ringside.vsix') });
  running.push(() => editor.stop());
  browser = await openBrowser();
  running.push(() => browser.close());
  user = workbench(browser.page);
  await user.open(editor);
}, 600_000);

afterAll(async () => {
  for (const end of running.reverse()) await end();
});

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
