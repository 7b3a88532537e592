/** The flame graph as a user has it in hand: pointer and keyboard, zoom, details, menu. */
import { expect, it } from 'vitest';
import { Session } from '../../extension/engine/session.ts';
import type { Ask } from '../../extension/host/flamegraph/conversation.ts';
import { useView } from './user.ts';
import { Workload } from './workload.ts';

const { open, view, frame, selected, crumb, detail, of, widthOf } = useView();

it('gives each frame the width of its share', async () => {
  await open();
  const all = await widthOf('all');
  const label = await frame('find_order').getAttribute('aria-label');
  const share = Number(/([\d.]+)% of all/.exec(label!)![1]) / 100;
  expect((await widthOf('find_order')) / all).toBeCloseTo(share, 2);
});

it('click selects, double click zooms to what was too narrow before, and the way back is in sight', async () => {
  const profile = new Workload(false, [
    [900, 0, 'main:1 big:2'],
    [90, 0, 'main:1 small:3 leaf:1'],
    [9, 0, 'main:1 small:3 rare:2'],
    [1, 0, 'main:1 small:3 rarest:2'],
  ]).grow(20_000).profile;
  const page = await open({ profile, width: 400 });
  expect(await frame('rarest').count()).toBe(0);
  expect(await page.locator('.pruned').innerText()).toBe('1 frame narrower than a pixel');
  await frame('small').click();
  expect(await selected()).toMatch(/^small,/);
  expect(await crumb()).toBe('All');
  await frame('small').dblclick();
  await frame('rarest').waitFor();
  expect(await crumb()).toBe('small');
  expect(await widthOf('small')).toBe(await widthOf('all'));
  await page.getByRole('button', { name: 'main', exact: true }).click();
  await expect.poll(crumb).toBe('main');
  await page.keyboard.press('Alt+ArrowLeft');
  await expect.poll(crumb).toBe('small');
  await page.getByRole('button', { name: 'Forward' }).click();
  await expect.poll(crumb).toBe('main');
  await page.keyboard.press('0');
  await expect.poll(crumb).toBe('All');
  const reset = page.getByRole('button', { name: 'Reset Zoom' });
  expect(await reset.isDisabled()).toBe(true);
  await frame('small').dblclick();
  await expect.poll(crumb).toBe('small');
  await reset.click();
  await expect.poll(crumb).toBe('All');
});

it('zooms at once, both ways, and fills in what was too narrow when the engine has answered', async () => {
  const session = new Session();
  session.put(
    'slow',
    new Workload(false, [
      [900, 0, 'main:1 big:2'],
      [98, 0, 'main:1 small:3 leaf:1'],
      [1, 0, 'main:1 small:3 rarest:2'],
    ]).grow(20_000).profile,
  );
  let waiting: (() => void)[] | null = null;
  const ask: Ask = async (method, params) => {
    if (waiting) await new Promise<void>((resolve) => waiting!.push(resolve));
    return session.answers[method](params);
  };
  const answer = (): void => {
    const all = waiting ?? [];
    waiting = null;
    for (const resolve of all) resolve();
  };
  const page = await open({ profile: { shown: { id: 'slow', kind: 'profile' }, ask }, width: 400 });
  waiting = [];
  await frame('small').dblclick();
  await expect.poll(crumb).toBe('small');
  await expect.poll(async () => (await widthOf('leaf')) / (await widthOf('all'))).toBeGreaterThan(0.9);
  expect([await frame('big').count(), await frame('rarest').count()]).toEqual([0, 0]);
  answer();
  await frame('rarest').waitFor();
  waiting = [];
  await page.keyboard.press('0');
  await frame('big').waitFor();
  expect(await crumb()).toBe('All');
  answer();
});

