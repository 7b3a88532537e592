/** The view in every theme and at a narrow width: screenshots for people to look at, and what an accessibility engine finds. */
import axe from 'axe-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openBrowser, type Browser } from '../editor/browser.ts';
import { openView, type ViewPage } from './page.ts';
import { THEMES } from './themes.ts';
import { Workload } from './workload.ts';

let browser: Browser;
beforeAll(async () => (browser = await openBrowser()));
afterAll(() => browser.close());

interface Axe {
  run(
    where: object,
    options?: object,
  ): Promise<{ violations: { id: string; impact: string; nodes: { html: string; failureSummary: string }[] }[] }>;
}

/** Serious and critical findings: rule, and the first elements. */
async function findings({ page }: ViewPage): Promise<string[]> {
  await page.evaluate(axe.source);
  const violations = await page.evaluate(async () => {
    const { axe: engine } = globalThis as unknown as { axe: Axe };
    const page = await engine.run({ exclude: ['.flame-tree'] });
    // Frames are named in full while their labels are cut to the room there is, so a label cannot be a part of the name.
    const graph = await engine.run({ include: ['.flame'] }, { rules: { 'label-content-name-mismatch': { enabled: false } } });
    return [...page.violations, ...graph.violations];
  });
  return violations
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .map(({ id, nodes }) => {
      const first = nodes.slice(0, 3).map(({ html, failureSummary }) => `${html.slice(0, 200)} ${failureSummary}`);
      return `${id}: ${first.join(' | ')}`;
    });
}

describe.each(THEMES)('%s', (theme) => {
  let view: ViewPage;
  beforeAll(async () => {
    view = await openView({ browser, profile: new Workload().grow(1980).profile, theme });
    await view.page.getByRole('treeitem', { name: /^main,/ }).waitFor();
  });
  afterAll(() => view.close());

  it('flame graph', async () => {
    const { page } = view;
    await page.getByRole('treeitem', { name: /^find_order,/ }).click();
    await page.mouse.move(5, 5);
    await view.screenshot(`flame-${theme}`);
    expect(await findings(view)).toEqual([]);
  });

  it('search, zoom and menu', async () => {
    const { page } = view;
    await page.getByRole('treeitem', { name: /^serve_requests,/ }).dblclick();
    await page.locator('.crumb[aria-current]', { hasText: 'serve_requests' }).waitFor();
    await page.keyboard.press('Control+f');
    await page.keyboard.type('sort');
    await page.getByRole('treeitem', { name: /^find_order,/ }).click({ button: 'right' });
    await view.screenshot(`zoom-${theme}`);
    expect(await findings(view)).toEqual([]);
    await page.keyboard.press('Escape');
    await page.locator('vscode-textfield').press('Escape'); // empties the field
    await page.keyboard.press('Escape'); // leaves it
    await page.keyboard.press('0');
    await page.locator('.crumb[aria-current]', { hasText: 'All' }).waitFor();
  });

  it('hot paths', async () => {
    const { page } = view;
    await page.getByRole('tab', { name: 'Hot Paths' }).click();
    await page
      .getByRole('treeitem', { name: /HYPERVISOR_sched_op/ })
      .first()
      .waitFor();
    await view.screenshot(`paths-${theme}`);
    expect(await findings(view)).toEqual([]);
  });
});

it('a panel of 380 pixels', async () => {
  const view = await openView({ browser, profile: new Workload().grow(1980).profile, width: 380 });
  try {
    const { page } = view;
    await page.getByRole('treeitem', { name: /^find_order,/ }).click();
    await view.screenshot('narrow-flame');
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(380);
    await page.getByRole('tab', { name: 'Hot Paths' }).click();
    await page
      .getByRole('treeitem', { name: /HYPERVISOR_sched_op/ })
      .first()
      .waitFor();
    await view.screenshot('narrow-paths');
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(380);
    expect(await findings(view)).toEqual([]);
    expect(view.complaints).toEqual([]);
  } finally {
    await view.close();
  }
});
