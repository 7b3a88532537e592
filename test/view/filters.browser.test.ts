/** Filters: one click each, in sight while they are on, and a way back. */
import { expect, it } from 'vitest';
import { openProfile } from '../../extension/engine/formats/open.ts';
import { useView } from './user.ts';
import { Workload } from './workload.ts';

const { open, view, frame, selected, of, applied } = useView();

it('filters by state and vCPU, says when nothing is left, and goes back', async () => {
  const page = await open();
  await page.getByRole('radio', { name: 'Blocked' }).click();
  await expect.poll(() => frame('find_order').count()).toBe(0);
  expect(of('flame').at(-1)!.filter).toEqual({ states: 'blocked', vcpu: null });
  await page.locator('.select.of-vcpu').click();
  await page.locator('.select.of-vcpu').getByRole('option', { name: 'vCPU 1' }).click();
  await expect.poll(() => of('flame').at(-1)!.filter).toEqual({ states: 'blocked', vcpu: 1 });
  await page.getByRole('button', { name: 'Back' }).click();
  await page.getByRole('button', { name: 'Back' }).click();
  await frame('find_order').waitFor();
  expect(await page.getByRole('radio', { name: 'All' }).getAttribute('aria-checked')).toBe('true');
  await page.locator('h1').click();
  await page.keyboard.press('n');
  await expect.poll(() => of('flame').at(-1)!.filter.vcpu).toBe(0);
});

it('tells an empty filter from an empty recording', async () => {
  const profile = new Workload(false, [[1, 0, 'main:1 busy:2']]).grow(100).profile;
  const page = await open({ profile });
  await page.getByRole('radio', { name: 'Blocked' }).click();
  await page.getByText('No samples here').waitFor();
  await page.getByText('Show All Samples').click();
  await frame('busy').waitFor();
  expect(await page.locator('.empty').isVisible()).toBe(false);
});

it('hides libraries and idle time, collapses recursion and inverts at a click, says so, and carries the selection along', async () => {
  const page = await open();
  await frame('partition').click();
  await page.getByRole('button', { name: 'Collapse Recursion' }).click();
  await expect.poll(() => page.locator('.flame [aria-label^="quicksort,"]').count()).toBe(1);
  await expect.poll(selected).toMatch(/^partition,/);
  await page.getByRole('button', { name: 'Hide Library' }).click();
  await expect.poll(() => frame('memcpy').count()).toBe(0);
  await page.getByRole('button', { name: 'Hide Idle' }).click();
  await expect.poll(() => frame('block_domain').count()).toBe(0);
  await page.keyboard.press('i');
  await expect.poll(() => page.locator('.flame [aria-level="2"][aria-label^="rotate_left,"]').count()).toBe(1);
  expect(await applied()).toEqual(['No idle', 'No library', 'Recursion collapsed', 'Inverted']);
  await view().screenshot('filters');
  for (let i = 0; i < 4; i++) await page.keyboard.press('Alt+ArrowLeft');
  await expect.poll(applied).toEqual([]);
  await frame('memcpy').waitFor();
  await page.keyboard.press('Alt+ArrowRight');
  await expect.poll(applied).toEqual(['Recursion collapsed']);
  await page.keyboard.press('r');
  await expect.poll(applied).toEqual([]);
});

it('hides what is idle by its name in another tool’s file', async () => {
  const page = await open({ profile: openProfile(Buffer.from('main;bake 30\nmain;(idle) 10\n'), 'tool.folded') });
  await frame('(idle)').waitFor();
  await page.getByRole('button', { name: 'Hide Idle' }).click();
  await expect.poll(() => frame('(idle)').count()).toBe(0);
  await frame('bake').waitFor();
});

it('focuses, hides and shows callers from the menu', async () => {
  const page = await open();
  const choose = async (name: string, item: string): Promise<void> => {
    await frame(name).click({ button: 'right' });
    await page.getByRole('menuitem', { name: item }).click();
  };
  await choose('serve_requests', 'Focus on Function');
  await expect.poll(applied).toEqual(['Inside serve_requests']);
  await expect.poll(() => frame('wait_for_request').count()).toBe(0);
  await choose('hash_block', 'Hide Function');
  await expect.poll(() => frame('hash_block').count()).toBe(0);
  expect(await applied()).toEqual(['Without hash_block', 'Inside serve_requests']);
  await page.getByRole('button', { name: 'Without hash_block: take off' }).click();
  await frame('hash_block').waitFor();
  await page.getByRole('button', { name: 'Inside serve_requests: take off' }).click();
  await choose('block_domain', 'Show Callers');
  await expect.poll(() => page.locator('.flame [aria-level="3"]').count()).toBe(2);
  expect(await page.getByRole('button', { name: 'Callers', exact: true }).getAttribute('aria-pressed')).toBe('true');
  await page.keyboard.press('c');
  await expect.poll(applied).toEqual([]);
});
