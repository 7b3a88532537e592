/** A guest in a few words, for the tree and the quick pick. */
import type { Guest, GuestState } from '../../protocol.ts';
import { count, memory, percent } from '../words.ts';

const icons: Record<GuestState, string> = {
  running: 'vm-running',
  blocked: 'vm-active',
  paused: 'debug-pause',
  shutdown: 'vm-outline',
  crashed: 'error',
  dying: 'vm-outline',
  unknown: 'vm',
};

/** Xen says `blocked` of a guest that waits for something to do. */
const states: Record<GuestState, string> = {
  running: 'running',
  blocked: 'idle',
  paused: 'paused',
  shutdown: 'shut down',
  crashed: 'crashed',
  dying: 'being destroyed',
  unknown: 'state unknown',
};

/** Name of a product icon. */
export function guestIcon(guest: Guest): string {
  // A guest whose vCPUs happened to be blocked when asked, but that used a CPU all the while, is not idle.
  return icons[isBusy(guest) ? 'running' : guest.state];
}

/** `running · 87 % CPU · 1 vCPU · 32 MiB`. */
export function guestSummary(guest: Guest): string {
  const share = guest.cpuShare === null ? [] : [`${percent(guest.cpuShare)} CPU`];
  return [stateWord(guest), ...share, count(guest.vcpus, 'vCPU'), memory(guest.memoryMiB)].join(' · ');
}

export function stateWord(guest: Guest): string {
  return states[isBusy(guest) ? 'running' : guest.state];
}

export function kindWord(guest: Guest): string {
  return guest.kind === 'unknown' ? 'kind unknown' : guest.kind.toUpperCase();
}

/** Whether there is anything to photograph. */
export function isAlive(guest: Guest): boolean {
  return guest.state !== 'shutdown' && guest.state !== 'crashed' && guest.state !== 'dying';
}

/** Those that can be profiled first, the busiest of them first. */
export function byInterest(a: Guest, b: Guest): number {
  return Number(isAlive(b)) - Number(isAlive(a)) || (b.cpuShare ?? 0) - (a.cpuShare ?? 0) || a.name.localeCompare(b.name);
}

function isBusy(guest: Guest): boolean {
  return guest.state === 'blocked' && (guest.cpuShare ?? 0) >= 0.01;
}
