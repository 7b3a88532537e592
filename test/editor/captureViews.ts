/** Captures of the explorer, and the views they open in. */
import type { Workbench } from './workbench.ts';

/** Resolves when the editor knows the extension: until then a capture is a file like any other. */
export async function whenCapturesOpen(user: Workbench, capture: string): Promise<void> {
  for (const limit = Date.now() + 180_000; Date.now() < limit;) {
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
