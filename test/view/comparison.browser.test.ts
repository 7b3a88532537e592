/** Two recordings held against each other, as a user sees them, in every theme. */
import { describe, expect, it } from 'vitest';
import type { FromView } from '../../extension/protocol.ts';
import { findings } from './accessibility.ts';
import { THEMES } from './themes.ts';
import { useView } from './user.ts';
import { INFO, Workload } from './workload.ts';

const { open, view, frame, selected, detail, of, colourOf } = useView();

/** Simulated: hashing takes more of the time, copying is gone, and a cache is new. */
const before = new Workload(false, [
  [500, 0, 'main:1 serve_requests:2 find_order:3 hash_block:4'],
  [300, 0, 'main:1 serve_requests:2 receive:5 memcpy:6'],
  [200, 2, 'main:1 wait_for_request:7'],
]).grow(4000).profile;
const after = (): Workload =>
  new Workload(false, [
    [700, 0, 'main:1 serve_requests:2 find_order:3 hash_block:4'],
    [100, 0, 'main:1 serve_requests:2 find_order:3 look_up_cache:8'],
    [200, 2, 'main:1 wait_for_request:7'],
  ]).grow(9000);

const rows = () => view().page.locator('.fn-space .fn-row:visible');

it('tells each frame’s share before and after with its sign, and loses nothing that vanished', async () => {
  const page = await open({ profile: after().profile, base: before });
  await frame('memcpy').waitFor();
  await frame('hash_block').click();
  expect(await selected()).toMatch(/hash_block.*\+/);
  expect(await detail('.details-name').innerText()).toBe('hash_block');
  expect(await detail('thead').innerText()).toMatch(/before\s+after\s+change of all/);
  expect(await detail('tbody tr:last-child').innerText()).toMatch(/^Total\s+4\d\.\d%\s+7\d\.\d%\s+\+2\d\.\d%$/);
  await frame('memcpy').hover();
  expect(await detail('tbody tr:last-child').innerText()).toMatch(/^Total\s+3\d\.\d%\s+0%\s+−3\d\.\d%$/);
  expect(await page.locator('.legend').innerText()).toMatch(/More after[^]*Less after[^]*vanished/);
  expect(await page.locator('[data-fact=Before] dd').innerText()).toMatch(/^4,000 samples.*2026/);
  await page.getByRole('radio', { name: 'After' }).click();
  await expect.poll(() => frame('memcpy').count()).toBe(0);
  await page.getByRole('radio', { name: 'Both' }).click();
  await frame('memcpy').waitFor();
  expect(await page.getByRole('tab').allInnerTexts()).toEqual(['Flame Graph', 'Functions']);
  await page.getByRole('button', { name: 'Hide Idle' }).click();
  await expect.poll(() => frame('wait_for_request').count()).toBe(0);
  await frame('memcpy').waitFor();
});

it('says which capture is which, warns where the later one stands for what was before, and can be turned round', async () => {
  const [earlier, later] = [after(), after()].map(({ profile }) => profile);
  earlier!.facts.title = 'monday.pb.gz';
  later!.facts.title = 'tuesday.pb.gz';
  later!.facts.info = { ...INFO, startedAt: '2026-11-24T21:04:00Z' };
  const page = await open({ profile: later!, base: earlier! });
  expect(await page.locator('.where').innerText()).toBe('before: monday.pb.gz · after: tuesday.pb.gz');
  const isDoubtful = (): Promise<boolean> => page.locator('[data-fact=Before]').evaluate((fact) => fact.classList.contains('is-doubtful'));
  expect(await isDoubtful()).toBe(false);
  await view().close();
  const turned = await open({ profile: earlier!, base: later! });
  expect(await turned.locator('.where').innerText()).toBe('before: tuesday.pb.gz · after: monday.pb.gz');
  await expect.poll(() => turned.locator('[data-fact=Before].is-doubtful dd').innerText()).toMatch(/: the later one$/);
  await turned.locator('vscode-button', { hasText: 'Swap' }).click();
  await expect.poll(() => of('command').map(({ command }) => command)).toEqual(['swap']);
});

