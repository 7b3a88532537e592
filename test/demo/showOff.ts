/** The demo's own user: profiles a guest, opens the source of its hottest function, saves the capture, and takes a screenshot. */
import { copyFile, readdir } from 'node:fs/promises';
import path from 'node:path';
import type { Page } from 'playwright-core';
import type { Editor } from '../editor/editor.ts';
import { openSourceOf, startProfiling } from '../editor/profiling.ts';
import { workbench } from '../editor/workbench.ts';

export interface Shown {
  readonly screenshot: string;
  readonly capture: string;
}

/** @param output folder for the two files. */
export async function showOff(editor: Editor, page: Page, guest: string, output: string): Promise<Shown> {
  const user = workbench(page);
  await user.open(editor);
  console.log(`profiling ${guest}`);
  await user.openFile('main.c');
  const view = await startProfiling(user, guest);
  await view.ended(120_000);
  const [hottest] = Object.entries(await view.shares())
    .filter(([name]) => name.endsWith('_answers') || name.endsWith('_requests'))
    .filter(([name]) => !name.startsWith('wait_'))
    .sort(([, a], [, b]) => b - a);
  if (!hottest) throw new Error('the flame graph shows none of the guest’s functions');
  const { file, line } = await openSourceOf(user, view, hottest[0]);
  console.log(`${await view.samples()} samples; ${hottest[0]} has ${(hottest[1] * 100).toFixed(1)} % of them, at ${file}:${line}`);
  await user.command('Unikernel: Save Capture');
  await user.acceptProposal(/\.pb\.gz$/);
  const saved = await waitForCapture(editor.workspace);
  const capture = path.join(output, path.basename(saved));
  await copyFile(saved, capture);
  await user.command('Notifications: Clear All Notifications');
  return { screenshot: await user.screenshot('ringside', output), capture };
}

async function waitForCapture(folder: string): Promise<string> {
  for (const limit = Date.now() + 30_000; Date.now() < limit; await new Promise((resolve) => setTimeout(resolve, 200))) {
    const name = (await readdir(folder)).find((each) => each.endsWith('.pb.gz'));
    if (name !== undefined) return path.join(folder, name);
  }
  throw new Error('the capture was not saved');
}
