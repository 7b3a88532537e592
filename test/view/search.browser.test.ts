/** Search: plain, with case, by expression; counted, stepped through, seen from afar, and the same in every view. */
import { expect, it } from 'vitest';
import { useView } from './user.ts';
import { Workload } from './workload.ts';

const { open, frame, selected, crumb, of, coloursAcross } = useView();

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
  await frame('main').dblclick();
  await expect.poll(crumb).toBe('main');
  await page.keyboard.press('Control+f');
  await page.keyboard.press('End');
  await page.keyboard.type('(');
  expect(await found.innerText()).toMatch(/group/i);
  const asked = of('flame').length;
  await page.keyboard.type('0?2itn'); // letters, digits and signs are text here, not keys
  expect(await page.locator('vscode-textfield').evaluate((field: HTMLInputElement) => field.value)).toBe('^quick|sort$(0?2itn');
  expect(await crumb()).toBe('main');
  expect(await page.getByRole('tab', { name: 'Flame Graph' }).getAttribute('aria-selected')).toBe('true');
  expect(await page.getByRole('dialog').isVisible()).toBe(false);
  expect(await page.locator('.heat').isVisible()).toBe(false);
  expect(
    of('flame')
      .slice(asked)
      .map(({ filter }) => filter),
  ).toEqual(
    of('flame')
      .slice(asked)
      .map(() => ({ states: 'all', vcpu: null })),
  );
  await page.keyboard.press('Escape');
  expect(await found.innerText()).toBe('');
  await page.keyboard.press('Escape');
  expect(await page.locator('.flame-tree').evaluate((tree) => tree === document.activeElement)).toBe(true);
});

it('shows from afar where there is a match that is too narrow to be drawn, and zooms to it', async () => {
  const profile = new Workload(false, [
    [900, 0, 'main:1 big:2'],
    [95, 0, 'main:1 small:3 leaf:1'],
    [2, 0, 'main:1 small:3 rarest:2'],
  ]).grow(20_000).profile;
  const page = await open({ profile, width: 400 });
  expect(await frame('rarest').count()).toBe(0);
  await page.keyboard.press('Control+f');
  await page.keyboard.type('rarest');
  await expect.poll(() => page.locator('.found').innerText()).toMatch(/^1 frame · 0\.\d+% of all$/);
  // a line of the colour of matches, yellow, along the foot of whatever leads there
  const marked = async (name: string): Promise<boolean> =>
    (await coloursAcross(name, 17)).some((colour) => {
      const [, green, blue] = colour.split(' ').map(Number);
      return green! - blue! > 60;
    });
  await expect.poll(() => marked('small')).toBe(true);
  expect([await marked('main'), await marked('big')]).toEqual([true, false]);
  await page.keyboard.press('Enter');
  await expect.poll(crumb).toBe('rarest');
  await expect.poll(selected).toMatch(/^rarest,/);
});
