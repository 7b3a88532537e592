/** What becomes of captures in a real VS Code when its server is started again, and when they are large. The captures are simulated; the rest is real. */
import { truncate, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { FrameLocator } from 'playwright-core';
import { beforeAll, expect, it } from 'vitest';
import { writePprof } from '../../extension/engine/formats/pprofWrite.ts';
import { largeProfile } from '../bench/largeProfile.ts';
import { Workload } from '../view/workload.ts';
import { whenCapturesOpen } from './captureViews.ts';
import type { Editor } from './editor.ts';
import { flameView } from './flameView.ts';
import { editorSession } from './session.ts';
import type { Workbench } from './workbench.ts';

const minutes = 60_000;
/** Takes seconds to read, on any machine. */
const large = { nodes: 400_000, samples: 4_000_000 };

let editor: Editor;
let user: Workbench;
const session = editorSession({ clear: true });

beforeAll(async () => {
  const folder = await session.folder();
  await writeFile(path.join(folder, 'kitchen.pb.gz'), await writePprof(new Workload().grow(2000).profile));
  await writeFile(path.join(folder, 'warehouse.pb.gz'), await writePprof(largeProfile(large.nodes, large.samples)));
  const tooLarge = path.join(folder, 'cellar.pb.gz');
  await writeFile(tooLarge, '');
  await truncate(tooLarge, 1.5 * 2 ** 30);
  ({ editor, user } = await session.start({ workspace: folder }));
  await whenCapturesOpen(user, 'kitchen.pb.gz');
}, 10 * minutes);

async function openCapture(name: string): Promise<FrameLocator> {
  await user.treeRow(name).dblclick();
  await user.activeTab(name).waitFor({ timeout: minutes });
  const page = user.webview();
  await page.locator('h1').waitFor({ timeout: 2 * minutes });
  return page;
}

it('has a capture as it was left, zoomed, searched and in its view, when the editor is started again', async () => {
  const page = await openCapture('kitchen.pb.gz');
  await page.locator('.flame [role=treeitem][aria-label^="serve_requests,"]').dblclick();
  await page.locator('.crumb[aria-current]', { hasText: 'serve_requests' }).waitFor();
  await page.getByRole('radio', { name: 'On-CPU' }).click();
  await page.locator('vscode-textfield').click();
  await user.page.keyboard.type('hash');
  await page.locator('.found', { hasText: 'of zoom' }).waitFor();
  const found = await page.locator('.found').innerText();
  expect(found).toMatch(/^1 frame · \d+\.\d% of zoom$/);
  const [, inZoom] = found.split(' · ');
  await page.getByRole('tab', { name: 'Functions' }).click();
  await page.locator('.found', { hasText: '1 function' }).waitFor();
  await page.locator('.fn-space .fn-row:visible', { hasText: 'hash_block' }).click();
  await user.screenshot('restart-before');

  const [host] = await editor.extensionHosts();
  await editor.restart();
  expect(await editor.extensionHosts()).not.toContain(host);
  // what the editor offers by itself when its server knows it no more
  await user
    .dialog('Cannot reconnect')
    .getByRole('button', { name: 'Reload Window' })
    .click({ timeout: 2 * minutes });
  await user.page.waitForEvent('load', { timeout: minutes });

  await user.activeTab('kitchen.pb.gz').waitFor({ timeout: 2 * minutes });
  const again = user.webview();
  await expect.poll(() => again.getByRole('tab', { selected: true }).allInnerTexts(), { timeout: 2 * minutes }).toEqual(['Functions']);
  await expect
    .poll(() => again.locator('.fn-row[aria-selected=true] .is-name').allInnerTexts(), { timeout: minutes })
    .toEqual(['hash_block']);
  expect(await again.locator('vscode-textfield').evaluate((field: HTMLInputElement) => field.value)).toBe('hash');
  expect(await again.locator('.found').innerText()).toBe('1 function');
  expect(await again.getByRole('radio', { name: 'On-CPU' }).getAttribute('aria-checked')).toBe('true');
  await user.screenshot('restart-after');
  await again.getByRole('tab', { name: 'Flame Graph' }).click();
  await expect.poll(() => again.locator('.crumb[aria-current]').allInnerTexts()).toEqual(['serve_requests']);
  await expect.poll(() => again.locator('.found').innerText()).toContain(inZoom);
  expect(await flameView(again).samples()).toBe(2000);
  await user.screenshot('restart-after-graph');
});

it('shows how far a large capture is, ends it on Cancel, and opens it again', async () => {
  await user.treeRow('warehouse.pb.gz').dblclick();
  const page = user.webview();
  // in the middle before there is a graph, in the head from then on
  const cancel = page.locator('vscode-button:visible', { hasText: 'Cancel' });
  await cancel.waitFor({ timeout: 2 * minutes });
  const progress = page.locator('progress:visible');
  expect(await progress.count()).toBe(1);
  await user.screenshot('large-opening');
  await cancel.click();
  await user.page.locator('.tab', { hasText: 'warehouse.pb.gz' }).waitFor({ state: 'detached', timeout: minutes });
  await user.screenshot('large-cancelled');
  expect(await user.notification('').count()).toBe(0);

  // again, and this time to its end
  const again = await openCapture('warehouse.pb.gz');
  await again
    .locator('.flame [role=treeitem]')
    .nth(5)
    .waitFor({ timeout: 2 * minutes });
  await user.screenshot('large-reading');
  await again.locator('progress:visible').waitFor({ state: 'detached', timeout: 2 * minutes });
  expect(await flameView(again).samples()).toBe(large.samples);
  await again.locator('.flame [role=treeitem]').nth(5).dblclick();
  await expect.poll(() => again.locator('.crumb[aria-current]').allInnerTexts(), { timeout: minutes }).not.toEqual(['All']);
  await user.screenshot('large-open');
});

it('says of a capture that is too large how large a capture may be', async () => {
  const page = await openCapture('cellar.pb.gz');
  await page
    .locator('.banner.is-error', { hasText: 'cellar.pb.gz is 1536 MiB; Ringside opens captures up to 1024 MiB' })
    .waitFor({ timeout: minutes });
  await page.getByText('The profile cannot be shown').waitFor();
  await page.getByRole('heading', { name: 'cellar.pb.gz' }).waitFor();
  expect(await page.locator('vscode-button:visible', { hasText: 'Show Log' }).count()).toBe(1);
  await user.screenshot('large-refused');
});
