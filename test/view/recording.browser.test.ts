/** The header, a growing recording, and what is said of both. */
import { expect, it } from 'vitest';
import { openProfile } from '../../extension/engine/formats/open.ts';
import { Session } from '../../extension/engine/session.ts';
import type { Ask } from '../../extension/host/flamegraph/conversation.ts';
import type { FlameReply } from '../../extension/protocol.ts';
import { useView } from './user.ts';
import { PAUSE, Workload } from './workload.ts';

const { open, view, frame, selected, crumb, of } = useView();

it('says ready, asks with its width, and shows the header', async () => {
  const page = await open();
  expect(
    view()
      .posted.slice(0, 2)
      .map(({ type }) => type),
  ).toEqual(['ready', 'flame']);
  const { width } = (await page.locator('.flame-canvas').boundingBox())!;
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
    'On CPU': expect.stringMatching(/^6\d\.\d%$/) as string,
    Unresolved: expect.stringMatching(/^\d\.\d%$/) as string,
    Lost: '3 (0.2%)',
    'Guest pause': 'median 27.4 µs · p99 61.3 µs · 0.6% of time',
    Symbols: 'pantry.elf',
  });
});

it('says of another tool’s file what it knows, and nothing that it does not', async () => {
  const page = await open({ profile: openProfile(Buffer.from('main;outer;inner 30\nmain;outer 10\n'), 'tool.folded') });
  expect(await page.locator('h1').innerText()).toBe('tool.folded');
  // two stacks, which stand for 40 samples
  expect(await page.locator('.fact:visible').allInnerTexts()).toEqual([
    expect.stringMatching(/^Samples\s+40$/),
    expect.stringMatching(/^Unresolved\s+0%$/),
    expect.stringMatching(/^Symbols\s+from the file$/),
  ]);
  expect(await page.getByRole('button', { name: 'Hide Idle' }).isVisible()).toBe(false);
  await frame('inner').hover();
  await expect.poll(() => page.locator('.details tbody tr:last-child').innerText()).toMatch(/^Total\s+30 samples\s+75\.0%$/);
});

it('waits for the first samples, then grows under the hand without moving it', async () => {
  const work = new Workload(true);
  const page = await open({ profile: work.profile, height: 420 }, '');
  await page.getByText('Waiting for the first samples…').waitFor();
  work.grow(400);
  await view().pushGrowth();
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
    await view().pushGrowth();
    await view().send({ type: 'status', status: { elapsedMs: 1000 * (i + 1), samples: 400 * (i + 2), lost: 0, missed: 0, pause: PAUSE } });
  }
  await expect.poll(() => page.locator('[data-fact=Samples] dd').innerText()).toBe('2,400');
  expect(await page.locator('[data-fact=Duration] dd').innerText()).toBe('5.0 s');
  expect(await crumb()).toBe('serve_requests');
  expect(await selected()).toMatch(/^hash_block,/);
  expect(await page.locator('.flame').evaluate((element) => element.scrollTop)).toBe(before.top);
  expect(await before.element.evaluate((element) => element.isConnected && element.getAttribute('aria-selected'))).toBe('true');
  expect(await page.locator('.flame-tree').evaluate((tree) => tree === document.activeElement)).toBe(true);
  await view().screenshot('recording');
}, 90_000);

it('draws a capture from what has been read of it, says how much, and can be stopped', async () => {
  const session = new Session();
  const { profile } = new Workload().grow(300);
  let share = 0.25;
  session.put('part', profile);
  const ask: Ask = async (method, params) => {
    const reply = await session.answers[method](params);
    // Simulated: the engine is not done yet.
    if (method === 'ringside/flame' && share < 1) Object.assign((reply as FlameReply).header, { loading: share });
    return reply;
  };
  const page = await open({ profile: { shown: { id: 'part', kind: 'profile' }, ask } });
  const reading = page.locator('.reading');
  expect(await reading.innerText()).toBe('25.0% read');
  expect(await page.locator('.head vscode-button').allInnerTexts()).toEqual(['Cancel']);
  await view().send({ type: 'opening', stage: 'parsing', done: 40, total: 100 });
  await expect.poll(() => reading.innerText()).toBe('40.0% read');
  await view().screenshot('reading');
  await page.locator('.head vscode-button', { hasText: 'Cancel' }).click();
  await expect.poll(() => of('command')[0]?.command).toBe('cancel');
  share = 1;
  await view().pushGrowth();
  await expect.poll(() => reading.isVisible()).toBe(false);
  await page.locator('.head vscode-button', { hasText: 'Save' }).waitFor();
});

