/** The main job as a user walks it: a real VS Code, a real Xen, a real guest that says itself where its time goes. */
import { execFile } from 'node:child_process';
import { readdir } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import type { Locator } from 'playwright-core';
import { beforeAll, expect, it } from 'vitest';
import { shares } from '../rig/account.ts';
import { builtGuests } from '../rig/guests.ts';
import type { Rig } from '../rig/rig.ts';
import { compareInExplorer } from './captureViews.ts';
import type { Editor } from './editor.ts';
import { flameView, type FlameView } from './flameView.ts';
import { startOnRig } from './onRig.ts';
import { growing, openSourceOf, startProfiling } from './profiling.ts';
import { editorSession } from './session.ts';
import { rigSettings } from './settings.ts';
import { sourceLines, throughSource, waiting, workOf } from './throughSource.ts';
import type { Workbench } from './workbench.ts';

const root = path.resolve(import.meta.dirname, '../..');
const minutes = 60_000;
/** How far a share may be from what the guest says of itself, of 1: of few samples, as a loaded machine takes, four standard deviations. */
const toleranceOf = (samples: number): number => Math.max(0.1, 2 / Math.sqrt(samples));

/** Half of what is asked for. */
const manySamples = 500;

let rig: Rig;
let editor: Editor;
let user: Workbench;
const session = editorSession({ clear: true });

beforeAll(async () => {
  ({ rig, editor, user } = await startOnRig(session));
}, 10 * minutes);

// All of it with one recording, each of which takes its time on a slow machine.
it('shows a guest’s own functions at their true share, and leads from frames to lines', { timeout: 10 * minutes }, async () => {
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
  const samples = await view.samples();
  expectShares(await view.shares(), truth, samples);
  expect(await view.banner.innerText()).toBe('');

  // before a frame is selected, which the hot path would lead through
  const source = throughSource(user, toleranceOf(samples * workOf(await view.shares())));
  await source.walk(truth);

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

  await source.hottestCall(view, truth);
  await source.neighbours();
  await source.inGraph(view);
  await source.assembly(path.join(await builtGuests(), 'pantry'));

  const capture = await saveCapture();
  expectShares(await reportedShares(capture), truth, samples);
  await source.nothingStays();
  await user.openFile('compress.c');
  await user.treeRow(path.basename(capture)).dblclick();
  const reopened = flameView(user.webview());
  await expect.poll(() => reopened.samples(), { timeout: 30_000 }).toBe(samples);
  expectShares(await reopened.shares(), truth, samples);
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
  await source.hoverLink(await user.hover('match_length'));
});

