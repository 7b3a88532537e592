/** What is done on a dom0 where the agent cannot run: with sh, xl and xenctx alone. */
import type { Dom0Error } from '../errors.ts';
import list from './list.sh';
import loop from './loop.sh';

/** Without Python, or without the libraries that it reaches Xen through. */
const codes: ReadonlySet<string> = new Set(['no-python', 'old-python', 'python-incomplete', 'no-libxenctrl', 'no-libxenforeignmemory']);

export function canFallBack(failure: Dom0Error | null): failure is Dom0Error {
  return failure !== null && codes.has(failure.code);
}

/** Of one xenctx, process start included; measured in virtual time (npm run bench -- sampler). The guest stands still for most of it. */
export const TRACE_MS = 21;

export const listCommand: readonly string[] = ['sh', '-c', list];

/** @param rateHz at most this often, and no more than `maxPauseShare` of the time; returns the command and the rate that is left */
export function loopCommand(
  domid: number,
  rateHz: number,
  maxPauseShare: number,
  durationMs: number | null,
): { words: readonly string[]; rateHz: number } {
  const restMs = Math.ceil(Math.max(1000 / rateHz, TRACE_MS / maxPauseShare));
  const seconds = durationMs === null ? 0 : Math.max(1, Math.round(durationMs / 1000));
  return {
    words: ['sh', '-c', loop, 'sh', domid, restMs, seconds].map(String),
    rateHz: Math.min(rateHz, Math.round(10_000 / restMs) / 10),
  };
}