it('Ctrl+click opens the source, with Alt to the side, and a drag opens and selects nothing', async () => {
  const page = await open();
  await frame('hash_block').click({ modifiers: ['Control'] });
  await frame('hash_block').click({ modifiers: ['Control', 'Alt'] });
  const node = Number(await frame('hash_block').getAttribute('data-node'));
  await expect
    .poll(() => of('openSource'))
    .toEqual([
      { type: 'openSource', filter: { states: 'all', vcpu: null }, node, where: 'hottest', aside: false },
      { type: 'openSource', filter: { states: 'all', vcpu: null }, node, where: 'hottest', aside: true },
    ]);
  const box = (await frame('main').boundingBox())!;
  await page.keyboard.down('Control');
  await page.mouse.move(box.x + 50, box.y + 10);
  await page.mouse.down();
  await page.mouse.move(box.x + 60, box.y + 10);
  await page.mouse.up();
  await page.keyboard.up('Control');
  expect(of('openSource')).toHaveLength(2);
  expect(await selected()).toMatch(/^hash_block,/);
});

it('takes a press that moves a little for a click, and one that moves further for none', async () => {
  const page = await open();
  const { x, y } = (await frame('hash_block').boundingBox())!;
  const press = async (movedPx: number): Promise<void> => {
    await page.mouse.move(x + 20, y + 8);
    await page.mouse.down();
    await page.mouse.move(x + 20 + movedPx, y + 8);
    await page.mouse.up();
  };
  await press(5);
  expect(await page.locator('.flame [aria-selected=true]').count()).toBe(0);
  await press(3);
  expect(await selected()).toMatch(/^hash_block,/);
});

it('keeps the details where they are, cuts long names in the middle, and copies them whole', async () => {
  const page = await open({ width: 700 });
  const place = async (): Promise<unknown> => {
    const { x, y, width, height } = (await page.locator('.details').boundingBox())!;
    return { x, y, width, height };
  };
  const empty = await place();
  const name = 'compare_by_due_date_then_customer_name';
  await frame(name).hover();
  expect(await detail('.details-name').innerText()).toBe(name);
  const told = await place();
  await frame('main').hover();
  expect(await detail('.details-name').innerText()).toBe('main');
  expect([await place(), empty]).toEqual([told, told]);
  expect(await detail('thead').innerText()).toMatch(/of all/);
  await frame(name).click({ button: 'right' });
  await page.getByRole('menuitem', { name: 'Copy Name' }).click();
  await page.locator('.flame-tree').focus();
  await page.keyboard.press('Control+c');
  await expect.poll(() => of('copy').map(({ text }) => text)).toEqual([name, name]);
  // of a zoomed graph each figure says of what it is a share
  await frame('serve_requests').dblclick();
  await expect.poll(crumb).toBe('serve_requests');
  await frame('find_order').hover();
  expect(await detail('thead').innerText()).toMatch(/of all\s+of zoom/);
});

it('shows the details of what is under the pointer at once, and of the selection otherwise', async () => {
  const page = await open();
  await frame('find_order').click();
  await frame('rotate_left').hover();
  expect(await detail('.details-name').innerText()).toBe('rotate_left');
  expect(await detail('.marks').innerText()).toBe('inlined');
  expect(await detail('.link').innerText()).toBe('/build/pantry/bits.h:9');
  await page.mouse.move(3, 3);
  expect(await detail('.details-name').innerText()).toBe('find_order');
  const total = await detail('tbody tr:last-child').innerText();
  expect(total).toMatch(/^Total\s+\d+ samples\s+3\d\.\d%$/);
  await frame('serve_requests').dblclick();
  await expect.poll(crumb).toBe('serve_requests');
  await frame('find_order').hover();
  expect(await detail('tbody tr:last-child').innerText()).toMatch(/^Total\s+\d+ samples\s+3\d\.\d%\s+5\d\.\d%$/);
  await detail('.link').click();
  await expect.poll(() => of('openSource').length).toBe(1);
});

