/** Output of `perf script`: an event's header line, its frames innermost first, a blank line. Fields that were left out (`-F`) are done without. */
import { FormatError } from './errors.ts';
import { NamedProfile, type ImportedFile, type Steps } from './importer.ts';

/** `comm pid[/tid] [cpu] time: [period] event:`: comm may hold blanks; the period, and with `-F` the event, may be missing. */
const HEADER = /^(\S.{0,40}?)\s+(\d+(?:\/\d+)?)\s+(?:\[(\d+)\]\s+)?(\d+)\.(\d+):(?:\s+(?:(\d+)\s+)?([^\s:][^\s]*):)?(?:\s|$)/;
const ADDRESS = /^\s+([0-9a-f]{1,16})(?:\s+(\S.*))?$/;

export function readPerfScript(file: ImportedFile): Steps | null {
  const first = file.firstLine();
  return first !== undefined && HEADER.test(first.trimStart()) ? read(file) : null;
}

function* read(file: ImportedFile): Steps {
  const built = new NamedProfile({ title: file.name });
  const sample = new EventSample(built);
  for (const { text, number, next } of file.lines()) {
    if (number % 256 === 0) yield { profile: built.profile, done: next / file.bytes.length };
    if (text.startsWith('#')) continue;
    if (text.trim() === '') {
      sample.end();
      continue;
    }
    const line = text.trimStart(); // without call chains, events are indented
    const header = HEADER.exec(line);
    if (header) {
      sample.end();
      sample.begin(header, line.slice(header[0].length));
      continue;
    }
    const address = ADDRESS.exec(text);
    if (address && sample.isOpen) sample.frame(address[1]!, address[2] ?? '');
    else if (line === text || !sample.isOpen)
      // what else is indented is a source line (-F +srcline), or data of a trace point
      throw new FormatError(
        `${file.name}:${number}: neither an event of perf script ("comm pid time: event:") nor one of its frames: ${JSON.stringify(text.slice(0, 80))}`,
      );
  }
  sample.end();
  return built.profile;
}

class EventSample {
  private readonly built: NamedProfile;
  private stack: number[] = [];
  private event: { comm: string; thread: number; vcpu: number; timeNs: number } | null = null;
  private startNs: number | null = null;

  constructor(built: NamedProfile) {
    this.built = built;
  }

  get isOpen(): boolean {
    return this.event !== null;
  }

  /** @param rest of the header line: the frame of a sample without a call chain */
  begin([, comm = '', ids = '', cpu, seconds = '', fraction = '']: RegExpExecArray, rest: string): void {
    const atNs = Number(seconds) * 1e9 + Number(fraction.padEnd(9, '0').slice(0, 9));
    this.startNs ??= atNs;
    const thread = this.built.threads.idOf(`${comm} ${ids}`);
    this.event = { comm, thread, vcpu: Number(cpu ?? 0), timeNs: Math.max(0, atNs - this.startNs) };
    const only = ADDRESS.exec(` ${rest.trim()}`);
    if (only) this.frame(only[1]!, only[2] ?? '');
  }

  /** @param text `symbol+0xoffset (module)`, each of which may be missing; `symbol (inlined)` */
  frame(address: string, text: string): void {
    const { built } = this;
    const open = text.endsWith(')') ? text.lastIndexOf(' (') : -1;
    const inside = open < 0 ? (/^\((.*)\)$/.exec(text)?.[1] ?? '') : text.slice(open + 2, -1);
    const module = inside === 'inlined' || inside === '[unknown]' ? '' : inside;
    const symbol = (open < 0 ? (inside === '' ? text : '') : text.slice(0, open)).replace(/\+0x[0-9a-f]+$/, '').trim();
    const isNamed = symbol !== '' && symbol !== '[unknown]';
    this.stack.push(isNamed ? built.location({ name: symbol, module }) : built.address(BigInt(`0x${address}`), module));
  }

  end(): void {
    const { event, built } = this;
    if (!event) return;
    const stack = [...this.stack, built.location({ name: event.comm })].reverse();
    built.add(stack, 1, event);
    built.profile.facts.durationMs = Math.max(built.profile.facts.durationMs, event.timeNs / 1e6);
    this.event = null;
    this.stack = [];
  }
}
