/** Search: plain, with case, by expression; counted, stepped through, seen from afar, and the same in every view. */
import { expect, it } from 'vitest';
import { useView } from './user.ts';

const { open, selected, crumb } = useView();

it('searches plain text, with case, and with expressions; steps; shows a bad one and throws nothing', async () => {
  const page = await open();
  await page.keyboard.press('Control+f');
  await page.keyboard.type('HASH_B');
  const found = page.locator('.found');
  expect(await found.innerText()).toMatch(/^1 frame · 3\d\.\d% of all$/);
  await page.getByRole('button', { name: 'Match case' }).click();
  expect(await found.innerText()).toBe('No matches');
  await page.getByRole('button', { name: 'Match case' }).click();
  await page.locator('vscode-textfield').click();
  await page.keyboard.press('Control+a');
  await page.keyboard.type('^quick|sort$');
  expect(await found.innerText()).toBe('No matches');
  await page.getByRole('button', { name: 'Regular expression' }).click();
  expect(await found.innerText()).toMatch(/^3 frames/);
  await page.locator('vscode-textfield').click();
  const passed: string[] = [];
  for (const key of ['Enter', 'Enter', 'Enter', 'Enter', 'Shift+Enter']) {
    await page.keyboard.press(key);
    passed.push((await found.innerText()).split(' ')[0]!);
  }
  expect(passed).toEqual(['1', '2', '3', '1', '3']);
  expect(await selected()).toMatch(/^quicksort,/);
  await page.keyboard.press('End');
  await page.keyboard.type('(');
  expect(await found.innerText()).toMatch(/group/i);
  await page.keyboard.type('0?1a'); // letters and digits are text here, not keys
  expect(await crumb()).toBe('All');
  expect(await page.getByRole('tab', { name: 'Flame Graph' }).getAttribute('aria-selected')).toBe('true');
  await page.keyboard.press('Escape');
  expect(await found.innerText()).toBe('');
  await page.keyboard.press('Escape');
  expect(await page.locator('.flame-tree').evaluate((tree) => tree === document.activeElement)).toBe(true);
});
