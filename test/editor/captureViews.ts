/** Captures of the explorer, and the views they open in. */
import type { FrameLocator } from 'playwright-core';
import { expect } from 'vitest';
import type { Workbench } from './workbench.ts';

const minutes = 60_000;

/** Resolves when the editor knows the extension: until then a capture is a file like any other. */
export async function whenCapturesOpen(user: Workbench, capture: string): Promise<void> {
  for (const limit = Date.now() + 3 * minutes; Date.now() < limit;) {
    await user.treeRow(capture).dblclick();
    const isView = await user.page
      .locator('iframe.webview.ready')
      .waitFor({ timeout: 15_000 })
      .then(
        () => true,
        () => false,
      );
    await user.command('View: Close All Editors');
    if (isView) return;
  }
  throw new Error('a capture did not open in a view');
}

/** Selects two captures in the explorer, what was before first, and compares them from its menu. @returns the comparison, once it is shown */
export async function compareInExplorer(user: Workbench, before: string, after: string): Promise<FrameLocator> {
  // The explorer selects what is opened, when it is open.
  await user.treeRow(before).click();
  await user.webview().locator('.flame [role=treeitem]').first().waitFor({ timeout: minutes });
  const selected = user.page.locator('.explorer-folders-view .monaco-list-row.selected');
  await expect.poll(() => selected.allInnerTexts(), { timeout: minutes }).toEqual([before]);
  await user.treeRow(after).click({ modifiers: ['Control'] });
  await expect.poll(() => selected.count(), { timeout: minutes }).toBe(2);
  await user.menuOf(after, 'Compare Captures');
  await user.activeTab(`${before} ↔ ${after}`).waitFor({ timeout: minutes });
  // Beside the capture that the click has opened.
  const comparison = user.webview(1);
  await comparison.locator('.where', { hasText: `before: ${before} · after: ${after}` }).waitFor({ timeout: minutes });
  return comparison;
}
