/** Captures in a real VS Code: compared, exported, several at once, and back after a reload. The captures themselves are simulated; the rest is real. */
import { execFile } from 'node:child_process';
import { copyFile, mkdir, readdir, readFile, rm, utimes, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import type { FrameLocator } from 'playwright-core';
import { beforeAll, expect, it } from 'vitest';
import { writePprof } from '../../extension/engine/formats/pprofWrite.ts';
import { Workload } from '../view/workload.ts';
import { compareInExplorer, whenCapturesOpen } from './captureViews.ts';
import type { Editor } from './editor.ts';
import { flameView } from './flameView.ts';
import { editorSession } from './session.ts';
import type { Workbench } from './workbench.ts';

const root = path.resolve(import.meta.dirname, '../..');
const kept = path.join(root, 'test/formats');
const minutes = 60_000;

/** Files of other tools (see test/formats), each with a function of it. */
const foreign = {
  'go-cpu.pb.gz': 'runtime.main',
  'node.cpuprofile': 'bake',
  'perf-script.txt': 'inner',
  'perf-stackcollapse.folded': 'inner',
  'py-spy.folded': 'prove',
  'py-spy.speedscope.json': 'prove',
  'xenctx-fp.txt': '0x1013aa',
};

let editor: Editor;
let user: Workbench;
const session = editorSession({ clear: true });

beforeAll(async () => {
  const folder = await session.folder();
  const captures = { before: [500, 300, 200], after: [800, 0, 200] } as const;
  for (const [name, [hash, copy, wait]] of Object.entries(captures)) {
    const stacks = [
      [hash, 0, 'main:1 serve:2 hash_block:3'],
      [copy, 0, 'main:1 serve:2 copy_page:4'],
      [wait, 2, 'main:1 wait:5'],
    ] as const;
    const { profile } = new Workload(
      false,
      stacks.filter(([weight]) => weight > 0),
    ).grow(2000);
    await writeFile(path.join(folder, `${name}.pb.gz`), await writePprof(profile));
  }
  await writeFile(path.join(folder, 'tool.folded'), 'main;outer;inner 30\nmain;outer 10\n');
  for (const name of await readdir(kept)) if (name in foreign) await copyFile(path.join(kept, name), path.join(folder, name));
  const spin = 'function bake(until) { while (Date.now() < until); }\nbake(Date.now() + 300);\n';
  await promisify(execFile)(process.execPath, ['--cpu-prof', '--cpu-prof-name=node.cpuprofile', '-e', spin], { cwd: folder });
  ({ editor, user } = await session.start({ workspace: folder }));
  await whenCapturesOpen(user, 'after.pb.gz');
}, 10 * minutes);

/** The view that is in sight, once it shows a function. */
async function shown(name: string): Promise<FrameLocator> {
  const page = user.webview();
  await page.locator(`.flame [role=treeitem][aria-label^="${name},"]`).first().waitFor({ timeout: minutes });
  return page;
}

async function openCapture(name: string): Promise<void> {
  await user.treeRow(name).dblclick();
  await user.activeTab(name).waitFor({ timeout: minutes });
}

async function expectComparison(page: FrameLocator): Promise<void> {
  expect(await page.locator('h1').innerText()).toBe('Comparison');
  expect(await page.locator('.where').innerText()).toBe('before: before.pb.gz · after: after.pb.gz');
  await page.getByRole('tab', { name: 'Functions' }).click();
  const rows = page.locator('.fn-space .fn-row:visible');
  await rows.first().waitFor();
  expect(await rows.first().innerText()).toMatch(/^\+3\d\.\d%[^]*hash_block/);
  expect(await rows.filter({ hasText: 'copy_page' }).innerText()).toContain('(vanished)');
  await rows.filter({ hasText: 'serve' }).first().click();
  await page.locator('.near-row', { hasText: 'hash_block' }).waitFor();
  await page.getByRole('tab', { name: 'Flame Graph' }).click();
}

it('compares two captures that are selected in the explorer, and exports the comparison', async () => {
  const comparison = await compareInExplorer(user, 'after.pb.gz', 'before.pb.gz');
  // and it can be turned round
  await comparison.locator('vscode-button', { hasText: 'Swap' }).click();
  await user.activeTab('before.pb.gz ↔ after.pb.gz').waitFor({ timeout: minutes });
  await user.page.locator('.tab', { hasText: 'after.pb.gz ↔ before.pb.gz' }).waitFor({ state: 'detached', timeout: minutes });
  await comparison.locator('.where', { hasText: 'before: before.pb.gz · after: after.pb.gz' }).waitFor({ timeout: minutes });
  await expectComparison(comparison);
  await user.screenshot('compare-explorer');
  const html = await exported('HTML', 'before and after.html');
  expect(html).toMatch(/copy_page[^]*vanished/);
});

it('compares what a view shows with another capture', async () => {
  await openCapture('after.pb.gz');
  const page = await shown('hash_block');
  await page.locator('vscode-button', { hasText: 'Compare…' }).click();
  await user.choose('Another File…');
  await user.acceptFile(path.join(editor.workspace, 'before.pb.gz'));
  await user.activeTab('before.pb.gz ↔ after.pb.gz').waitFor({ timeout: minutes });
  // Beside the capture that it was asked from.
  const comparison = user.webview(1);
  await comparison.locator('h1', { hasText: 'Comparison' }).waitFor({ timeout: minutes });
  await expectComparison(comparison);
  await user.screenshot('compare-view');

  // Its tab comes back after a reload, from the two files, as it was left.
  await comparison.getByRole('tab', { name: 'Functions' }).click();
  await comparison.locator('.fn-space .fn-row:visible').first().waitFor();
  const reloaded = user.page.waitForEvent('load', { timeout: minutes });
  await user.command('Developer: Reload Window');
  await reloaded;
  await user.page.locator('.tab', { hasText: 'before.pb.gz ↔ after.pb.gz' }).waitFor({ timeout: 2 * minutes });
  const back = async (): Promise<FrameLocator | undefined> => {
    for (const page of [0, 1].map((n) => user.webview(n)))
      if ((await page.locator('h1', { hasText: 'Comparison' }).count()) > 0) return page;
    return undefined;
  };
  await expect.poll(back, { timeout: 2 * minutes }).toBeDefined();
  const again = (await back())!;
  expect(await again.locator('.where').innerText()).toBe('before: before.pb.gz · after: after.pb.gz');
  await expect.poll(() => again.getByRole('tab', { selected: true }).innerText()).toBe('Functions');
  await again.locator('.fn-space .fn-row:visible', { hasText: 'hash_block' }).waitFor({ timeout: minutes });
});

it('lists the captures of the workspace in a view of their own, where two are compared by their age', async () => {
  const { workspace } = editor;
  await utimes(path.join(workspace, 'before.pb.gz'), new Date(), new Date('2026-01-31T09:00:00Z'));
  await utimes(path.join(workspace, 'after.pb.gz'), new Date(), new Date('2026-01-31T10:00:00Z'));
  await user.command('Unikernel: Focus on Captures View');
  const listed = [...Object.keys(foreign).filter((name) => !name.endsWith('.txt')), 'after.pb.gz', 'before.pb.gz', 'tool.folded'];
  const rows = async (): Promise<string[]> => (await user.treeRow('', 'Captures').allInnerTexts()).map((row) => row.trim());
  await expect.poll(rows).toEqual(['Workspace', ...listed.sort()]);

  await user.treeRow('after.pb.gz', 'Captures').click();
  await shown('hash_block');
  expect(await user.activeTab('after.pb.gz').count()).toBe(1);
  // the later one was selected first
  await user.treeRow('before.pb.gz', 'Captures').click({ modifiers: ['Control'] });
  await user.menuOf('before.pb.gz', 'Compare Captures', 'Captures');
  await user.activeTab('before.pb.gz ↔ after.pb.gz').waitFor({ timeout: minutes });
  await user.screenshot('captures-view');

  await mkdir(path.join(workspace, 'old'));
  await copyFile(path.join(workspace, 'before.pb.gz'), path.join(workspace, 'old/earlier.pb.gz'));
  await expect.poll(rows, { timeout: minutes }).toContainEqual(expect.stringMatching(/^earlier\.pb\.gz\s*old$/));
  await rm(path.join(workspace, 'old'), { recursive: true });
  await expect.poll(rows, { timeout: minutes }).toEqual(['Workspace', ...listed.sort()]);
});

it('exports what is shown, in every format', async () => {
  await user.command('Explorer: Focus on Folders View');
  await openCapture('before.pb.gz');
  const page = await shown('hash_block');
  await page.getByRole('radio', { name: 'On-CPU' }).click();
  await expect.poll(() => page.locator('.flame [role=treeitem][aria-label^="wait,"]').count()).toBe(0);
  expect(await exported('Folded', 'before.folded')).toMatch(/^main;serve;copy_page \d+\nmain;serve;hash_block \d+\n$/);
  const speedscope = JSON.parse(await exported('Speedscope', 'before.speedscope.json')) as { profiles: unknown[] };
  expect(speedscope.profiles.length).toBeGreaterThan(0);
  for (const [label, extension] of [
    ['SVG', 'svg'],
    ['HTML', 'html'],
  ] as const) {
    const picture = await exported(label, `before.${extension}`);
    expect(picture).toContain('hash_block');
    expect(picture).not.toContain('>wait<');
  }
});

it('opens several captures at once, other tools’ too, each with a state of its own that a reload keeps', async () => {
  await user.command('Explorer: Focus on Folders View');
  await openCapture('before.pb.gz');
  const before = await shown('hash_block');
  await before.getByRole('tab', { name: 'Functions' }).click();
  await before.locator('.fn-space .fn-row:visible', { hasText: 'copy_page' }).click();
  await openCapture('after.pb.gz');
  const after = await shown('hash_block');
  await after.locator('.flame [role=treeitem][aria-label^="serve,"]').dblclick();
  await after.locator('.crumb[aria-current]', { hasText: 'serve' }).waitFor();
  // the next graph is turned as the last one that was turned
  await after.getByRole('button', { name: 'Root at Bottom' }).click();
  await user.menuOf('tool.folded', 'Open Capture');
  const tool = await shown('inner');
  expect(await tool.getByRole('button', { name: 'Root at Bottom' }).getAttribute('aria-pressed')).toBe('true');
  await user.screenshot('captures-several');

  // Hidden views are torn down by the editor, and come back as they were.
  const comeBack = async (): Promise<void> => {
    await user.page.locator('.tab', { hasText: 'before.pb.gz' }).click();
    const first = user.webview();
    await expect
      .poll(() => first.locator('.fn-row[aria-selected=true] .is-name').allInnerTexts(), { timeout: minutes })
      .toEqual(['copy_page']);
    await user.page.locator('.tab', { hasText: 'after.pb.gz' }).click();
    const second = user.webview();
    await expect.poll(() => second.locator('.crumb[aria-current]').allInnerTexts(), { timeout: minutes }).toEqual(['serve']);
    expect(await flameView(second).samples()).toBe(2000);
  };
  await comeBack();
  // By the editor's own command: it writes its state down before it goes, which a browser's reload may not leave it the time for.
  const reloaded = user.page.waitForEvent('load', { timeout: minutes });
  await user.command('Developer: Reload Window');
  await reloaded;
  await user.page.locator('.tab', { hasText: 'before.pb.gz' }).waitFor({ timeout: 2 * minutes });
  await comeBack();
  await user.screenshot('captures-reloaded');
});

it('opens what other tools wrote', async () => {
  await user.command('Explorer: Focus on Folders View');
  for (const [file, name] of Object.entries(foreign)) {
    if (file.startsWith('xenctx')) {
      await user.command('Unikernel: Open Capture');
      await user.acceptFile(path.join(editor.workspace, file));
    } else if (file.endsWith('.txt')) {
      // it may be any text: the explorer offers it among what a file can be opened with
      await user.menuOf(file, 'Open With...');
      await user.choose('Flame Graph');
    } else await user.menuOf(file, 'Open Capture');
    await user.activeTab(file).waitFor({ timeout: minutes });
    const page = await shown(name);
    expect(await flameView(page).samples(), file).toBeGreaterThan(0);
    expect(await page.locator('.banner.is-error').count(), file).toBe(0);
    // the editor's own words for what a file is opened with are ours, and no id
    expect(await user.page.locator('.editor-group-container.active').getByText('ringside.', { exact: false }).count(), file).toBe(0);
    await user.screenshot(`foreign-${file}`);
    await user.command('View: Close All Editors');
  }
});

/** Exports what is shown under the name that is proposed. */
async function exported(label: string, name: string): Promise<string> {
  await user.commandAndChoose('Unikernel: Export', label);
  await user.acceptProposal(new RegExp(`${name.replaceAll('.', '\\.')}$`));
  const file = path.join(editor.workspace, name);
  let text = '';
  await expect.poll(async () => (text = await readFile(file, 'utf8').catch(() => '')).length, { timeout: minutes }).toBeGreaterThan(0);
  return text;
}
