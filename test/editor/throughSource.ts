/** From line to line of the pantry guest's sources while a profile of it is open, as a user goes. Each is a step of a test, with what it expects. */
import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import type { Locator } from 'playwright-core';
import { expect } from 'vitest';
import { pantrySources } from '../rig/guests.ts';
import type { FlameView } from './flameView.ts';
import { openSource } from './profiling.ts';
import type { Workbench } from './workbench.ts';

const patient = { timeout: 30_000 };

export interface ThroughSource {
  /** Along the hot path: one call site after another, each of which calls the next step. @param truth shares by the guest's own account */
  walk(truth: Readonly<Record<string, number>>): Promise<void>;
  /** Of the calls in serve_batch, that of the function which the guest itself says takes longest carries the highest figure; files have badges. */
  hottestCall(view: FlameView, truth: Readonly<Record<string, number>>): Promise<void>;
  /** A hot function, the call in its caller, and from there into what is called. */
  neighbours(): Promise<void>;
  /** From a line to its function's frame. */
  inGraph(view: FlameView): Promise<void>;
  /** The hottest line's instructions, as objdump has them, in step with the source both ways. */
  assembly(kernel: string): Promise<void>;
  /** When the profile is closed. */
  nothingStays(): Promise<void>;
  /** From a hover over match_length to the call. */
  hoverLink(hover: Locator): Promise<void>;
}

