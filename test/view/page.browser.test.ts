/** The page as a whole: keys, what it keeps, names that mean harm. */
import { expect, it } from 'vitest';
import type { ViewState } from '../../extension/protocol.ts';
import { useView } from './user.ts';
import { INFO, Workload } from './workload.ts';

const { open, view, frame, crumb, detail } = useView();

it('keeps handled keys from the editor around it, and lets others through', async () => {
  const page = await open();
  await page.evaluate(() => {
    const heard: string[] = [];
    Object.assign(window, { heard });
    window.addEventListener('keydown', (event) => heard.push(event.key));
  });
  for (const key of ['Alt+ArrowLeft', 'Control+f', 'F5', 'Control+Shift+p']) await page.keyboard.press(key);
  const heard = await page.evaluate(() => (window as unknown as { heard: string[] }).heard);
  expect(heard.filter((key) => !['Alt', 'Control', 'Shift'].includes(key))).toEqual(['F5', 'p']);
});

it('comes back as it was after a reload', async () => {
  const page = await open();
  await page.getByRole('button', { name: 'Root at Bottom' }).click();
  await frame('serve_requests').dblclick();
  await expect.poll(crumb).toBe('serve_requests');
  await page.keyboard.press('Control+f');
  await page.keyboard.type('hash');
  await expect.poll(async () => (await view().kept())?.search).toBe('hash');
  const kept = (await view().kept())!;
  await page.reload();
  await expect.poll(crumb).toBe('serve_requests');
  await expect.poll(() => page.locator('.found').innerText()).toMatch(/frames? ·/);
  await frame('hash_block').waitFor();
  const [root, top] = [(await frame('all').boundingBox())!.y, (await frame('hash_block').boundingBox())!.y];
  expect(root).toBeGreaterThan(top);
  expect(await view().kept()).toEqual(kept);
  await view().screenshot('flipped');
});

it('takes a kept node that the profile does not know for the root, and a malformed state for none', async () => {
  await open({
    state: { rootNode: 999_999, selectedNode: 'x', tab: 'nonsense', filter: 7 } satisfies
      Record<keyof Partial<ViewState>, unknown> | object,
  });
  expect(await crumb()).toBe('All');
  await expect.poll(async () => (await view().kept())?.rootNode).toBe(0);
});

it('shows hostile names as text and breaks on none', async () => {
  const names = [
    '<img/src=x/onerror=alert(1)>',
    `${'std::map<'.repeat(120_000)}end`,
    'evil\u202ereversed',
    'half\ud800pair',
    '\u0000\u001b[31m',
  ];
  const { profile } = new Workload(false, [[1, 0, 'main:1 zero:0']]).grow(1);
  const { table } = profile;
  for (const name of names) {
    const fn = table.internFunction({
      name,
      linkageName: name,
      file: `/src/${name}`,
      startLine: 1,
      module: name,
      category: 'application',
      unresolved: false,
    });
    profile.add({ timeNs: 0, vcpu: 0, state: 0, weight: 10, stack: [table.named([{ fn, line: 1 }])] });
  }
  profile.facts.title = names[0]!;
  profile.facts.info = { ...INFO, guest: names[0]!, host: names[2]! };
  profile.facts.symbols = names[3]!;
  profile.facts.warnings.push(names[0]!);
  const page = await open({ profile });
  const frames = page.locator('.flame [role=treeitem]');
  for (let i = 0; i < names.length; i++) {
    await page.locator('.flame [aria-level="2"]').nth(i).click();
    expect((await detail('.details-name').innerText()).length).toBeLessThanOrEqual(4096);
  }
  expect(await frames.count()).toBe(3 + names.length);
  await page.keyboard.press('3');
  await page.locator('.paths .row').nth(5).waitFor();
  expect(await page.locator('img').count()).toBe(0);
  expect(await page.locator('body').innerText()).toContain('evil‹U+202E›reversed');
  expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(900);
  await view().screenshot('hostile');
});

it('lists its keys and closes the list', async () => {
  const page = await open();
  await page.keyboard.press('?');
  const list = page.getByRole('dialog', { name: 'Keyboard and mouse' });
  expect(await list.locator('dt').count()).toBeGreaterThan(15);
  await view().screenshot('keys');
  await page.keyboard.press('Escape');
  expect(await list.isVisible()).toBe(false);
});
