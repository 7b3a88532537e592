/** The main job as a user walks it: a real VS Code, a real Xen, a real guest that says itself where its time goes. */
import { execFile } from 'node:child_process';
import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import type { Locator } from 'playwright-core';
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest';
import { shares } from '../rig/account.ts';
import { builtGuests, pantrySources } from '../rig/guests.ts';
import { startRig, type Rig } from '../rig/rig.ts';
import { openBrowser, type Browser } from './browser.ts';
import { startEditor, type Editor } from './editor.ts';
import { flameView, type FlameView } from './flameView.ts';
import { openSource, openSourceOf, startProfiling } from './profiling.ts';
import { rigSettings } from './settings.ts';
import { workbench, type Workbench } from './workbench.ts';

const root = path.resolve(import.meta.dirname, '../..');
const minutes = 60_000;
/** How far a share may be from what the guest says of itself, of 1. */
const tolerance = 0.1;

let rig: Rig;
let editor: Editor;
let browser: Browser;
let user: Workbench;
/** Ends what was started, the latest first, also where starting the rest failed. */
const running: (() => Promise<void>)[] = [];

beforeAll(async () => {
  rig = await startRig();
  running.push(() => rig.stop());
  await rig.createGuest('pantry');
  editor = await startEditor({ workspace: pantrySources, vsix: path.join(root, 'artifacts/ringside.vsix'), settings: rigSettings(rig) });
  running.push(() => editor.stop());
  browser = await openBrowser();
  running.push(() => browser.close());
  user = workbench(browser.page);
  await user.open(editor);
}, 10 * minutes);

afterEach(async ({ task }) => {
  if (task.result?.state === 'fail') {
    await user.screenshot(`failed-${task.name.replaceAll(/\W+/g, '-')}`);
    console.log(await editor.log());
  }
  await user.command('View: Close All Editors');
  await user.command('Notifications: Clear All Notifications');
});

afterAll(async () => {
  for (const end of running.reverse()) await end();
});

