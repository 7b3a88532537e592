/** Every number that the view shows is written here. */

const whole = new Intl.NumberFormat('en-US', { maximumFractionDigits: 0 });

/** `1,234`; fractions are rounded. */
export function formatCount(count: number): string {
  return whole.format(count);
}

/** `12.3%` of the whole; `<0.1%` and `>99.9%` rather than a rounded lie; an en dash where there is no whole. */
export function formatShare(part: number, total: number): string {
  if (!(total > 0) || !Number.isFinite(part)) return '–';
  const percent = (100 * part) / total;
  if (percent <= 0) return '0%';
  if (percent < 0.1) return '<0.1%';
  if (percent >= 100) return '100%';
  if (percent > 99.9) return '>99.9%';
  return `${percent.toFixed(1)}%`;
}

/** What a share grew by, in points of a hundred, always with its sign: `+4.4%`, `−0.3%`, `±0%`; `<` where it is too little to be written. */
export function formatChange(before: number, after: number): string {
  const points = 100 * (after - before);
  if (!Number.isFinite(points)) return '–';
  const size = Math.abs(points);
  if (size === 0) return '±0%';
  const sign = points < 0 ? '−' : '+';
  return size < 0.05 ? `${sign}<0.1%` : `${sign}${size.toFixed(1)}%`;
}

/** A length of time in the unit that suits it, with three figures: `850 ns`, `17.2 µs`, `1.25 ms`, `9.8 s`. */
export function formatNs(ns: number): string {
  if (!Number.isFinite(ns)) return '–';
  if (ns < 999.5) return `${Math.round(ns)} ns`;
  if (ns < 999_500) return `${threeFigures(ns / 1e3)} µs`;
  if (ns < 999_500_000) return `${threeFigures(ns / 1e6)} ms`;
  return formatDuration(ns / 1e6);
}

/** `0.4 s`, `59.9 s`, `1 min 05 s`, `2 h 03 min`. */
export function formatDuration(ms: number): string {
  const seconds = Math.max(0, ms) / 1000;
  if (seconds < 59.95) return `${seconds.toFixed(1)} s`;
  const rounded = Math.round(seconds);
  const minutes = Math.floor(rounded / 60);
  if (minutes < 60) return `${minutes} min ${pad(rounded % 60)} s`;
  return `${Math.floor(minutes / 60)} h ${pad(minutes % 60)} min`;
}

/** A moment of a recording in seconds, to the hundredth where that tells anything: `2`, `3.5`, `12.04`. */
export function formatSeconds(ms: number): string {
  return String(Number((ms / 1000).toFixed(2)));
}

/** A weight in the profile's own unit: `1,234 samples`, `1 sample`, `1.25 ms`, `3.4 MiB`. */
export function formatWeight(weight: number, unit: string): string {
  switch (unit) {
    case 'nanoseconds':
      return formatNs(weight);
    case 'microseconds':
      return formatNs(weight * 1e3);
    case 'milliseconds':
      return formatNs(weight * 1e6);
    case 'seconds':
      return formatNs(weight * 1e9);
    case 'bytes':
      return formatBytes(weight);
    case 'samples':
    case 'count':
      return `${formatCount(weight)} ${Math.round(weight) === 1 ? 'sample' : 'samples'}`;
    default:
      return `${formatCount(weight)} ${unit}`.trim();
  }
}

export function formatBytes(bytes: number): string {
  const units = ['KiB', 'MiB', 'GiB', 'TiB'];
  if (bytes < 1023.5) return `${Math.round(bytes)} B`;
  let value = bytes / 1024;
  let unit = 0;
  while (value >= 1023.5 && unit < units.length - 1) {
    value /= 1024;
    unit++;
  }
  return `${threeFigures(value)} ${units[unit]!}`;
}

/** How many, with the noun in its number: `1 frame`, `2 frames`. */
export function formatMany(count: number, noun: string): string {
  return `${formatCount(count)} ${noun}${count === 1 ? '' : 's'}`;
}

function threeFigures(value: number): string {
  return value.toFixed(value < 9.995 ? 2 : value < 99.95 ? 1 : 0);
}

function pad(value: number): string {
  return String(value).padStart(2, '0');
}

/** A moment of ISO 8601 in the reader's own way and zone; null where it is none. */
export function formatMoment(iso: string): string | null {
  const moment = new Date(iso);
  return Number.isNaN(moment.getTime()) ? null : moment.toLocaleString(undefined, { dateStyle: 'medium', timeStyle: 'short' });
}
