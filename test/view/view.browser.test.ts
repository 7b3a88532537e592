/** The view as a user has it in hand: pointer, keyboard, search, filters, a growing recording, and names that mean harm. */
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest';
import type { FromView, ViewState } from '../../extension/protocol.ts';
import { openBrowser, type Browser } from '../editor/browser.ts';
import { openView, type ViewOptions, type ViewPage } from './page.ts';
import { INFO, PAUSE, Workload } from './workload.ts';

let browser: Browser;
beforeAll(async () => (browser = await openBrowser()));
afterAll(() => browser.close());

let view: ViewPage;
afterEach(async () => {
  const { complaints } = view;
  await view.close();
  expect(complaints).toEqual([]);
});

/** `first`: a frame that is there once the view has drawn, in sight or not. */
async function open(options: Partial<ViewOptions> = {}, first = 'main'): Promise<ViewPage['page']> {
  view = await openView({ browser, profile: new Workload().grow(1980).profile, ...options });
  if (first !== '') await frame(first).waitFor();
  return view.page;
}
const frame = (name: string) => view.page.locator(`[role=treeitem][aria-label^="${name},"]`).first();
const selected = () => view.page.locator('.flame [aria-selected=true]').getAttribute('aria-label');
const crumb = () => view.page.locator('.crumb[aria-current]').innerText();
const detail = (part: string) => view.page.locator(`.details ${part}`);
const of = <Type extends FromView['type']>(type: Type) =>
  view.posted.filter((message): message is Extract<FromView, { type: Type }> => message.type === type);
const widthOf = async (name: string): Promise<number> => Number(await frame(name).locator('rect').getAttribute('width'));

it('says ready, asks with its width, and shows the header', async () => {
  const page = await open();
  expect(view.posted.slice(0, 2).map(({ type }) => type)).toEqual(['ready', 'flame']);
  const { width } = (await page.locator('.flame-tree svg').boundingBox())!;
  expect(of('flame')[0]).toMatchObject({ filter: { states: 'all', vcpu: null }, rootNode: 0, widthPx: width });
  expect(await page.locator('h1').innerText()).toBe('pantry');
  const facts = Object.fromEntries(
    await page
      .locator('.fact')
      .evaluateAll((all) => all.map((one) => [one.firstElementChild!.textContent, one.lastElementChild!.textContent])),
  ) as Record<string, string>;
  expect(facts).toMatchObject({
    Duration: '10.0 s',
    Samples: '1,980',
    Rate: '99 Hz',
    vCPUs: '2',
    Lost: '3 (0.2%)',
    'Guest pause': 'median 27.4 µs · p99 61.3 µs · 0.6% of time',
    Symbols: 'pantry.elf',
  });
});

it('draws each frame as wide as its share, and elides the middle of what does not fit', async () => {
  const page = await open();
  const all = await widthOf('all');
  const label = await frame('find_order').getAttribute('aria-label');
  const share = Number(/([\d.]+)% of all/.exec(label!)![1]) / 100;
  expect((await widthOf('find_order')) / all).toBeCloseTo(share, 2);
  expect(await frame('longest_match').locator('.d3-flame-graph-label').innerText()).toMatch(/^\w+…\w+$/);
  expect(await page.locator('.flame title').count()).toBe(0);
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
});

it('Ctrl+click opens the source, with Alt to the side, and a drag opens and selects nothing', async () => {
  const page = await open();
  await frame('hash_block').click({ modifiers: ['Control'] });
  await frame('hash_block').click({ modifiers: ['Control', 'Alt'] });
  const node = Number(await frame('hash_block').getAttribute('data-node'));
  await expect
    .poll(() => of('openSource'))
    .toEqual([
      { type: 'openSource', node, where: 'hottest', aside: false },
      { type: 'openSource', node, where: 'hottest', aside: true },
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
});

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
    'Copy Name',
    'Copy Stack',
  ]);
  await menu.getByText('Open Call Site').click();
  await expect.poll(() => of('openSource')[0]?.where).toBe('callSite');
  await page.locator('.flame-tree').focus();
  await page.keyboard.press('Shift+F10');
  await page.keyboard.press('End');
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
  expect(await page.evaluate(() => document.activeElement!.className)).toBe('flame-tree');
});