it('Stop, Cancel, then Again and Save', async () => {
  const work = new Workload(true).grow(300);
  const page = await open({ profile: work.profile });
  await page.locator('vscode-button', { hasText: 'Stop' }).click();
  await expect.poll(() => of('command')).toEqual([{ type: 'command', command: 'stop', filter: { states: 'all', vcpu: null } }]);
  expect(await page.locator('.head vscode-button', { hasText: 'Cancel' }).getAttribute('disabled')).not.toBeNull();
  const status = { elapsedMs: 3000, samples: 300, lost: 0, missed: 0, pause: PAUSE };
  await view().send({
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
  await view().send({ type: 'error', message: 'find.c was not found: set ringside.sourceMap' });
  await page.locator('.banner.is-error').waitFor();
  await view().screenshot('warning');
  await page.getByRole('button', { name: 'Dismiss' }).click();
  expect(await page.locator('.banner').count()).toBe(1);
  await expect.poll(() => of('command').map(({ command }) => command)).toEqual(['chooseSymbols', 'showLog']);
});

it('names a capture that cannot be opened, says why, and offers the log once', async () => {
  const refused = {
    shown: { id: 'refused', kind: 'profile' } as const,
    ask: () => Promise.reject(new Error('night.pb.gz is cut off at byte 4096')),
  };
  const page = await open({ profile: refused }, '');
  await view().send({ type: 'named', title: 'night.pb.gz' });
  await page.getByText('The profile cannot be shown').waitFor();
  expect(await page.getByRole('heading', { level: 1 }).innerText()).toBe('night.pb.gz');
  expect(await page.locator('.banner.is-error').innerText()).toContain('cut off at byte 4096');
  expect(await page.locator('vscode-button:visible', { hasText: 'Show Log' }).count()).toBe(1);
  expect(await page.getByRole('button', { name: 'Dismiss' }).count()).toBe(0);
  await view().screenshot('refused');
});

it('says only that symbols are not checked where there is no file of theirs to name', async () => {
  const { profile } = new Workload().grow(50);
  profile.facts.symbols = '';
  profile.facts.proof = { verdict: 'unchecked', detail: 'no text of the guest was read' };
  const page = await open({ profile });
  expect(await page.locator('[data-fact="Symbols"] dd').innerText()).toBe('not checked');
  expect(await page.locator('[data-fact="Symbols"]').getAttribute('title')).toBe('no text of the guest was read');
});

it('says that the symbols are not the guest’s, and lets one insist on them', async () => {
  const { profile } = new Workload().grow(50);
  profile.facts.proof = {
    verdict: 'mismatch',
    detail: 'none of 3 sampled pages of its text are in that file (the one at 0x103000 is not)',
  };
  profile.facts.warnings.push(
    'The guest does not run pantry.elf: names are withheld',
    'No line numbers: pantry.elf has no debug information',
  );
  const page = await open({ profile });
  expect(await page.locator('[data-fact="Symbols"] dd').innerText()).toBe('pantry.elf · not the guest’s');
  expect(await page.locator('[data-fact="Symbols"]').getAttribute('title')).toContain('the one at 0x103000 is not');
  expect(await page.locator('.banner').count()).toBe(2);
  await view().screenshot('mismatch');
  const insist = page.locator('vscode-button', { hasText: 'Use These Symbols Anyway' });
  await insist.click();
  await expect.poll(() => of('command').map(({ command }) => command)).toEqual(['trustSymbols']);
  profile.facts.proof = { ...profile.facts.proof, trusted: true };
  await view().pushGrowth();
  await expect.poll(() => insist.count()).toBe(0);
});