it('walks with the arrows, says where it is, and works without a mouse', async () => {
  const page = await open();
  await page.locator('.flame-tree').focus();
  await page.keyboard.press('Home');
  expect(await selected()).toMatch(/^all,/);
  const names: string[] = [];
  for (const key of ['ArrowDown', 's', 'ArrowDown', 'ArrowDown', 'ArrowRight', 'a', 'ArrowUp', 'End']) {
    await page.keyboard.press(key);
    names.push((await selected())!.split(',')[0]!);
  }
  expect(names).toEqual(['start_kernel', 'main', 'serve_requests', 'find_order', 'receive', 'find_order', 'serve_requests', 'rotate_left']);
  // the ring is where the frame is
  const [ring, box] = [(await page.locator('.ring.is-selected').boundingBox())!, (await frame('rotate_left').boundingBox())!];
  expect(Math.abs(ring.x - box.x) + Math.abs(ring.y - box.y)).toBeLessThan(4);
  expect(Math.abs(ring.width - box.width)).toBeLessThan(4);
  // and the keyboard's place is seen, as long as the graph has the keyboard
  const outline = (): Promise<string> => page.locator('.ring.is-selected').evaluate((element) => getComputedStyle(element).outlineStyle);
  expect(await outline()).toBe('solid');
  const active = await page.locator('.flame-tree').getAttribute('aria-activedescendant');
  expect(await page.locator(`#${active!}`).getAttribute('aria-label')).toBe(await selected());
  expect(await page.locator('[aria-live=polite].visually-hidden').innerText()).toMatch(
    /^rotate_left, total [\d.]+%, self [\d.]+%, \/build\/pantry\/bits\.h:9, inlined$/,
  );
  await page.keyboard.press('Control+Enter');
  await page.keyboard.press('Control+Alt+Enter');
  await expect.poll(() => of('openSource').map(({ aside }) => aside)).toEqual([false, true]);
  await page.keyboard.press('ArrowUp');
  await page.keyboard.press('Enter');
  await expect.poll(crumb).toBe('hash_block');
  await page.keyboard.press('-');
  await expect.poll(crumb).toBe('find_order');
  await page.keyboard.press('Escape');
  await expect.poll(crumb).toBe('All');
  await page.keyboard.press('Tab');
  expect(await outline()).toBe('none');
});

it('has a key for everything that is listed', async () => {
  const page = await open();
  await page.locator('.flame-tree').focus();
  const names: string[] = [];
  for (const key of ['Home', 's', 's', 's', 's', 'd', 'a', 'w']) {
    await page.keyboard.press(key);
    names.push((await selected())!.split(',')[0]!);
  }
  expect(names.slice(-4)).toEqual(['find_order', 'receive', 'find_order', 'serve_requests']);
  await page.keyboard.press('+');
  await expect.poll(crumb).toBe('serve_requests');
  await page.keyboard.press('Backspace');
  await expect.poll(crumb).toBe('main');
  await page.keyboard.press('0');
  const tab = page.getByRole('tab', { selected: true });
  for (const [key, name] of [
    ['2', 'Functions'],
    ['3', 'Hot Paths'],
    ['1', 'Flame Graph'],
  ] as const) {
    await page.keyboard.press(key);
    await expect.poll(() => tab.innerText()).toBe(name);
  }
  const filter = (): unknown => of('flame').at(-1)!.filter;
  for (const [key, wanted] of [
    ['p', { vcpu: 1 }],
    ['n', { vcpu: null }],
    ['n', { vcpu: 0 }],
    ['l', { hideLibrary: true }],
    ['r', { collapseRecursion: true }],
    ['i', { inverted: true }],
  ] as const) {
    await page.keyboard.press(key);
    await expect.poll(filter, { message: key }).toMatchObject(wanted);
  }
  await page.keyboard.press('/');
  expect(await page.evaluate(() => document.activeElement!.tagName)).toBe('VSCODE-TEXTFIELD');
});

