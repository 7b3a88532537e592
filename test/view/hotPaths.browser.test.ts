/** The hot paths. */
import { expect, it } from 'vitest';
import { useView } from './user.ts';

const { open, crumb, detail, of } = useView();

it('hot paths: opens, walks, opens source, and leads into the graph', async () => {
  const page = await open();
  await page.keyboard.press('3');
  const rows = page.locator('.paths .row[role=treeitem]');
  await rows.first().waitFor();
  expect(await page.locator('.paths-summary').innerText()).toMatch(/^The 14 heaviest chains cover 100% of 1,980 samples\.$/);
  expect(await rows.nth(0).getAttribute('aria-expanded')).toBe('true');
  await rows.nth(0).focus();
  for (const key of ['ArrowLeft', 'ArrowDown', 'ArrowRight', 'ArrowDown', 'ArrowDown', 'ArrowDown', 'ArrowDown', 'ArrowDown'])
    await page.keyboard.press(key);
  expect(await page.evaluate(() => document.activeElement!.textContent)).toContain('hash_block');
  await page.keyboard.press('Control+Enter');
  await expect.poll(() => of('openSource').length).toBe(1);
  await page.locator('.paths .row', { hasText: 'find_order' }).click({ modifiers: ['Control'] });
  await expect.poll(() => of('openSource').length).toBe(2);
  expect(await detail('.details-name').innerText()).toBe('find_order');
  await page.keyboard.press('Enter');
  await expect.poll(crumb).toBe('find_order');
  expect(await page.locator('.flame').isVisible()).toBe(true);
});
