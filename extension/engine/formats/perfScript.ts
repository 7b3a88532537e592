/** Output of `perf script`: an event's header line, its frames innermost first, a blank line. */
import type { Profile } from '../profile/profile.ts';
import { NamedProfile, type ImportedFile, type NamedFrame } from './importer.ts';

/** `comm pid [cpu] time: [period] event:` — comm may hold blanks; pid may be pid/tid. */
const HEADER = /^(\S.*?)\s+(\d+(?:\/\d+)?)\s+(?:\[(\d+)\]\s+)?(\d+)\.(\d+):\s+(?:\d+\s+)?\S+:/;
/** `address symbol+0xoffset (module)` */
const FRAME = /^\s+([0-9a-f]+)\s+(.*?)(?:\+0x[0-9a-f]+)?\s+\((.*)\)$/;

export function readPerfScript({ name, text }: ImportedFile): Profile | null {
  const lines = text.split(/\r?\n/);
  const first = lines.find((line) => line.trim() !== '' && !line.startsWith('#'));
  if (first === undefined || !HEADER.test(first)) return null;
  const built = new NamedProfile({ title: name });
  let event: RegExpExecArray | null = null;
  let frames: NamedFrame[] = [];
  let startNs: number | null = null;
  const flush = (): void => {
    if (!event) return;
    const atNs = Number(event[4]) * 1e9 + Number(event[5]!.padEnd(9, '0').slice(0, 9));
    startNs ??= atNs;
    const stack = [...frames, { name: event[1]! }].reverse().map((frame) => built.location(frame));
    built.add(stack, 1, { timeNs: atNs - startNs, vcpu: Number(event[3] ?? 0) });
    built.profile.facts.durationMs = (atNs - startNs) / 1e6;
    event = null;
    frames = [];
  };
  for (const line of lines) {
    const frame = FRAME.exec(line);
    if (frame && event) frames.push({ name: frame[2] === '[unknown]' ? `0x${frame[1]!}` : frame[2]!, module: frame[3]! });
    else if (line.trim() === '') flush();
    else {
      flush();
      event = HEADER.exec(line);
    }
  }
  flush();
  return built.profile;
}
