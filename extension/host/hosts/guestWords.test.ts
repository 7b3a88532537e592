import { describe, expect, it } from 'vitest';
import type { Guest } from '../../protocol.ts';
import { byInterest, guestIcon, guestSummary } from './guestWords.ts';

const guest: Guest = {
  domid: 3,
  name: 'web',
  kind: 'pv',
  state: 'running',
  vcpus: 1,
  memoryMiB: 32,
  cpuSeconds: 12,
  cpuShare: 0.873,
  kernel: null,
};

describe('guests in words', () => {
  it.each<[Partial<Guest>, string, string]>([
    [{}, 'running · 87 % CPU · 1 vCPU · 32 MiB', 'vm-running'],
    [{ cpuShare: null, vcpus: 2 }, 'running · 2 vCPUs · 32 MiB', 'vm-running'],
    [{ state: 'blocked', cpuShare: 0 }, 'idle · 0 % CPU · 1 vCPU · 32 MiB', 'vm-active'],
    [{ state: 'blocked', cpuShare: 0.6 }, 'running · 60 % CPU · 1 vCPU · 32 MiB', 'vm-running'],
    [{ state: 'crashed', cpuShare: null, memoryMiB: 2048 }, 'crashed · 1 vCPU · 2 GiB', 'error'],
  ])('%j is %s', (change, text, icon) => {
    expect(guestSummary({ ...guest, ...change })).toBe(text);
    expect(guestIcon({ ...guest, ...change })).toBe(icon);
  });

  it('puts the busy first and the dead last', () => {
    const names = [
      { ...guest, name: 'dead', state: 'crashed' as const, cpuShare: 1 },
      { ...guest, name: 'idle', cpuShare: 0 },
      { ...guest, name: 'busy', cpuShare: 1.7 },
    ]
      .sort(byInterest)
      .map(({ name }) => name);
    expect(names).toEqual(['busy', 'idle', 'dead']);
  });
});
