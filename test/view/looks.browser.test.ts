/** What colours and marks say, and the wheel. */
import { expect, it } from 'vitest';
import { useView } from './user.ts';
import { Workload } from './workload.ts';

const { open, view, frame, crumb, coloursAcross, colourOf } = useView();

it('repaints in the colours of another theme', async () => {
  await open();
  const dark = await colourOf('main');
  for (const theme of ['light', 'hc-dark', 'hc-light'] as const) {
    const before = await colourOf('main');
    await view().show(theme);
    await expect.poll(() => colourOf('main'), { message: theme }).not.toBe(before);
  }
  await view().show('dark');
  await expect.poll(() => colourOf('main')).toBe(dark);
});

it('stands on its root at first, and on its head at a click', async () => {
  const page = await open();
  const top = async (name: string): Promise<number> => (await frame(name).boundingBox())!.y;
  expect(await top('main')).toBeGreaterThan(await top('all'));
  expect(await top('find_order')).toBeGreaterThan(await top('main'));
  await page.getByRole('button', { name: 'Root at Bottom' }).click();
  await expect.poll(async () => (await top('all')) - (await top('find_order'))).toBeGreaterThan(0);
});

it('keeps its foot in sight when it stands on its root and is given another height', async () => {
  const deep = Array.from({ length: 60 }, (_, i) => `f${i}:1`).join(' ');
  const state = { flipped: true };
  const page = await open({ profile: new Workload(false, [[1, 0, deep]]).grow(100).profile, height: 560, state }, 'f0');
  const below = async (): Promise<number> => {
    const [root, sight] = await Promise.all([frame('all').boundingBox(), page.locator('.flame').boundingBox()]);
    return Math.round(root!.y + root!.height - (sight!.y + sight!.height));
  };
  expect(await below()).toBeLessThanOrEqual(0);
  for (const height of [460, 640]) {
    await page.setViewportSize({ width: 900, height });
    await expect.poll(() => page.evaluate(() => innerHeight)).toBe(height);
    await expect.poll(below, { message: String(height) }).toBeLessThanOrEqual(0);
  }
  // what has been scrolled to stays, too
  await page.mouse.move(400, 300);
  await page.mouse.wheel(0, -100);
  await expect.poll(below).toBeGreaterThan(90);
  const before = await below();
  await page.setViewportSize({ width: 900, height: 560 });
  await expect.poll(() => page.evaluate(() => innerHeight)).toBe(560);
  await expect.poll(below).toBe(before);
});

it('tells inlined frames by a dashed edge, and addresses without a name by hatching', async () => {
  await open({
    profile: new Workload(false, [
      [60, 0, 'main:1 plain:2'],
      [30, 0, 'main:1 plain:3 <put_bits:31'],
      [30, 0, 'main:1 0x10a3f0'],
    ]).grow(500).profile,
  });
  const kinds = async (name: string, y: number): Promise<number> => {
    const colours = await coloursAcross(name, y);
    // right of the label, without the edges
    return new Set(colours.slice(Math.floor(colours.length * 0.6), -3)).size;
  };
  expect([await kinds('plain', 0), await kinds('plain', 10)]).toEqual([1, 1]);
  expect(await kinds('put_bits', 0)).toBeGreaterThan(1);
  expect(await kinds('0x10a3f0', 10)).toBeGreaterThan(1);
});

it('gives a module’s kind of code its colour, the same in every capture, and says so', async () => {
  const page = await open();
  const [application, kernel, hypervisor] = [await colourOf('main'), await colourOf('start_kernel'), await colourOf('HYPERVISOR_sched_op')];
  expect(new Set([application, kernel, hypervisor]).size).toBe(3);
  expect(await page.locator('.legend li').allInnerTexts()).toEqual(expect.arrayContaining(['Application', 'Inlined']));
  await view().close();
  await open({
    profile: new Workload(false, [
      [1, 0, 'main:1 HYPERVISOR_sched_op:2'],
      [1, 0, 'main:1 other:2'],
    ]).grow(500).profile,
  });
  expect(await colourOf('main')).toBe(application);
  expect(await colourOf('HYPERVISOR_sched_op')).toBe(hypervisor);
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