it('shows a guest’s own functions at their true share, and leads from a frame to its line', async () => {
  const [before] = await rig.account('pantry');
  const view = await startProfiling(user, 'pantry');
  const early = { samples: await view.samples(), frames: Object.keys(await view.shares()).length };
  expect(early.frames).toBeGreaterThan(0);
  await expect.poll(() => view.samples(), { timeout: 30_000 }).toBeGreaterThan(early.samples + 20);
  expect(await user.notification('Recording pantry').count(), 'still recording').toBe(1);
  expect(Object.keys(await view.shares()).length).toBeGreaterThanOrEqual(early.frames);
  await user.screenshot('profile-recording');
  await view.ended(2 * minutes);
  const [after] = await rig.account('pantry');

  const truth = shares(before!, after!);
  expectShares(await view.shares(), truth);
  expect(await view.banner.innerText()).toBe('');

  // The line of a caller is the call; the line of a leaf is in its body.
  const caller = await lineUnder(view, 'sort_answers');
  expect(caller.file).toBe('main.c');
  expect(caller.text).toContain('sort_shelves(');
  await user.screenshot('profile-source');
  const leaf = await lineUnder(view, 'match_length');
  expect(leaf.file).toBe('compress.c');
  expect(leaf.text).toMatch(/while \(|length\+\+|return length|match_length/);
  expect(await view.tree.isVisible()).toBe(true);
  expect((await view.tree.boundingBox())!.width).toBeGreaterThan(300);

  const capture = await saveCapture();
  expectShares(await reportedShares(capture), truth);
  const samples = await view.samples();
  await user.command('View: Close All Editors');
  await user.openFile('compress.c');
  await user.treeRow(path.basename(capture)).dblclick();
  const reopened = flameView(user.webview());
  await expect.poll(() => reopened.samples(), { timeout: 30_000 }).toBe(samples);
  expectShares(await reopened.shares(), truth);
  await user.screenshot('profile-reopened');

  await user.openFile('compress.c');
  const hover = await user.hover('match_length');
  expect(await hover.innerText()).toMatch(/\d+(\.\d+)?\s?%/);
  await user.screenshot('profile-hover');

  // each line says what it costs, and says that it may be wrong once the file is edited
  const costs = (): Promise<string[]> => user.page.locator('.monaco-editor .view-line', { hasText: /\d\.\d.%/ }).allInnerTexts();
  await expect.poll(costs, { timeout: 30_000 }).toContainEqual(expect.stringMatching(/while.*\d\.\d.%/));
  await user.page.keyboard.press('Escape');
  await user.command('Unikernel: Next Hot Line');
  await user.screenshot('profile-line-heat');
  await user.page.keyboard.type(' ');
  await expect.poll(costs, { timeout: 30_000 }).toContainEqual(expect.stringContaining('≈'));
  await user.page.keyboard.press('Control+z');
  await user.command('File: Revert File');
});

it('leads through the source: hottest lines, the walk along the hot path, and the assembly', async () => {
  await editor.configure(rigSettings(rig));
  const [before] = await rig.account('pantry');
  const view = await startProfiling(user, 'pantry');
  await view.ended(2 * minutes);
  const [after] = await rig.account('pantry');
  const truth = shares(before!, after!);
  const served = (await sourceLines('main.c')).join('\n').split('void serve_batch(')[1]!.split('\n}\n')[0]!;
  const [hottest] = Object.entries(truth)
    .filter(([name]) => served.includes(`${name}(`))
    .sort(([, a], [, b]) => b - a)[0]!;

  // one call site after another, each of which calls the next step
  await user.command('Focus on Hot Path View');
  const rows = user.page.locator('.sidebar .pane', { hasText: 'Hot Path' }).locator('[role=treeitem]');
  await expect.poll(() => rows.count(), { timeout: 30_000 }).toBeGreaterThan(3);
  const steps = (await rows.evaluateAll((all) => all.map((row) => row.getAttribute('aria-label') ?? ''))).map(parseStep);
  expect(steps.map(({ name }) => name)).toContain(hottest);
  expect(Math.abs(steps.find(({ name }) => name === hottest)!.share - truth[hottest]!)).toBeLessThanOrEqual(tolerance);
  const walked = steps.slice(0, 8); // of a recursion the rest is the same again
  for (const [at, { name, file, line }] of walked.entries()) {
    await user.page.keyboard.press('Control+Alt+PageDown');
    await expect.poll(() => openSource(user), { timeout: 30_000, message: name }).toEqual({ file, line });
    const next = steps[at + 1];
    if (next) expect((await sourceLines(file))[line - 1], `${name} calls ${next.name}`).toMatch(new RegExp(`\\b${next.name}\\b`));
  }
  await user.screenshot('source-walk');
  await user.page.keyboard.press('Control+Alt+PageUp');
  const above = walked.at(-2)!;
  await expect.poll(() => openSource(user), { timeout: 30_000 }).toEqual({ file: above.file, line: above.line });

  // of the calls in serve_batch, that of the function which the guest itself says takes longest carries the highest figure
  await user.openFile('main.c');
  await user.command('View: Focus Active Editor Group');
  await user.goTo((await sourceLines('main.c')).findIndex((text) => text.includes('void serve_batch(')) + 5, 1);
  const costs = async (): Promise<Record<string, number>> => {
    const texts = await user.page.locator('.monaco-editor .view-line', { hasText: /\d\.\d.%/ }).allInnerTexts();
    const found = texts.flatMap((text) => [...text.matchAll(/(\w+)\((?:noise)?\);.*?(\d+\.\d).%/g)]);
    return Object.fromEntries(found.map(([, name, percent]) => [name!, Number(percent)]));
  };
  await expect.poll(async () => Object.keys(await costs()), { timeout: 30_000 }).toContain(hottest);
  expect(Object.entries(await costs()).sort(([, a], [, b]) => b - a)[0]![0]).toBe(hottest);
  await user.command('View: Show Explorer');
  await expect.poll(() => badgeOf('compress.c'), { timeout: 30_000 }).toMatch(/\d/);

  await user.command('Unikernel: Go to Hottest Line');
  await expect.poll(async () => (await openSource(user))?.file, { timeout: 30_000 }).not.toBe('main.c');
  const stood = (await openSource(user))!;
  await user.command('Unikernel: Show Assembly');
  await user.activeTab('.profiled.s').waitFor({ timeout: 60_000 });
  const shown = user.page.locator('.editor-group-container.active .monaco-editor .view-line');
  const instructions = async (): Promise<string[]> =>
    (await shown.allInnerTexts()).flatMap((text) => /([0-9a-f]+): {2}(.*)$/.exec(text.replaceAll('\u00a0', ' '))?.slice(1).join(' ') ?? []);
  await expect.poll(async () => (await instructions()).length, { timeout: 30_000 }).toBeGreaterThan(5);
  const { stdout } = await promisify(execFile)('objdump', ['-dw', '-z', '--no-show-raw-insn', path.join(await builtGuests(), 'pantry')]);
  const theirs = new Set(
    [...stdout.matchAll(/^\s*([0-9a-f]+):\t(.*)$/gm)].map(([, address, text]) => `${address} ${text!.replaceAll('\t', ' ').trimEnd()}`),
  );
  expect((await instructions()).filter((each) => !theirs.has(each))).toEqual([]);
  await user.screenshot('source-assembly');
  // in step: the cursor stands on the hottest instruction, whose line is marked in the source
  const heading = (await rowsAbove(shown)).findLast((text) => text.startsWith('; '))!;
  // of an inlined body, whose line may be in another file, the call site
  const [, made] = [...heading.matchAll(/(\S+):(\d+)/g)]
    .map(([, file, line]) => [file, Number(line)] as const)
    .find(([file]) => file === stood.file)!;
  await expect.poll(() => markedLines('.editor-group-container:not(.active)'), { timeout: 15_000, message: heading }).toContain(made);

  // nothing stays when the profile is closed
  await user.command('View: Close All Editors');
  await user.openFile('main.c');
  await user.goTo((await sourceLines('main.c')).findIndex((text) => text.includes('void serve_batch(')) + 5, 1);
  await expect.poll(costs, { timeout: 30_000 }).toEqual({});
  await expect.poll(() => badgeOf('compress.c'), { timeout: 30_000 }).toBe('');
  expect(await user.activeTab('.profiled.s').count()).toBe(0);
});

it('keeps what was collected on Stop, drops it on Cancel, and ends the remote process', async () => {
  await editor.configure(rigSettings(rig, { 'ringside.durationSeconds': 0 }));
  const stopped = await startProfiling(user, 'pantry');
  await user.command('Unikernel: Stop');
  await stopped.ended(minutes);
  const kept = await stopped.samples();
  expect(kept).toBeGreaterThan(0);
  await expect.poll(agents, { timeout: 15_000 }).toEqual([]);
  await user.command('View: Close All Editors');

  await startProfiling(user, 'pantry');
  await user.command('Unikernel: Cancel');
  await expect.poll(() => user.page.locator('iframe.webview.ready:visible').count(), { timeout: 30_000 }).toBe(0);
  await expect.poll(agents, { timeout: 15_000 }).toEqual([]);
  expect(await pausedGuests()).toEqual([]);

  await editor.configure(rigSettings(rig, { 'ringside.durationSeconds': 2 }));
  await user.command('Unikernel: Profile Again');
  await expect.poll(() => user.notification('Recording pantry').count(), { timeout: 30_000 }).toBe(1);
  await user.command('Unikernel: Stop');
});

it('records two guests at once, and stops the one that is asked for', async () => {
  await editor.configure(rigSettings(rig, { 'ringside.durationSeconds': 0 }));
  await rig.createGuest('pantry', { name: 'larder' });
  try {
    await user.command('Unikernel: Profile Guest');
    await user.choose('Several guests at once');
    for (const guest of ['pantry', 'larder']) await user.choose(guest);
    await user.screenshot('several-guests');
    await user.page.keyboard.press('Enter');
    const samplesOf = async (guest: string): Promise<number> =>
      Number(/(\d+) samples/.exec((await user.status(`${guest} `).allInnerTexts()).join())?.[1] ?? 0);
    for (const guest of ['pantry', 'larder']) await expect.poll(() => samplesOf(guest), { timeout: 60_000 }).toBeGreaterThan(20);
    await user.screenshot('several-recording');
    await user.command('Unikernel: Stop');
    await user.choose('larder');
    await expect.poll(() => user.notification('Recording larder').count(), { timeout: 30_000 }).toBe(0);
    const before = await samplesOf('pantry');
    await expect.poll(() => samplesOf('pantry'), { timeout: 30_000 }).toBeGreaterThan(before);
    await user.command('Unikernel: Stop');
    await expect.poll(agents, { timeout: 30_000 }).toEqual([]);
    for (const guest of ['pantry', 'larder']) {
      await user.page.locator('.tab', { hasText: new RegExp(`^${guest} \\d`) }).click();
      const view = flameView(user.webview());
      await view.ended(minutes);
      expect(Object.keys(await view.shares())).toContain('serve_batch');
    }
    expect(await pausedGuests()).toEqual([]);
  } finally {
    await rig.ssh('xl destroy larder');
  }
});

it('records a guest without symbols as addresses, and says so', async () => {
  await editor.configure(rigSettings(rig, { 'ringside.durationSeconds': 3 }));
  await rig.createGuest('pantry', { name: 'larder', kernel: '/root/pantry.stripped' });
  try {
    await user.command('Unikernel: Profile Guest');
    await user.choose('larder');
    await user.choose('Record addresses without names');
    const view = flameView(user.webview());
    await view.ended(minutes);
    expect(await view.samples()).toBeGreaterThan(20);
    expect(Object.keys(await view.shares()).filter((name) => /^0x[0-9a-f]+$/.test(name)).length).toBeGreaterThan(3);
    expect(await view.banner.innerText()).toMatch(/symbols|stripped/i);
    await user.screenshot('no-symbols');
  } finally {
    await rig.ssh('xl destroy larder');
  }
});

it('finds the names of a stripped kernel in a folder of the user’s debug files', async () => {
  const debugFiles = path.join(await builtGuests(), 'debug');
  await editor.configure(rigSettings(rig, { 'ringside.durationSeconds': 3, 'ringside.debugFileDirectories': [debugFiles] }));
  await rig.createGuest('pantry', { name: 'larder', kernel: '/root/pantry-linked' });
  try {
    const view = await startProfiling(user, 'larder');
    await view.ended(minutes);
    expect(Object.keys(await view.shares())).toContain('serve_batch');
    expect((await openSourceOf(user, view, 'serve_batch')).file).toBe('main.c');
  } finally {
    await rig.ssh('xl destroy larder');
  }
});

it('keeps what was collected of a guest that is destroyed while it is recorded', async () => {
  await editor.configure(rigSettings(rig, { 'ringside.durationSeconds': 60 }));
  await rig.createGuest('pantry', { name: 'brief' });
  const view = await startProfiling(user, 'brief');
  await expect.poll(() => view.samples(), { timeout: 30_000 }).toBeGreaterThan(20);
  await rig.ssh('xl destroy brief');
  await user.notification(/brief.*kept/s).waitFor({ timeout: 30_000 });
  await user.screenshot('guest-destroyed');
  await view.ended(minutes);
  expect(await view.samples()).toBeGreaterThan(20);
  expect(Object.keys(await view.shares())).toContain('serve_batch');
  expect(await reportedShares(await saveCapture())).toHaveProperty('serve_batch');
});

it('names a host that cannot be reached, and the next step', async () => {
  await editor.configure({ ...rigSettings(rig), 'ringside.hosts': [{ name: 'cellar', destination: 'ssh://root@127.0.0.1:1' }] });
  await user.command('Unikernel: Profile Guest');
  const told = user.notification(/127\.0\.0\.1/);
  await told.waitFor({ timeout: 60_000 });
  await user.screenshot('bad-host');
  expect(await told.innerText()).toMatch(/refuses/i);
  expect(await told.getByRole('button', { name: 'Show Log' }).count()).toBe(1);
});

// Last: it takes the extension host away.
it('leaves no guest paused when the extension host is killed in mid recording', async () => {
  await editor.configure(rigSettings(rig, { 'ringside.durationSeconds': 0, 'ringside.rateHz': 997 }));
  const view = await startProfiling(user, 'pantry');
  await expect.poll(() => view.samples(), { timeout: 30_000 }).toBeGreaterThan(20);
  expect(await agents()).not.toEqual([]);
  const [host] = await editor.extensionHosts();
  process.kill(host!, 'SIGKILL');
  await expect.poll(agents, { timeout: 30_000 }).toEqual([]);
  for (let look = 0; look < 5; look++) expect(await pausedGuests()).toEqual([]);
  const total = async (): Promise<number> => Object.values((await rig.account('pantry'))[0]!).reduce((sum, ms) => sum + ms, 0);
  const before = await total();
  await expect.poll(total, { timeout: 10_000 }).toBeGreaterThan(before);
});

function expectShares(seen: Record<string, number>, truth: Record<string, number>): void {
  const told = Object.entries(truth).filter(([, share]) => share >= 0.03);
  expect(told.length).toBeGreaterThan(3);
  for (const [name, share] of told) {
    const difference = Math.abs((seen[name] ?? 0) - share);
    expect(difference, `${name}: ${share} by the guest's own account, ${seen[name] ?? 'nothing'} seen`).toBeLessThanOrEqual(tolerance);
  }
}

/** `serve_batch, 61.2 % · main.c:64`. */
function parseStep(label: string): { name: string; share: number; file: string; line: number } {
  const [, name, percent, file, line] = /^(\S+), (\d+\.\d) % · (\S+):(\d+)/.exec(label) ?? [];
  if (name === undefined) throw new Error(`a step without a name, a share or a line: ${JSON.stringify(label)}`);
  return { name, share: Number(percent) / 100, file: file!, line: Number(line) };
}

/** The rows of a code editor from the first in sight to that of the cursor. */
async function rowsAbove(lines: Locator): Promise<string[]> {
  const texts = await lines.evaluateAll((rows) => {
    const top = (element: Element): number => element.getBoundingClientRect().top;
    const cursor = rows[0]?.closest('.monaco-editor')?.querySelector('.cursor');
    const above = [...rows].filter((row) => cursor && top(row) <= top(cursor) + 2).sort((a, b) => top(a) - top(b));
    return above.map((row) => row.textContent);
  });
  return texts.map((text) => text.replaceAll('\u00a0', ' '));
}

/** Numbers of the lines that the other editor's cursor stands for: they have a border of three pixels. */
async function markedLines(group: string): Promise<number[]> {
  return user.page.locator(`${group} .monaco-editor`).evaluateAll((editors) =>
    editors.flatMap((editor) => {
      const top = (element: Element): number => Math.round(element.getBoundingClientRect().top);
      const marks = [...editor.querySelectorAll('.view-overlays .cdr')].filter((each) => getComputedStyle(each).borderLeftWidth === '3px');
      const tops = new Set(marks.map(top));
      return [...editor.querySelectorAll('.line-numbers')].filter((each) => tops.has(top(each))).map((each) => Number(each.textContent));
    }),
  );
}

/** What a file of the explorer is badged with: the editor draws it by a style sheet. */
async function badgeOf(file: string): Promise<string> {
  return user
    .treeRow(file)
    .first()
    .evaluate((row) => {
      const badges = [...row.querySelectorAll('[class*=itemBadge]')].map((each) => getComputedStyle(each, '::after').content);
      return badges.map((content) => content.replaceAll(/["']|none|normal/g, '')).join('');
    });
}

async function sourceLines(file: string): Promise<string[]> {
  return (await readFile(path.join(pantrySources, file), 'utf8')).split('\n');
}

async function lineUnder(view: FlameView, name: string): Promise<{ file: string; text: string }> {
  const { file, line } = await openSourceOf(user, view, name);
  return { file, text: (await sourceLines(file))[line - 1] ?? '' };
}

/** Saves the active profile where it is proposed. */
async function saveCapture(): Promise<string> {
  const captures = async (): Promise<string[]> => (await readdir(editor.workspace)).filter((name) => name.endsWith('.pb.gz'));
  const before = await captures();
  await user.command('Unikernel: Save Capture');
  await user.acceptProposal(/\.pb\.gz$/);
  let saved: string[] = [];
  await expect.poll(async () => (saved = (await captures()).filter((name) => !before.includes(name))), { timeout: 30_000 }).toHaveLength(1);
  return path.join(editor.workspace, saved[0]!);
}

async function reportedShares(capture: string): Promise<Record<string, number>> {
  const { stdout } = await promisify(execFile)(process.execPath, [
    path.join(root, 'dist/ringside.cjs'),
    'report',
    capture,
    '--format',
    'json',
  ]);
  const { grandTotal, functions } = JSON.parse(stdout) as { grandTotal: number; functions: { name: string; total: number }[] };
  return Object.fromEntries(functions.map(({ name, total }) => [name, total / grandTotal]));
}

/** Process ids of the agent and its watchdog in dom0. */
async function agents(): Promise<string[]> {
  const { stdout } = await rig.ssh("pgrep -f '^python3 .*ringside-agent'");
  return stdout.split(/\s+/).filter((pid) => pid !== '');
}

async function pausedGuests(): Promise<string[]> {
  const { stdout } = await rig.ssh('xl list');
  return stdout.split('\n').filter((line) => /\s..p...\s/.test(line));
}