it('keeps what was collected on Stop, drops it on Cancel, and ends the remote process', async () => {
  await editor.configure(rigSettings(rig, { 'ringside.durationSeconds': 0 }));
  await user.command('Unikernel: Profile Guest');
  await user.choose('Rate: 99 Hz');
  await user.acceptInput(/^99$/, '47');
  await user.choose('pantry');
  const stopped = await growing(user);
  await user.command('Unikernel: Stop');
  await stopped.ended(minutes);
  expect(await stopped.fact('Rate').innerText()).toBe('47 Hz');
  const kept = await stopped.samples();
  expect(kept).toBeGreaterThan(0);
  await expect.poll(agents, { timeout: 15_000 }).toEqual([]);
  await user.command('View: Close All Editors');

  await user.command('Unikernel: Focus on Hosts View');
  await user.treeRow(/^rig/).click();
  const guest = user.treeRow(/^pantry/, 'Hosts');
  await guest.waitFor({ timeout: minutes });
  expect(await guest.innerText()).toMatch(/running · \d+ % CPU · 1 vCPU · \d+ MiB/);
  await user.screenshot('hosts-guests');
  await user.menuOf(/^pantry/, 'Profile Guest', 'Hosts');
  await growing(user);
  await user.command('Explorer: Focus on Folders View');
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
    await user.tick(['pantry', 'larder']);
    await user.screenshot('several-guests');
    await user.page.keyboard.press('Enter');
    const samplesOf = async (guest: string): Promise<number> =>
      Number(/(\d+) samples/.exec((await user.status(`${guest} `).allInnerTexts()).join())?.[1] ?? 0);
    for (const guest of ['pantry', 'larder']) await expect.poll(() => samplesOf(guest), { timeout: 60_000 }).toBeGreaterThan(20);
    await user.screenshot('several-recording');
    await user.commandAndChoose('Unikernel: Stop', 'larder');
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

it('shows what has become slower first, and in the colour of more, when two captures are compared', async () => {
  await editor.configure(rigSettings(rig, { 'ringside.durationSeconds': 4 }));
  const capture = async (guest: string): Promise<string> => {
    const view = await startProfiling(user, guest);
    await view.ended(minutes);
    const file = await saveCapture();
    await user.command('View: Close All Editors');
    return path.basename(file);
  };
  const before = await capture('pantry');
  await rig.createGuest('pantry', { name: 'slower', extra: 'sort_rounds=12' });
  try {
    const after = await capture('slower');
    const comparison = await compareInExplorer(user, before, after);
    const graph = flameView(comparison);
    const slower = await graph.frame('sort_answers');
    await slower.click();
    await user.screenshot('slower-graph');
    const changed = comparison.locator('.details tr', { hasText: 'Total' });
    expect(Number(/\+([\d.]+)%/.exec(await changed.innerText())?.[1])).toBeGreaterThan(10);
    const [red, , blue] = await colourOf(slower);
    expect(red! - blue!, 'orange').toBeGreaterThan(60);

    await comparison.getByRole('tab', { name: 'Functions' }).click();
    // what a guest waits for a loaded machine is not its own
    await comparison.getByRole('radio', { name: 'On-CPU' }).click();
    const first = comparison.locator('.fn-space .fn-row:visible').first();
    // of a few samples it is chance which of a chain is first: the function itself, the one that it calls for all of its work, or what is inlined there
    await expect.poll(() => first.innerText()).toMatch(/\+\d+\.\d%[^]*(sort_answers|sort_shelves|divide)$/);
    await first.click();
    await comparison.locator('.near-row').first().waitFor();
    await user.screenshot('slower-table');
  } finally {
    await rig.ssh('xl destroy slower');
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
it('leaves no guest paused when the extension host is killed in mid recording, and keeps what there is', async () => {
  await editor.configure(rigSettings(rig, { 'ringside.durationSeconds': 0, 'ringside.rateHz': 997 }));
  const view = await startProfiling(user, 'pantry');
  await expect.poll(() => view.samples(), { timeout: 30_000 }).toBeGreaterThan(20);
  expect(await agents()).not.toEqual([]);
  const before = await recordings();
  const [host] = await editor.extensionHosts();
  process.kill(host!, 'SIGKILL');
  await expect.poll(agents, { timeout: 30_000 }).toEqual([]);
  for (let look = 0; look < 5; look++) expect(await pausedGuests()).toEqual([]);
  const total = async (): Promise<number> => Object.values((await rig.account('pantry'))[0]!).reduce((sum, ms) => sum + ms, 0);
  const then = await total();
  await expect.poll(total, { timeout: 10_000 }).toBeGreaterThan(then);
  // what had come until then is kept
  let kept: string[] = [];
  await expect
    .poll(async () => (kept = (await recordings()).filter((file) => !before.includes(file))), { timeout: 30_000 })
    .toHaveLength(1);
  expect(await reportedShares(kept[0]!)).toHaveProperty('serve_batch');
});

/** The captures that the extension keeps of its own accord. */
async function recordings(): Promise<string[]> {
  const folder = path.join(editor.home, 'data/User/globalStorage/ringside.ringside/recordings');
  return (await readdir(folder)).filter((name) => name.endsWith('.pb.gz')).map((name) => path.join(folder, name));
}

/**
 * Of the guest's work, and of its waiting. A dom0 that has to fight with the guest for a processor takes more of its samples while the guest waits: where it
 * took few, the work is compared by itself.
 */
function expectShares(seen: Record<string, number>, truth: Record<string, number>, samples: number): void {
  const told = Object.entries(truth).filter(([, share]) => share >= 0.03);
  expect(told.length).toBeGreaterThan(3);
  for (const [name] of told) {
    const isWaiting = name === waiting;
    if (isWaiting && samples < manySamples) continue;
    const [ours, theirs] = [seen, truth].map((shares) => (shares[name] ?? 0) / (isWaiting ? 1 : workOf(shares)));
    const words = `${name}: ${theirs} by the guest's own account, ${ours} seen`;
    expect(Math.abs(ours! - theirs!), words).toBeLessThanOrEqual(toleranceOf(isWaiting ? samples : samples * workOf(seen)));
  }
}

/** The paint of a frame near its right end, where no label is: red, green, blue. */
async function colourOf(frame: Locator): Promise<number[]> {
  return frame.evaluate((element) => {
    const canvas = document.querySelector<HTMLCanvasElement>('.flame-canvas')!;
    const [box, place] = [canvas.getBoundingClientRect(), element.getBoundingClientRect()];
    const scale = canvas.width / canvas.clientWidth;
    const pixel = new OffscreenCanvas(1, 1).getContext('2d')!;
    pixel.drawImage(canvas, (box.left - place.right + 4) * scale, (box.top - place.top - 4) * scale);
    return [...pixel.getImageData(0, 0, 1, 1).data];
  });
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
