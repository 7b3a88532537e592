/** The functions table: sorted, virtualised, in step with the other views, and walked with the keyboard alone. */
import { expect, it } from 'vitest';
import { useView } from './user.ts';
import { Workload } from './workload.ts';

const { open, view, frame, selected, detail, of, applied } = useView();
const rows = () => view().page.locator('.fn-space .fn-row:visible');
const chosen = () => view().page.locator('.fn-space .fn-row[aria-selected=true] .is-name');

it('sorts by self, by total and by name, and tells callers and callees of what is selected', async () => {
  const page = await open();
  await page.keyboard.press('2');
  await rows().first().waitFor();
  expect(await rows().first().innerText()).toContain('HYPERVISOR_sched_op');
  const shares = (await rows().allInnerTexts()).map((text) => Number.parseFloat(text));
  expect(shares).toEqual([...shares].sort((a, b) => b - a));
  await page.getByRole('button', { name: 'Total', exact: true }).click();
  await expect.poll(() => rows().first().innerText()).toContain('start_kernel');
  expect(await page.getByRole('columnheader', { name: 'Total' }).getAttribute('aria-sort')).toBe('descending');
  await page.getByRole('button', { name: 'Function', exact: true }).click();
  await expect.poll(() => rows().first().innerText()).toContain('0x10a3f0');
  await rows().filter({ hasText: 'find_order' }).click();
  const near = page.getByRole('complementary');
  await expect.poll(() => near.innerText()).toContain('serve_requests');
  expect(await near.locator('section').nth(1).innerText()).toMatch(/hash_block/);
  expect(await detail('.details-name').innerText()).toBe('find_order');
  await near.getByText('serve_requests').click();
  await expect.poll(() => chosen().innerText()).toContain('serve_requests');
  await view().screenshot('functions');
  // nothing of a view that is left shows through the next one
  await page.getByRole('tab', { name: 'Flame Graph' }).click();
  const seen = page
    .locator('.panel[hidden] *')
    .evaluateAll((all) => all.filter((each) => getComputedStyle(each).visibility !== 'hidden').length);
  expect(await seen).toBe(0);
});

it('is in step with graph, search and filters', async () => {
  const page = await open();
  await frame('quicksort').click();
  await page.keyboard.press('2');
  await expect.poll(() => chosen().innerText()).toContain('quicksort');
  await page.keyboard.press('Control+f');
  await page.keyboard.type('sort');
  await expect.poll(() => rows().count()).toBe(2);
  expect(await page.locator('.found').innerText()).toBe('2 functions');
  await page.keyboard.press('Escape');
  await expect.poll(async () => (await rows().allInnerTexts()).join()).toContain('find_order');
  await page.getByRole('radio', { name: 'Blocked' }).click();
  await expect.poll(async () => (await rows().allInnerTexts()).join()).not.toContain('find_order');
  expect(await applied()).toEqual(['Blocked']);
  await page.getByRole('button', { name: 'Blocked: take off' }).click();
  await rows().filter({ hasText: 'hash_block' }).dblclick();
  await expect.poll(selected).toMatch(/^hash_block,/);
});

it('walks with the keyboard alone, asks for rows as they come into sight, and opens the source', async () => {
  const stacks = Array.from({ length: 2000 }, (_, i) => [i + 1, 0, `main:1 function_${i}:${i + 1}`] as const);
  const page = await open({ profile: new Workload(false, stacks).grow(60_000).profile });
  await page.keyboard.press('2');
  await rows().first().waitFor();
  expect(await page.locator('.fn-space .fn-row').count()).toBeLessThan(60);
  await page.locator('.fn-table').focus();
  for (const key of ['ArrowDown', 'ArrowDown', 'PageDown', 'End']) await page.keyboard.press(key);
  await expect.poll(async () => await page.locator('.fn-table').evaluate((table) => table.scrollTop)).toBeGreaterThan(10_000);
  await expect.poll(() => chosen().count()).toBe(1);
  const last = await chosen().innerText();
  await page.keyboard.press('ArrowUp');
  await expect.poll(() => chosen().innerText()).not.toBe(last);
  const active = await page.locator('.fn-table').getAttribute('aria-activedescendant');
  expect(await page.locator(`#${active!}`).getAttribute('aria-selected')).toBe('true');
  await page.keyboard.press('Control+Enter');
  await expect.poll(() => of('openPlace').length).toBe(1);
  await page.keyboard.press('Shift+F10');
  await page.getByRole('menuitem', { name: 'Hide Function' }).click();
  await expect.poll(() => of('functions').at(-1)!.filter.hiddenFunctions?.length).toBe(1);
  await page.keyboard.press('Home');
  await expect.poll(() => page.locator('.fn-table').evaluate((table) => table.scrollTop)).toBe(0);
});

it('cuts a long name in its middle, so that its end is in sight', async () => {
  const name = 'kernel_memory_allocators_pool_take_a_block_of_pages_for_the_heap';
  const page = await open({ profile: new Workload(false, [[1, 0, `main:1 ${name}:2`]]).grow(10).profile, width: 500 });
  await page.keyboard.press('2');
  const text = rows().filter({ hasText: name }).locator('.is-name .cell-text');
  await text.waitFor();
  const { isCut, beyond } = await text.evaluate((element) => {
    const end = document.createRange();
    end.selectNodeContents(element.lastChild!);
    const beginning = element.querySelector('.elided')!;
    return {
      isCut: beginning.scrollWidth > beginning.clientWidth,
      beyond: end.getBoundingClientRect().right - element.getBoundingClientRect().right,
    };
  });
  expect(isCut).toBe(true);
  expect(beyond).toBeLessThanOrEqual(1);
  await view().screenshot('functions-long-name');
});