/** @param tolerance how far a share may be from what the guest says of itself, of 1 */
export function throughSource(user: Workbench, tolerance: number): ThroughSource {
  const { page } = user;
  const standsAt = (file: string, text: RegExp): Promise<void> =>
    expect
      .poll(async () => {
        const now = await openSource(user);
        return now?.file === file ? ((await sourceLines(file))[now.line - 1] ?? '') : '';
      }, patient)
      .toMatch(text);
  const rows = page.locator('.sidebar .pane', { hasText: 'Hot Path' }).locator('[role=treeitem]');
  const steps = async (): Promise<Step[]> =>
    (await rows.evaluateAll((all) => all.map((row) => row.getAttribute('aria-label') ?? ''))).map(parseStep);
  const inServeBatch = async (): Promise<number> =>
    (await sourceLines('main.c')).findIndex((text) => text.includes('void serve_batch(')) + 5;
  const callCosts = async (): Promise<Record<string, number>> => {
    const texts = await page.locator('.monaco-editor .view-line', { hasText: /\d\.\d.%/ }).allInnerTexts();
    const found = texts.flatMap((text) => [...text.matchAll(/(\w+)\((?:noise)?\);.*?(\d+\.\d).%/g)]);
    return Object.fromEntries(found.map(([, name, percent]) => [name!, Number(percent)]));
  };
  /** By the guest's own account, of what serve_batch calls; and those that come so near that the samples may have it the other way round. */
  const hottestOf = async (truth: Readonly<Record<string, number>>): Promise<{ hottest: string; near: string[] }> => {
    const served = (await sourceLines('main.c')).join('\n').split('void serve_batch(')[1]!.split('\n}\n')[0]!;
    const calls = Object.entries(truth).filter(([name]) => served.includes(`${name}(`));
    const [hottest, most] = calls.sort(([, a], [, b]) => b - a)[0]!;
    return { hottest, near: calls.flatMap(([name, share]) => (most - share <= tolerance / 2 ? [name] : [])) };
  };
  return {
    async walk(truth) {
      const { near } = await hottestOf(truth);
      await user.command('Focus on Hot Path View');
      await expect.poll(() => rows.count(), patient).toBeGreaterThan(3);
      const all = await steps();
      const served = all[all.findIndex(({ name }) => name === 'serve_batch') + 1]!;
      expect(near).toContain(served.name);
      const { share: work } = all.find(({ name }) => name === 'serve_batch')!;
      expect(Math.abs(served.share / work - truth[served.name]! / workOf(truth))).toBeLessThanOrEqual(tolerance);
      const walked = all.slice(0, 8); // of a recursion the rest is the same again
      for (const [at, { name, file, line }] of walked.entries()) {
        await page.keyboard.press('Control+Alt+PageDown');
        await expect.poll(() => openSource(user), { ...patient, message: name }).toEqual({ file, line });
        const next = all[at + 1];
        if (next) expect((await sourceLines(file))[line - 1], `${name} calls ${next.name}`).toMatch(new RegExp(`\\b${next.name}\\b`));
      }
      await user.screenshot('source-walk');
      await page.keyboard.press('Control+Alt+PageUp');
      const above = walked.at(-2)!;
      await expect.poll(() => openSource(user), patient).toEqual({ file: above.file, line: above.line });

      await user.command('Unikernel: Choose Hot Path');
      await user.seek('match_length');
      await expect.poll(async () => (await steps()).map(({ name }) => name), patient).toContain('match_length');
      const [first] = await steps();
      await expect.poll(() => openSource(user), patient).toEqual({ file: first!.file, line: first!.line });
    },
    async hottestCall(view, truth) {
      const { hottest, near } = await hottestOf(truth);
      await user.openFile('main.c');
      await user.command('View: Focus Active Editor Group');
      await user.goTo(await inServeBatch(), 1);
      // within the frame that is selected no other call leads to it
      await expect.poll(async () => Object.keys(await callCosts()), patient).toEqual(['compress_answers']);
      await user.status(/Line heat: match_length/).waitFor(patient);
      await user.screenshot('source-selected');
      await view.tree.press('Escape');
      await expect.poll(async () => Object.keys(await callCosts()), patient).toContain(hottest);
      expect(near).toContain(Object.entries(await callCosts()).sort(([, a], [, b]) => b - a)[0]![0]);
      await user.command('View: Show Explorer');
      await expect.poll(() => user.badge('compress.c'), patient).toMatch(/\d/);
    },
    async neighbours() {
      await user.command('Unikernel: Go to Hot Function');
      await user.seek('match_length');
      await standsAt('compress.c', inMatchLength);
      await user.command('Unikernel: Go to Heaviest Caller');
      await standsAt('compress.c', /= match_length\(/);
      await user.command('Unikernel: Go to Heaviest Callee');
      // what compress_text calls stands above it
      const caller = (await sourceLines('compress.c')).findIndex((text) => text.includes(' compress_text(')) + 1;
      await expect.poll(async () => (await openSource(user))?.line ?? caller, patient).toBeLessThan(caller);
    },
    async inGraph(view) {
      const { file, line } = (await openSource(user))!;
      const name = (await sourceLines(file)).slice(0, line).findLast((text) => /^\w.*\(/.test(text))!;
      await user.command('Unikernel: Show in Flame Graph');
      const selected = view.tree.locator('[aria-selected=true]');
      await expect
        .poll(async () => (await selected.getAttribute('aria-label')) ?? '', patient)
        .toMatch(new RegExp(`^${/(\w+)\(/.exec(name)![1]!},`));
    },
    async assembly(kernel) {
      await user.command('Unikernel: Go to Hottest Line');
      await expect.poll(async () => (await openSource(user)) !== null, patient).toBe(true);
      const stood = (await settled(() => openSource(user)))!;
      await user.menuOfLine((await sourceLines(stood.file))[stood.line - 1]!.trim(), 'Show Assembly');
      await user.activeTab('.profiled.s').waitFor({ timeout: 60_000 });
      const shown = page.locator('.editor-group-container.active .monaco-editor .view-line');
      const instructions = async (): Promise<string[]> =>
        (await shown.allInnerTexts()).flatMap(
          (text) => /([0-9a-f]+): {2}(.*)$/.exec(text.replaceAll('\u00a0', ' '))?.slice(1).join(' ') ?? [],
        );
      await expect.poll(async () => (await instructions()).length, patient).toBeGreaterThan(5);
      const { stdout } = await promisify(execFile)('objdump', ['-dw', '-z', '--no-show-raw-insn', kernel]);
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
      const other = page.locator('.editor-group-container:not(.active) .monaco-editor');
      await expect.poll(() => markedLines(other), { timeout: 15_000, message: heading }).toContain(made);

      // and back: a line of the source that the cursor is put on has its instructions marked
      await other
        .locator('.line-numbers', { hasText: new RegExp(`^${made}$`) })
        .first()
        .click({ position: { x: 2, y: 5 } });
      await expect.poll(() => openSource(user), patient).toMatchObject({ file: stood.file });
      await page.keyboard.press('ArrowLeft'); // a click on the number selects the line, and puts the cursor behind it
      await expect.poll(() => openSource(user), patient).toEqual({ file: stood.file, line: made });
      await expect.poll(() => markedUnder(other), patient).toContainEqual(expect.stringContaining(`${stood.file}:${made}`));
      expect((await markedUnder(other)).filter((text) => !text.includes(`${stood.file}:${made}`))).toEqual([]);
      await user.screenshot('source-to-assembly');
    },
    async nothingStays() {
      await user.command('View: Close All Editors');
      await user.openFile('main.c');
      await user.goTo(await inServeBatch(), 1);
      await expect.poll(callCosts, patient).toEqual({});
      await expect.poll(() => user.badge('compress.c'), patient).toBe('');
      expect(await user.activeTab('.profiled.s').count()).toBe(0);
    },
    async hoverLink(hover) {
      await hover.locator('a', { hasText: 'compress_text' }).first().click();
      await standsAt('compress.c', /= match_length\(/);
    },
  };
}

/** What the guest calls when there is nothing to do. */
export const waiting = 'wait_for_requests';

/** The share of all that the guest does besides. */
export const workOf = (shares: Readonly<Record<string, number>>): number => 1 - (shares[waiting] ?? 0);

export async function sourceLines(file: string): Promise<string[]> {
  return (await readFile(path.join(pantrySources, file), 'utf8')).split('\n');
}

const inMatchLength = /while \(|length\+\+|return length|match_length/;

interface Step {
  readonly name: string;
  readonly share: number;
  readonly file: string;
  readonly line: number;
}

/** `serve_batch, 61.2 % · main.c:64`. */
function parseStep(label: string): Step {
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
async function markedLines(editors: Locator): Promise<number[]> {
  return editors.evaluateAll((editors) =>
    editors.flatMap((editor) => {
      const top = (element: Element): number => Math.round(element.getBoundingClientRect().top);
      const marks = [...editor.querySelectorAll('.view-overlays .cdr')].filter((each) => getComputedStyle(each).borderLeftWidth === '3px');
      const tops = new Set(marks.map(top));
      return [...editor.querySelectorAll('.line-numbers')].filter((each) => tops.has(top(each))).map((each) => Number(each.textContent));
    }),
  );
}

/** Of the instructions that the other editor's cursor stands for, the source lines that they stand under, as far as these are in sight. */
async function markedUnder(editors: Locator): Promise<string[]> {
  const rows = await editors.evaluateAll((all) =>
    all.flatMap((editor) => {
      const top = (element: Element): number => Math.round(element.getBoundingClientRect().top);
      const marks = [...editor.querySelectorAll('.view-overlays .cdr')].filter((each) => getComputedStyle(each).borderLeftWidth === '3px');
      const tops = new Set(marks.map(top));
      const lines = [...editor.querySelectorAll('.view-line')].sort((a, b) => top(a) - top(b));
      return lines.map((line) => ({ text: line.textContent.replaceAll('\u00a0', ' '), marked: tops.has(top(line)) }));
    }),
  );
  let heading = '';
  const found = new Set<string>();
  for (const { text, marked } of rows) {
    if (text.startsWith('; ')) heading = text;
    else if (marked && heading !== '') found.add(heading);
  }
  return [...found];
}

/** What is the same at two looks, one after the other: a file that opens stands on its first line for a moment. */
async function settled<T>(look: () => Promise<T>): Promise<T> {
  for (let before = await look(); ;) {
    await new Promise((resolve) => setTimeout(resolve, 700));
    const now = await look();
    if (JSON.stringify(now) === JSON.stringify(before)) return now;
    before = now;
  }
}
