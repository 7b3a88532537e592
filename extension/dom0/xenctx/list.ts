/** The guests as xl lists them, for a dom0 without Python; guests.py reads the same. */
import type { Guest, GuestKind, GuestState } from '../../protocol.ts';
import type { Frame } from '../agent/frames.ts';
import { MARKER } from './reader.ts';

const LIMIT_BYTES = 16 << 20;

/** Gathers what list.sh prints, and answers in one frame. */
export class ListReader {
  started = false;
  private text = '';

  push(bytes: Buffer): Frame[] {
    this.text += bytes.toString('utf8');
    this.started ||= this.text.includes(MARKER);
    if (this.text.length > LIMIT_BYTES) throw new Error('xl printed more than 16 MiB');
    if (!this.started || !this.text.endsWith('\n@ end\n')) return [];
    const [rows = '', long = ''] = this.text.slice(this.text.indexOf(MARKER) + MARKER.length, -'\n@ end\n'.length).split('\n@ long\n');
    return [{ kind: 'D', payload: Buffer.from(JSON.stringify({ guests: guestsIn(rows, long) })) }];
  }
}

/** xl prints one letter for each state that holds; the last to matter wins. */
const STATES: readonly (readonly [string, GuestState])[] = [
  ['d', 'dying'],
  ['c', 'crashed'],
  ['s', 'shutdown'],
  ['p', 'paused'],
  ['r', 'running'],
  ['b', 'blocked'],
];

/** @param rows of `xl list`; a name may be anything, the five columns after it may not */
export function guestsIn(rows: string, long: string): Guest[] {
  const configurations = configurationsIn(long);
  const guests: Guest[] = [];
  for (const [, name, id, memory, vcpus, flags, seconds] of rows.matchAll(/^(.*?)\s+(\d+)\s+(\d+)\s+(\d+)\s+([a-z-]+)\s+([\d.]+)\s*$/gm)) {
    const domid = Number(id);
    if (domid === 0) continue;
    const state = STATES.find(([letter]) => flags!.includes(letter))?.[1] ?? 'running';
    const { kind, kernel } = configurations.get(domid) ?? { kind: 'unknown', kernel: null };
    guests.push({
      domid,
      name: name!,
      kind,
      state,
      vcpus: Number(vcpus),
      memoryMiB: Number(memory),
      cpuSeconds: Number(seconds),
      cpuShare: null,
      kernel,
    });
  }
  return guests;
}

interface Configuration {
  readonly kind: GuestKind;
  readonly kernel: string | null;
}

/** Of `xl list -l`; empty where it is not JSON. */
function configurationsIn(text: string): Map<number, Configuration> {
  const found = new Map<number, Configuration>();
  for (const domain of listOf(text)) {
    const { domid, config } = domain as { domid?: unknown; config?: { c_info?: { type?: unknown }; b_info?: { kernel?: unknown } } };
    if (typeof domid !== 'number') continue;
    const type = config?.c_info?.type;
    const kernel = config?.b_info?.kernel;
    found.set(domid, {
      kind: type === 'pv' || type === 'pvh' || type === 'hvm' ? type : 'unknown',
      kernel: typeof kernel === 'string' && kernel.startsWith('/') ? kernel : null,
    });
  }
  return found;
}

function listOf(text: string): object[] {
  try {
    const value: unknown = JSON.parse(text);
    return Array.isArray(value) ? value.filter((row): row is object => typeof row === 'object' && row !== null) : [];
  } catch {
    return []; // guests that another toolstack made: xl cannot say more than their names
  }
}