it('searches plain text, with case, and with expressions; steps; shows a bad one and throws nothing', async () => {
  const page = await open();
  await page.keyboard.press('Control+f');
  await page.keyboard.type('HASH_B');
  const found = page.locator('.found');
  expect(await found.innerText()).toMatch(/^1 frame · 3\d\.\d% of all$/);
  expect(await page.locator('.frame.is-match').count()).toBe(1);
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
  expect(await page.locator('.frame.is-match').count()).toBe(0);
  await page.keyboard.press('Escape');
  expect(await page.evaluate(() => document.activeElement!.className)).toBe('flame-tree');
});

it('filters by state and vCPU, says when nothing is left, and goes back', async () => {
  const page = await open();
  await page.getByRole('radio', { name: 'Blocked' }).click();
  await expect.poll(() => frame('find_order').count()).toBe(0);
  expect(of('flame').at(-1)!.filter).toEqual({ states: 'blocked', vcpu: null });
  await page.locator('vscode-single-select').click();
  await page.locator('vscode-single-select').getByRole('option', { name: 'vCPU 1' }).click();
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

it('waits for the first samples, then grows under the hand without moving it', async () => {
  const work = new Workload(true);
  const page = await open({ profile: work.profile, height: 420 }, '');
  await page.getByText('Waiting for the first samples…').waitFor();
  work.grow(400);
  await view.pushGrowth();
  await frame('find_order').waitFor();
  await page.locator('.flame').evaluate((element) => (element.scrollTop = 30));
  await frame('serve_requests').dblclick();
  await expect.poll(crumb).toBe('serve_requests');
  await frame('hash_block').click();
  const before = {
    top: await page.locator('.flame').evaluate((element) => element.scrollTop),
    element: await frame('hash_block').elementHandle(),
  };
  for (let i = 0; i < 5; i++) {
    work.grow(400);
    await view.pushGrowth();
    await view.send({ type: 'status', status: { elapsedMs: 1000 * (i + 1), samples: 400 * (i + 2), lost: 0, missed: 0, pause: PAUSE } });
  }
  await expect.poll(() => page.locator('[data-fact=Samples] dd').innerText()).toBe('2,400');
  expect(await page.locator('[data-fact=Duration] dd').innerText()).toBe('5.0 s');
  expect(await crumb()).toBe('serve_requests');
  expect(await selected()).toMatch(/^hash_block,/);
  expect(await page.locator('.flame').evaluate((element) => element.scrollTop)).toBe(before.top);
  expect(await before.element.evaluate((element) => element.isConnected && element.getAttribute('aria-selected'))).toBe('true');
  expect(await page.evaluate(() => document.activeElement!.className)).toBe('flame-tree');
  await view.screenshot('recording');
}, 90_000);

it('Stop, Cancel, then Again and Save', async () => {
  const work = new Workload(true).grow(300);
  const page = await open({ profile: work.profile });
  await page.locator('vscode-button', { hasText: 'Stop' }).click();
  await expect.poll(() => of('command')).toEqual([{ type: 'command', command: 'stop' }]);
  expect(await page.locator('vscode-button', { hasText: 'Cancel' }).getAttribute('disabled')).not.toBeNull();
  const status = { elapsedMs: 3000, samples: 300, lost: 0, missed: 0, pause: PAUSE };
  await view.send({
    type: 'recordingEnded',
    end: { reason: 'guest-gone', status, message: 'pantry shut down: what was collected is kept' },
  });
  await page.locator('vscode-button', { hasText: 'Again' }).click();
  await page.locator('vscode-button', { hasText: 'Save' }).click();
  await expect.poll(() => of('command').map(({ command }) => command)).toEqual(['stop', 'again', 'save']);
  expect(await page.locator('.banner').innerText()).toContain('pantry shut down');
});

it('warns in sight, with what to do', async () => {
  const { profile } = new Workload().grow(50);
  profile.facts.warnings.push('pantry has no symbols: addresses are shown');
  const page = await open({ profile });
  await page.locator('.banner vscode-button', { hasText: 'Choose Symbols' }).click();
  await page.locator('.banner vscode-button', { hasText: 'Show Log' }).click();
  await view.send({ type: 'error', message: 'find.c was not found: set ringside.sourceMap' });
  await page.locator('.banner.is-error').waitFor();
  await view.screenshot('warning');
  await page.getByRole('button', { name: 'Dismiss' }).click();
  expect(await page.locator('.banner').count()).toBe(1);
  await expect.poll(() => of('command').map(({ command }) => command)).toEqual(['chooseSymbols', 'showLog']);
});

it('says that the symbols are not the guest’s, and lets one insist on them', async () => {
  const { profile } = new Workload().grow(50);
  profile.facts.proof = { verdict: 'mismatch', detail: 'none of 3 sampled pages of its text are in that file (not 0x103000)' };
  profile.facts.warnings.push(
    'The guest does not run pantry.elf: names are withheld',
    'No line numbers: pantry.elf has no debug information',
  );
  const page = await open({ profile });
  expect(await page.locator('[data-fact="Symbols"] dd').innerText()).toBe('pantry.elf · not the guest’s');
  expect(await page.locator('[data-fact="Symbols"]').getAttribute('title')).toContain('not 0x103000');
  expect(await page.locator('.banner').count()).toBe(2);
  await view.screenshot('mismatch');
  const insist = page.locator('vscode-button', { hasText: 'Use These Symbols Anyway' });
  await insist.click();
  await expect.poll(() => of('command').map(({ command }) => command)).toEqual(['trustSymbols']);
  profile.facts.proof = { ...profile.facts.proof, trusted: true };
  await view.pushGrowth();
  await expect.poll(() => insist.count()).toBe(0);
});

it('hot paths: opens, walks, opens source, and leads into the graph', async () => {
  const page = await open();
  await page.keyboard.press('2');
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

it('comes back as it was after a reload', async () => {
  const page = await open();
  await page.getByRole('button', { name: 'Root at Bottom' }).click();
  await frame('serve_requests').dblclick();
  await expect.poll(crumb).toBe('serve_requests');
  await page.keyboard.press('Control+f');
  await page.keyboard.type('hash');
  await expect.poll(async () => (await view.kept())?.search).toBe('hash');
  const kept = (await view.kept())!;
  await page.reload();
  await expect.poll(crumb).toBe('serve_requests');
  expect(await page.locator('.frame.is-match').count()).toBeGreaterThan(0);
  const [root, top] = [(await frame('all').boundingBox())!.y, (await frame('hash_block').boundingBox())!.y];
  expect(root).toBeGreaterThan(top);
  expect(await view.kept()).toEqual(kept);
  await view.screenshot('flipped');
});

it('takes a kept node that the profile does not know for the root, and a malformed state for none', async () => {
  await open({
    state: { rootNode: 999_999, selectedNode: 'x', tab: 'nonsense', filter: 7 } satisfies
      Record<keyof Partial<ViewState>, unknown> | object,
  });
  expect(await crumb()).toBe('All');
  await expect.poll(async () => (await view.kept())?.rootNode).toBe(0);
});

it('asks again when its width changes, and passes over late answers', async () => {
  const page = await open();
  const reply = { header: null, table: null };
  const stale = { type: 'flame', serial: 0, reply } as never; // older than anything asked: must not even be looked at
  await page.setViewportSize({ width: 600, height: 760 });
  await expect.poll(() => of('flame').length).toBe(2);
  expect(of('flame')[1]!.widthPx).toBeLessThan(of('flame')[0]!.widthPx);
  await view.send(stale);
  await view.send({ type: 'unheard of' } as never);
  expect(await widthOf('all')).toBeCloseTo(of('flame')[1]!.widthPx, -1);
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
  await page.keyboard.press('2');
  await page.locator('.paths .row').nth(5).waitFor();
  expect(await page.locator('img').count()).toBe(0);
  expect(await page.locator('body').innerText()).toContain('evil‹U+202E›reversed');
  expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(900);
  await view.screenshot('hostile');
});

it('lists its keys and closes the list', async () => {
  const page = await open();
  await page.keyboard.press('?');
  const list = page.getByRole('dialog', { name: 'Keyboard and mouse' });
  expect(await list.locator('dt').count()).toBeGreaterThan(15);
  await view.screenshot('keys');
  await page.keyboard.press('Escape');
  expect(await list.isVisible()).toBe(false);
});