it('has a table that begins with what became slower, and callers and callees of what is selected', async () => {
  const page = await open({ profile: after().profile, base: before });
  await page.keyboard.press('2');
  await rows().first().waitFor();
  // what both of its callees made slower before the one of them that cost it more
  const [first, second] = await rows().allInnerTexts();
  expect(first).toMatch(/^±0%\s+\+\d+\.\d%[^]*find_order$/);
  expect(second).toMatch(/^\+\d+\.\d%\s+\+\d+\.\d%\s+\+\d+\.\d%\s+hash_block$/);
  expect(await page.getByRole('columnheader', { name: 'Sure Change' }).getAttribute('aria-sort')).toBe('descending');
  expect(await rows().filter({ hasText: 'memcpy' }).innerText()).toMatch(/− memcpy\s+\(vanished\)/);
  expect(await rows().filter({ hasText: 'look_up_cache' }).innerText()).toMatch(/\+ look_up_cache\s+\(new\)/);
  expect(await rows().filter({ hasText: 'memcpy' }).locator('.cell.is-name').getAttribute('title')).toBe('memcpy (vanished)');
  await rows().filter({ hasText: 'find_order' }).click();
  const near = page.getByRole('complementary', { name: 'Callers and callees' });
  await expect.poll(() => near.getByRole('list', { name: 'Callers' }).innerText()).toMatch(/^\+\d+\.\d%\s+serve_requests$/);
  expect(await near.getByRole('list', { name: 'Callees' }).locator('button').allInnerTexts()).toEqual([
    expect.stringMatching(/^\+\d+\.\d%\s+hash_block$/),
    expect.stringMatching(/^\+\d+\.\d%\s+look_up_cache$/),
  ]);
  expect(await near.getByText('look_up_cache').locator('..').getAttribute('title')).toMatch(/^look_up_cache: 0% of all before, .*\(new\)$/);
  await near.getByText('hash_block').click();
  await expect.poll(() => page.locator('.fn-space .fn-row[aria-selected=true] .is-name').innerText()).toContain('hash_block');
  await page.locator('.fn-table').focus();
  await page.keyboard.press('Control+Enter');
  await expect.poll(() => of('openPlace').length).toBe(1);
  await page.getByRole('button', { name: 'Export…' }).click();
  await expect
    .poll(() => of('command'))
    .toEqual([{ type: 'command', command: 'export', filter: { states: 'all', vcpu: null } } satisfies FromView]);
});

describe.each(THEMES)('%s', (theme) => {
  it('graph and table', async () => {
    const page = await open({ profile: after().profile, base: before, theme });
    const [more, less] = (await Promise.all(['hash_block', 'memcpy'].map(colourOf))).map((colour) => colour.split(' ').map(Number));
    // orange and blue: neither red nor green, which some eyes cannot tell apart
    expect(more![0]! - more![2]!).toBeGreaterThan(60);
    expect(less![2]! - less![0]!).toBeGreaterThan(60);
    await frame('hash_block').click();
    await page.mouse.move(5, 5);
    await view().screenshot(`comparison-${theme}`);
    expect(await findings(view())).toEqual([]);
    await page.keyboard.press('2');
    await rows().filter({ hasText: 'find_order' }).click();
    await page.locator('.near .near-row').first().waitFor();
    // Beside its callers a function still has room for its name.
    expect((await rows().first().locator('.is-name').boundingBox())!.width).toBeGreaterThan(140);
    await view().screenshot(`comparison-table-${theme}`);
    expect(await findings(view())).toEqual([]);
  });
});

it.each(THEMES)('fits a panel of 380 pixels: %s', async (theme) => {
  const page = await open({ profile: after().profile, base: before, theme, width: 380 });
  await view().screenshot(`narrow-comparison-${theme}`);
  expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(380);
  await page.keyboard.press('2');
  await rows().filter({ hasText: 'find_order' }).click();
  await page.locator('.near .near-row').first().waitFor();
  await view().screenshot(`narrow-comparison-table-${theme}`);
  expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(380);
});
