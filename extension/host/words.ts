/** How numbers, times and foreign names are written for people. The only place in the host that formats them. */

/** `0.4 s`, `12 s`, `3 min 5 s`. */
export function duration(ms: number): string {
  const seconds = Math.max(0, ms) / 1000;
  if (seconds < 60) return `${seconds < 10 ? seconds.toFixed(1) : Math.floor(seconds)} s`;
  const whole = Math.floor(seconds);
  return `${Math.floor(whole / 60)} min ${whole % 60} s`;
}

/** `27 µs`, `1.3 ms`. */
export function pause(ns: number): string {
  if (ns < 10_000) return `${(ns / 1000).toFixed(1)} µs`;
  if (ns < 1_000_000) return `${Math.round(ns / 1000)} µs`;
  return `${(ns / 1_000_000).toFixed(1)} ms`;
}

/** `32 MiB`, `1.5 GiB`. */
export function memory(mebibytes: number): string {
  return mebibytes < 1024 ? `${Math.round(mebibytes)} MiB` : `${Number((mebibytes / 1024).toFixed(1))} GiB`;
}

/** `512 B`, `12.3 KiB`, `4.0 MiB`. */
export function size(bytes: number): string {
  if (bytes < 1024) return `${bytes} B`;
  if (bytes < 1024 ** 2) return `${(bytes / 1024).toFixed(1)} KiB`;
  return `${(bytes / 1024 ** 2).toFixed(1)} MiB`;
}

/** A share of one CPU: 0.87 is `87 %`. */
export function percent(share: number): string {
  return `${Math.round(share * 100)} %`;
}

/** A part of a whole: `12.3 %`. */
export function share(part: number, whole: number): string {
  return `${((100 * part) / Math.max(1, whole)).toFixed(1)} %`;
}

/** `1 sample`, `317 samples`. */
export function count(n: number, one: string, many = `${one}s`): string {
  return `${n.toLocaleString('en')} ${n === 1 ? one : many}`;
}

/**
 * A name that came from another machine or a file, safe in a label or a message: no control or bidirectional characters, no `$(icon)`, no
 * `[link](target)`, at most 120 characters.
 */
export function plain(foreign: string): string {
  const visible = foreign
    .replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, '\uFFFD')
    .replaceAll('$(', '$\u200B(')
    .replaceAll('](', ']\u200B(');
  return visible.length > 120 ? `${visible.slice(0, 119)}…` : visible;
}

/** `20260131-095807`, local time. */
export function stamp(date: Date): string {
  const two = (n: number): string => String(n).padStart(2, '0');
  const day = `${date.getFullYear()}${two(date.getMonth() + 1)}${two(date.getDate())}`;
  return `${day}-${two(date.getHours())}${two(date.getMinutes())}${two(date.getSeconds())}`;
}

/** `GUEST-YYYYMMDD-HHMMSS.pb.gz`, with everything but letters, digits, `.`, `_` and `-` of the guest's name replaced. */
export function captureName(guest: string, date: Date): string {
  const name = guest
    .replace(/[^\p{L}\p{N}._-]+/gu, '_')
    .replace(/^[.-]+/, '')
    .slice(0, 80);
  return `${name || 'guest'}-${stamp(date)}.pb.gz`;
}

/** What `captureName` put into a name; null where it is no such name. The guest's name is as it stands there, the clock `09:58:07`. */
export function capturedIn(fileName: string): { guest: string; at: Date; clock: string } | null {
  const [, guest, year, month, day, hours, minutes, seconds] = /^(.+)-(\d{4})(\d\d)(\d\d)-(\d\d)(\d\d)(\d\d)\.pb\.gz$/.exec(fileName) ?? [];
  if (guest === undefined) return null;
  const at = new Date(Number(year), Number(month) - 1, Number(day), Number(hours), Number(minutes), Number(seconds));
  return { guest, at, clock: `${hours}:${minutes}:${seconds}` };
}
