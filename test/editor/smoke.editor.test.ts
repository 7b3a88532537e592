/** The harness itself: a real VS Code opens a folder, keeps to this machine, and leaves nothing behind. */
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect, it } from 'vitest';
import { openBrowser } from './browser.ts';
import { startEditor } from './editor.ts';
import { workbench } from './workbench.ts';

it('opens a folder in a real VS Code, runs a typed command, and ends whole', async () => {
  const folder = await mkdtemp(path.join(tmpdir(), 'rs-folder-'));
  await writeFile(path.join(folder, 'first.c'), 'int first;\n');
  await writeFile(path.join(folder, 'second.c'), '\n\nint second;\n');
  const editor = await startEditor({ workspace: folder });
  const browser = await openBrowser();
  try {
    const user = workbench(browser.page);
    await user.open(editor);
    await user.openFile('second.c');
    await user.command('Notifications: Clear All Notifications');
    await user.goTo(3, 5);
    await user.command('View: Split Editor Right');
    await expect.poll(() => user.activeTab('second.c').count()).toBe(2);
    expect(await editor.extensionHosts()).toHaveLength(1);
    expect(browser.refused).toEqual([]);
    await user.screenshot('smoke');
  } finally {
    await browser.close();
    await editor.stop();
    await rm(folder, { recursive: true });
  }
  expect(await editor.processes(() => true)).toEqual([]);
  expect(await readdir(path.dirname(editor.home))).not.toContain(path.basename(editor.home));
});
