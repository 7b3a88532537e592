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

/** Ctrl+clicks a function's frame and waits until a source file is open at a line. */
export async function openSourceOf(user: Workbench, view: FlameView, name: string): Promise<{ file: string; line: number }> {
  const frame = await view.frame(name);
  await frame.click({ modifiers: ['Control'] });
  await user
    .activeTab(/\.(c|h|S)/)
    .first()
    .waitFor({ timeout: 30_000 });
  const file = (
    await user
      .activeTab(/\.(c|h|S)/)
      .first()
      .innerText()
  ).trim();
  const { line } = await user.position();
  return { file, line };
}