it('has a menu, by pointer and by keyboard', async () => {
  const page = await open();
  await frame('hash_block').click({ button: 'right' });
  const menu = page.getByRole('menu');
  expect(await menu.getByRole('menuitem').allInnerTexts()).toEqual([
    expect.stringContaining('Open Source'),
    expect.stringContaining('Open Source to the Side'),
    'Open Call Site',
    expect.stringContaining('Zoom to Frame'),
    expect.stringContaining('Reset Zoom'),
    'Focus on Function',
    expect.stringContaining('Show Callers'),
    'Hide Function',
    'Hide Module',
    'Show Assembly',
    expect.stringContaining('Copy Name'),
    'Copy Stack',
    'Copy Link to Source',
  ]);
  await menu.getByText('Open Call Site').click();
  await expect.poll(() => of('openSource')[0]?.where).toBe('callSite');
  await page.locator('.flame-tree').focus();
  await page.keyboard.press('Shift+F10');
  await page.keyboard.press('End');
  await page.keyboard.press('ArrowUp');
  await page.keyboard.press('Enter');
  await expect
    .poll(() => of('copy')[0]?.text)
    .toBe(
      [
        '#0  hash_block (/build/pantry/shelves/hash.c:24)',
        '#1  find_order (/build/pantry/find.c:131)',
        '#2  serve_requests (/build/pantry/serve.c:52)',
        '#3  main (/build/pantry/main.c:88)',
        '#4  start_kernel (/build/pantry/kernel/boot.c:41)',
      ].join('\n'),
    );
  expect(await menu.isVisible()).toBe(false);
  expect(await page.locator('.flame-tree').evaluate((tree) => tree === document.activeElement)).toBe(true);
});

it('asks again when its width changes, and passes over late answers', async () => {
  const page = await open();
  const reply = { header: null, table: null };
  const stale = { type: 'flame', serial: 0, reply } as never; // older than anything asked: must not even be looked at
  await page.setViewportSize({ width: 600, height: 760 });
  await expect.poll(() => of('flame').length).toBe(2);
  expect(of('flame')[1]!.widthPx).toBeLessThan(of('flame')[0]!.widthPx);
  await view().send(stale);
  await view().send({ type: 'unheard of' } as never);
  expect(await widthOf('all')).toBeCloseTo(of('flame')[1]!.widthPx, -1);
});

it('shows a frame that the editor asks for, and tells what is selected', async () => {
  await open();
  await frame('find_order').click();
  const [{ node, fn } = {}] = of('selected');
  expect(node).toBeGreaterThan(0);
  await frame('main').click();
  expect(of('selected')).toHaveLength(2);
  await view().send({ type: 'reveal', node: node! });
  await expect.poll(selected).toMatch(/^find_order,/);
  expect(of('selected').at(-1)).toMatchObject({ type: 'selected', node, fn, filter: { states: 'all' } });
  await frame('find_order').click({ button: 'right' });
  await view().page.getByRole('menuitem', { name: 'Show Assembly' }).click();
  expect(of('assembly')).toEqual([{ type: 'assembly', fn }]);
  // it is another node where frames are hidden: said once it is known which, with the filter of whose shape it is one
  await view().page.getByRole('button', { name: 'Hide Library' }).click();
  await expect.poll(() => of('selected').at(-1)?.filter.hideLibrary).toBe(true);
  await expect.poll(selected).toMatch(/^find_order,/);
  for (const said of of('selected')) expect(said.filter.hideLibrary === true, JSON.stringify(said)).toBe(said === of('selected').at(-1));
  await view().page.getByRole('button', { name: 'Hide Library' }).click();
  await expect.poll(() => of('selected').at(-1)).toMatchObject({ node, fn });
  // Escape leaves the zoom first and then the selection, a click beside the frames the selection
  await frame('find_order').dblclick();
  await view().page.keyboard.press('Escape');
  await expect.poll(selected).toMatch(/^find_order,/);
  await view().page.keyboard.press('Escape');
  await expect.poll(() => of('selected').at(-1)).toMatchObject({ node: null, fn: null });
  await frame('find_order').click();
  await expect.poll(() => of('selected').at(-1)).toMatchObject({ node, fn });
  const tree = (await view().page.getByRole('tree', { name: 'Flame graph' }).boundingBox())!;
  await view().page.mouse.click(tree.x + tree.width / 2, tree.y + tree.height - 5);
  await expect.poll(() => of('selected').at(-1)).toMatchObject({ node: null, fn: null });
  await frame('find_order').click();
  // of a graph that is turned round, the one that is not is shown again
  await view().page.getByRole('button', { name: 'Invert' }).click();
  await expect.poll(() => of('selected').at(-1)?.node).toBeNull();
  await view().send({ type: 'reveal', node: node! });
  await expect.poll(selected).toMatch(/^find_order,/);
  await expect.poll(crumb).toBe('find_order');
});
