/** The view in every theme and at a narrow width: screenshots for people to look at, and what an accessibility engine finds. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openBrowser, type Browser } from '../editor/browser.ts';
import { findings } from './accessibility.ts';
import { openView, type ViewPage } from './page.ts';
import { THEMES } from './themes.ts';
import { Workload } from './workload.ts';

let browser: Browser;
beforeAll(async () => (browser = await openBrowser()));
afterAll(() => browser.close());

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

  it('functions, under the heat map', async () => {
    const { page } = view;
    await page.getByRole('tab', { name: 'Functions' }).click();
    await page.locator('.fn-space .fn-row:visible', { hasText: 'find_order' }).click();
    await page.locator('.near .near-row').first().waitFor();
    await page.getByRole('button', { name: 'Time Heat Map' }).click();
    await page.locator('.heat-axis span').first().waitFor();
    await view.screenshot(`functions-${theme}`);
    expect(await findings(view)).toEqual([]);
  });
});

it.each(THEMES)('a panel of 380 pixels: %s', async (theme) => {
  const view = await openView({ browser, profile: new Workload().grow(1980).profile, theme, width: 380 });
  try {
    const { page } = view;
    await page.getByRole('treeitem', { name: /^find_order,/ }).click();
    await view.screenshot(`narrow-flame-${theme}`);
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(380);
    await page.getByRole('tab', { name: 'Hot Paths' }).click();
    await page
      .getByRole('treeitem', { name: /HYPERVISOR_sched_op/ })
      .first()
      .waitFor();
    await view.screenshot(`narrow-paths-${theme}`);
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(380);
    await page.getByRole('tab', { name: 'Functions' }).click();
    await page.locator('.fn-space .fn-row:visible', { hasText: 'find_order' }).click();
    await page.locator('.near .near-row').first().waitFor();
    await page.keyboard.press('t');
    await page.locator('.heat-axis span').first().waitFor();
    expect((await page.locator('.fn-table').boundingBox())!.height).toBeGreaterThan(150);
    await view.screenshot(`narrow-functions-${theme}`);
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(380);
    expect(await findings(view)).toEqual([]);
    expect(view.complaints).toEqual([]);
  } finally {
    await view.close();
  }
});

it.each(THEMES)('at twice the size: %s', async (theme) => {
  // As the editor zooms: half the pixels of CSS, each of four on the screen.
  const zoomed = await openBrowser({ deviceScaleFactor: 2 });
  const view = await openView({ browser: zoomed, profile: new Workload().grow(1980).profile, theme, width: 450, height: 380 });
  try {
    const { page } = view;
    await page.getByRole('treeitem', { name: /^find_order,/ }).click();
    await expect.poll(() => page.locator('.flame-canvas').evaluate((c: HTMLCanvasElement) => c.width / c.clientWidth)).toBe(2);
    await view.screenshot(`zoom-200-${theme}`);
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(450);
    // The graph keeps room to be read in, and what does not fit can be scrolled to.
    expect((await page.locator('.flame').boundingBox())!.height).toBeGreaterThan(60);
    expect(await findings(view)).toEqual([]);
    for (const [name, first] of [
      ['Hot Paths', '.paths .row[role=treeitem]'],
      ['Functions', '.fn-space .fn-row:visible'],
    ] as const) {
      await page.getByRole('tab', { name }).click();
      await page.locator(first).first().waitFor();
      await page.locator(first).first().scrollIntoViewIfNeeded();
      await view.screenshot(`zoom-200-${name.toLowerCase().replace(' ', '-')}-${theme}`);
      expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(450);
      expect(await findings(view)).toEqual([]);
    }
    await page.getByRole('button', { name: 'Time Heat Map' }).click();
    await page.locator('.heat-axis span').first().waitFor();
    await page.locator('.heat-map').scrollIntoViewIfNeeded();
    await view.screenshot(`zoom-200-heat-map-${theme}`);
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(450);
  } finally {
    await zoomed.close();
  }
});

it('moves nothing by itself where motion is reduced', async () => {
  const still = await openBrowser({ reducedMotion: 'reduce' });
  try {
    const moving = async (where: Browser): Promise<number> => {
      const view = await openView({ browser: where, profile: new Workload(true).grow(300).profile });
      await view.page.getByRole('treeitem', { name: /^main,/ }).waitFor();
      await view.page.getByRole('treeitem', { name: /^serve_requests,/ }).dblclick();
      const running = await view.page.evaluate(() => document.getAnimations().filter(({ playState }) => playState === 'running').length);
      await view.close();
      return running;
    };
    expect(await moving(still)).toBe(0);
    expect(await moving(browser)).toBeGreaterThan(0); // the recording's dot: the figure is one that can be missed
  } finally {
    await still.close();
  }
});

describe.each(THEMES)('%s', (theme) => {
  it('names that are too long are cut in their middle, in every list', async () => {
    const scope = 'storage.warehouse.shelf_index.balanced_tree.of_orders.compare_by_date_then_by_customer_then_by_number.of_requests';
    const profile = new Workload(false, [
      [500, 0, `main:1 ${scope}.find_or_insert:2`],
      [300, 0, `main:1 ${scope}.find_or_remove:3`],
    ]).grow(900).profile;
    const view = await openView({ browser, profile, theme, width: 620 });
    const { page } = view;
    const isCut = (element: Element): boolean => element.scrollWidth > element.clientWidth;
    await page.getByRole('treeitem', { name: /find_or_insert/ }).click();
    await view.screenshot(`long-names-flame-${theme}`);
    for (const [tab, names] of [
      ['Hot Paths', '.paths .row-name .elided'],
      ['Functions', '.fn-space .fn-row:visible .is-name .elided'],
    ] as const) {
      await page.getByRole('tab', { name: tab }).click();
      await page.locator(names).first().waitFor();
      expect(await page.locator(names).first().evaluate(isCut), tab).toBe(true);
      await view.screenshot(`long-names-${tab.toLowerCase().replace(' ', '-')}-${theme}`);
    }
    await view.close();
  });
});
