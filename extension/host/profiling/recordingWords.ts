/** A recording in a few words, for the notification and the status bar. */
import type { RecordingStatus } from '../../protocol.ts';
import { count, duration, pause } from '../words.ts';

/** `3.2 s of 10 s · 317 samples · pause 27 µs median, 41 µs p99`. */
export function progressText(status: RecordingStatus, durationSeconds: number): string {
  const elapsed = durationSeconds > 0 ? `${duration(status.elapsedMs)} of ${duration(durationSeconds * 1000)}` : duration(status.elapsedMs);
  const lost = status.lost > 0 ? [`${status.lost} lost`] : [];
  const pauses = status.pause.count > 0 ? [`pause ${pause(status.pause.medianNs)} median, ${pause(status.pause.p99Ns)} p99`] : [];
  const capped = status.cappedHz === undefined ? [] : [`held to ${status.cappedHz} Hz by the pause budget`];
  return [elapsed, count(status.samples, 'sample'), ...lost, ...pauses, ...capped].join(' · ');
}

/** How far between two statuses, in percent of the whole; undefined where there is no end to measure against. */
export function progressStep(fromMs: number, toMs: number, durationSeconds: number): number | undefined {
  if (durationSeconds <= 0) return undefined;
  return Math.max(0, Math.min(toMs, durationSeconds * 1000) - fromMs) / (durationSeconds * 10);
}
