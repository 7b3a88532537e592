import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { Pump } from './pump.ts';

describe('Pump', () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  it('runs at once, then no more often than the interval, and never overlaps', async () => {
    let running = 0;
    let most = 0;
    const starts: number[] = [];
    const pump = new Pump(
      async () => {
        starts.push(Date.now());
        most = Math.max(most, ++running);
        await new Promise((resolve) => setTimeout(resolve, 700));
        running--;
      },
      300,
      () => expect.fail(),
    );
    const began = Date.now();
    for (let i = 0; i < 40; i++) {
      pump.want();
      await vi.advanceTimersByTimeAsync(50);
    }
    await vi.runAllTimersAsync();
    expect(most).toBe(1);
    // Each start follows the end of the work before it, within the timer's own millisecond.
    expect(starts.map((at) => Math.floor((at - began) / 10) * 10)).toEqual([0, 700, 1400, 2100]);
  });

  it('goes on after an error, and stops when disposed', async () => {
    const errors: unknown[] = [];
    let runs = 0;
    const pump = new Pump(
      async () => {
        runs++;
        await Promise.reject(new Error('engine away'));
      },
      100,
      (error) => errors.push(error),
    );
    pump.want();
    await vi.advanceTimersByTimeAsync(100);
    pump.want();
    await vi.advanceTimersByTimeAsync(100);
    pump.dispose();
    pump.want();
    await vi.runAllTimersAsync();
    expect(runs).toBe(2);
    expect(errors).toHaveLength(2);
  });
});
