/** The time heat map: a range of time narrows every view, by pointer and by keyboard. */
import { expect, it } from 'vitest';
import { useView } from './user.ts';

const { open, view, frame, detail, of, applied } = useView();
/** Samples of hash_block, as the details say. */
const samplesOfHashing = async (): Promise<number> => {
  await frame('hash_block').hover();
  const [, samples] = /^Total\s+([\d,]+) samples/.exec(await detail('tbody tr:last-child').innerText()) ?? [];
  return Number(samples!.replaceAll(',', ''));
};

it('narrows every view to a range that is dragged over, and back', async () => {
  const page = await open();
  const whole = await samplesOfHashing();
  await page.getByRole('button', { name: 'Time Heat Map' }).click();
  const map = page.locator('.heat-map canvas');
  await expect.poll(() => page.locator('.heat-axis span').count()).toBeGreaterThan(2);
  const box = (await map.boundingBox())!;
  await page.mouse.move(box.x + box.width * 0.25, box.y + 50);
  await page.mouse.down();
  await page.mouse.move(box.x + box.width * 0.55, box.y + 50, { steps: 4 });
  expect(await page.locator('.heat-told').innerText()).toMatch(/^[\d.]+ – [\d.]+ s \([\d.]+ (m?s)\): [\d,]+ samples$/);
  await page.mouse.up();
  await expect.poll(() => of('flame').at(-1)!.filter.timeMs?.length).toBe(2);
  const [from, to] = of('flame').at(-1)!.filter.timeMs!;
  expect(to - from).toBeGreaterThan(2000);
  expect(to - from).toBeLessThan(4500);
  expect((await applied())[0]).toMatch(/^[\d.]+ – [\d.]+ s$/);
  await view().screenshot('heat-map');
  // three seconds of ten
  await expect.poll(async () => (await samplesOfHashing()) / whole).toBeLessThan(0.45);
  const narrowed = await samplesOfHashing();
  expect(narrowed / whole).toBeGreaterThan(0.2);
  await page.keyboard.press('2');
  await expect.poll(() => of('functions').at(-1)?.filter.timeMs?.[0]).toBe(from);
  await page.locator('.fn-space .fn-row:visible', { hasText: 'hash_block' }).click();
  await expect.poll(() => detail('tbody tr:last-child').innerText()).toContain(`${narrowed.toLocaleString('en')} samples`);
  await page.keyboard.press('3');
  const chains = async (): Promise<number> =>
    Number(/of ([\d,]+) samples/.exec(await page.locator('.paths-summary').innerText())?.[1]?.replaceAll(',', ''));
  await expect.poll(chains).toBeLessThan(1980 * 0.45);
  await page.keyboard.press('Alt+ArrowLeft');
  await expect.poll(applied).toEqual([]);
  await expect.poll(chains).toBe(1980);
});

it('chooses a range with the keyboard alone', async () => {
  const page = await open();
  await page.keyboard.press('t');
  await expect.poll(() => page.locator('.heat-map').evaluate((map) => map === document.activeElement)).toBe(true);
  await expect.poll(() => page.locator('.heat-axis span').count()).toBeGreaterThan(2);
  for (const key of ['ArrowRight', 'ArrowRight', 'Shift+ArrowRight', 'Shift+ArrowDown']) await page.keyboard.press(key);
  expect(await page.locator('.heat-told').innerText()).toMatch(/^2 – 3\.\d+ s/);
  await page.keyboard.press('Enter');
  await expect.poll(() => of('flame').at(-1)!.filter.timeMs?.[0]).toBe(2000);
  await page.keyboard.press('Delete');
  await expect.poll(applied).toEqual([]);
  await expect.poll(() => of('flame').at(-1)!.filter.timeMs ?? null).toBeNull();
});
