/** The way from the palette to a profile, as a user walks it. */
import { flameView, type FlameView } from './flameView.ts';
import type { Workbench } from './workbench.ts';

/** Types the command, picks the guest, and waits until the flame graph has its first samples. */
export async function startProfiling(user: Workbench, guest: string): Promise<FlameView> {
  await user.command('Unikernel: Profile Guest');
  await user.choose(guest);
  return growing(user);
}

/** Waits until the flame graph that is open beside the editor has samples. */
export async function growing(user: Workbench): Promise<FlameView> {
  const view = flameView(user.webview());
  await view.tree.waitFor({ timeout: 60_000 });
  for (const limit = Date.now() + 60_000; !((await view.samples()) > 0);) {
    if (Date.now() > limit) throw new Error('the graph has no samples');
    await user.page.waitForTimeout(100);
  }
  return view;
}

export interface OpenSource {
  /** Name without folder. */
  readonly file: string;
  /** 1-based line of the cursor. */
  readonly line: number;
}

/** Ctrl+clicks a function's frame, and waits until the editor stands on another line of source than before. */
export async function openSourceOf(user: Workbench, view: FlameView, name: string): Promise<OpenSource> {
  const before = JSON.stringify(await openSource(user));
  const frame = await view.frame(name);
  await frame.click({ modifiers: ['Control'] });
  for (const limit = Date.now() + 30_000; Date.now() < limit;) {
    const now = await openSource(user);
    await user.page.waitForTimeout(700);
    // a file that opens stands on its first line for a moment
    if (now && JSON.stringify(now) !== before && JSON.stringify(now) === JSON.stringify(await openSource(user))) return now;
  }
  throw new Error(`a Ctrl+click on ${name} opened nothing`);
}

/** The active file and the cursor's line; null where the active editor is no text. */
export async function openSource({ page }: Workbench): Promise<OpenSource | null> {
  const tab = page.locator('.editor-group-container.active .tab.active');
  const [file] = await tab.evaluateAll((tabs) => tabs.map((each) => each.getAttribute('data-resource-name')));
  const [position] = await page.getByRole('button', { name: /^Ln \d+, Col \d+/ }).allInnerTexts();
  const line = /^Ln (\d+)/.exec(position ?? '')?.[1];
  return file && !file.startsWith('webview-') && line !== undefined ? { file, line: Number(line) } : null;
}
