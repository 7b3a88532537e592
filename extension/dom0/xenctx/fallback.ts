/** What is done on a dom0 where the agent cannot run: with sh, xl and xenctx alone. */
import type { Dom0Error } from '../errors.ts';
import list from './list.sh';
import loop from './loop.sh';

/** Without Python, or without the libraries that it reaches Xen through. */
const codes: ReadonlySet<string> = new Set(['no-python', 'old-python', 'python-incomplete', 'no-libxenctrl', 'no-libxenforeignmemory']);

export function canFallBack(failure: Dom0Error | null): failure is Dom0Error {
  return failure !== null && codes.has(failure.code);
}

export const listCommand: readonly string[] = ['sh', '-c', list];

/** @param maxPauseShare after a trace the guest is left alone for as long as this share of the time demands */
export function loopCommand(domid: number, rateHz: number, maxPauseShare: number, durationMs: number | null): readonly string[] {
  const seconds = durationMs === null ? 0 : Math.max(1, Math.round(durationMs / 1000));
  return ['sh', '-c', loop, 'sh', domid, Math.ceil(1000 / rateHz), Math.ceil(1 / maxPauseShare), seconds].map(String);
}

/** What a reader of the capture must know. */
export function costOf(why: Dom0Error): string {
  return (
    `${why.what} Sampled by xenctx instead: each trace holds the guest for as long as xenctx runs, a thousand times as long as Ringside's own ` +
    `agent would, so there are few of them, and only the top 1 KiB of each stack. ${why.remedy}`
  );
}
