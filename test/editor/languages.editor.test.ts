/** Folded stacks and a domain's configuration in a real VS Code, as a user opens them. */
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { beforeAll, expect, it } from 'vitest';
import { editorSession } from './session.ts';
import type { Workbench } from './workbench.ts';

const configuration = 'name = "web"\ntype = "pv"\nkernel = "/root/web"\nmemroy = 32\non_crash = "burn"\n';
const folded = '# of a web server\nmain;serve;hash 30\nmain;serve;hash;mix 10\nmain;sleep;tick 25\nmain;sleep;tock 15\nmain;broken\n';

let user: Workbench;
const session = editorSession({ clear: false });

beforeAll(async () => {
  const folder = await session.folder();
  await writeFile(path.join(folder, 'web.xl'), configuration);
  await writeFile(path.join(folder, 'web.folded'), folded);
  ({ user } = await session.start({ workspace: folder }));
}, 600_000);

const patient = { timeout: 30_000 };

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

it('shows the weight of functions in folded stacks, their outline and folds, and what is wrong with broken lines', async () => {
  await user.openFile('web.folded');
  await expect.poll(() => squiggles('error'), { timeout: 60_000 }).toBeGreaterThan(0);
  const hover = await user.hover('hash');
  expect(await hover.innerText()).toMatch(/37\.5 % \(30\).*50\.0 % \(40\)/s);
  await user.screenshot('folded-stacks');
  await user.command('Go to Symbol in Editor...');
  await expect.poll(() => user.choices()).toContainEqual(expect.stringContaining('serve'));
  await user.page.keyboard.press('Escape');
  expect(await (await user.hover('broken')).innerText()).toContain('This stack has no weight');
  await user.page.keyboard.press('Escape');

  expect(await lineNumbers()).toEqual([1, 2, 3, 4, 5, 6, 7]);
  await user.goTo(4, 1);
  await user.page.keyboard.press('Control+Shift+BracketLeft');
  await expect.poll(lineNumbers, patient).toEqual([1, 2, 3, 4, 6, 7]);
  await user.command('Unfold All');
  await expect.poll(lineNumbers, patient).toEqual([1, 2, 3, 4, 5, 6, 7]);
  await user.goTo(2, 1);
  await user.page.keyboard.press('Control+Shift+BracketLeft');
  await expect.poll(lineNumbers, patient).toEqual([1, 2, 6, 7]);
  await user.screenshot('folded-stacks-folds');
  await user.command('Unfold All');
});

/** Of the lines in sight of the active editor. */
async function lineNumbers(): Promise<number[]> {
  const texts = await user.page.locator('.editor-group-container.active .monaco-editor .line-numbers').allInnerTexts();
  return texts.map(Number).sort((a, b) => a - b);
}
