/** What colours and marks say, and the wheel. */
import type { Page } from 'playwright-core';
import { expect, it } from 'vitest';
import { useView } from './user.ts';
import { Workload } from './workload.ts';

const { open, view, frame, crumb } = useView();

/** The colour of a frame near its right end, where no label is. */
async function colourOf(page: Page, name: string): Promise<string> {
  const box = (await frame(name).boundingBox())!;
  return page.locator('.flame-canvas').evaluate(
    (canvas: HTMLCanvasElement, { x, y }) => {
      const { left, top } = canvas.getBoundingClientRect();
      const scale = canvas.width / canvas.clientWidth;
      const pixel = new OffscreenCanvas(1, 1).getContext('2d', { willReadFrequently: true })!;
      pixel.drawImage(canvas, -Math.round((x - left) * scale), -Math.round((y - top) * scale));
      const [r, g, b] = pixel.getImageData(0, 0, 1, 1).data;
      return `${r} ${g} ${b}`;
    },
    { x: box.x + box.width - 4, y: box.y + 4 },
  );
}

it('repaints in the colours of another theme', async () => {
  const page = await open();
  const dark = await colourOf(page, 'main');
  await view().show('light');
  await expect.poll(() => colourOf(page, 'main')).not.toBe(dark);
  await view().show('dark');
  await expect.poll(() => colourOf(page, 'main')).toBe(dark);
});

it('gives a module’s kind of code its colour, the same in every capture, and says so', async () => {
  const page = await open();
  const [application, kernel, hypervisor] = [
    await colourOf(page, 'main'),
    await colourOf(page, 'start_kernel'),
    await colourOf(page, 'HYPERVISOR_sched_op'),
  ];
  expect(new Set([application, kernel, hypervisor]).size).toBe(3);
  expect(await page.locator('.legend li').allInnerTexts()).toEqual(expect.arrayContaining(['Application', 'Inlined']));
  await view().close();
  const other = await open({
    profile: new Workload(false, [
      [1, 0, 'main:1 HYPERVISOR_sched_op:2'],
      [1, 0, 'main:1 other:2'],
    ]).grow(500).profile,
  });
  expect(await colourOf(other, 'main')).toBe(application);
  expect(await colourOf(other, 'HYPERVISOR_sched_op')).toBe(hypervisor);
});

it('scrolls with the wheel, zooms at the pointer with Ctrl, and stops at both ends', async () => {
  const deep = Array.from({ length: 60 }, (_, i) => `f${i}:1`).join(' ');
  const page = await open({ profile: new Workload(false, [[1, 0, deep]]).grow(100).profile, height: 420 }, 'f0');
  const box = (await frame('f3').boundingBox())!;
  await page.mouse.move(box.x + 50, box.y + 5);
  await page.mouse.wheel(0, 200);
  const scrolled = (): Promise<number> => page.locator('.flame').evaluate((element) => element.scrollTop);
  await expect.poll(scrolled).toBeGreaterThan(100);
  await page.mouse.wheel(0, -400);
  await expect.poll(scrolled).toBe(0);
  expect(await crumb()).toBe('All');
  await page.keyboard.down('Control');
  await page.mouse.wheel(0, -100);
  await expect.poll(crumb).toBe('f0');
  for (let i = 0; i < 3; i++) {
    await page.waitForTimeout(150); // a turn of the wheel comes in a burst, and counts once
    await page.mouse.wheel(0, 100);
  }
  await page.keyboard.up('Control');
  await expect.poll(crumb).toBe('All');
});
