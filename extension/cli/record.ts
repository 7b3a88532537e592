/** `ringside record HOST GUEST`: profiles a guest into a capture. */
import { tmpdir, homedir } from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import type { Dom0Client } from '../dom0/client.ts';
import { writePprof } from '../engine/formats/pprofWrite.ts';
import { writeWhole } from '../engine/formats/wholeFile.ts';
import { profileHeader } from '../engine/profile/header.ts';
import type { ProfileFacts } from '../engine/profile/profile.ts';
import { WeightCache } from '../engine/profile/weights.ts';
import { Recording } from '../engine/recording/recording.ts';
import type { CaptureInfo, Guest, RecordingEnd, RecordingStatus, SymbolSource } from '../protocol.ts';
import { connect, hostOptions } from './host.ts';
import { numberOption, UsageError } from './usage.ts';

const options = {
  ...hostOptions,
  rate: { type: 'string' },
  duration: { type: 'string' },
  mode: { type: 'string' },
  'max-pause-share': { type: 'string' },
  output: { type: 'string', short: 'o' },
  symbols: { type: 'string' },
  'trust-symbols': { type: 'boolean' },
} as const;

export async function record(args: string[]): Promise<number> {
  const { values, positionals } = parseArgs({ args, allowPositionals: true, options });
  const [host, name, ...rest] = positionals;
  if (host === undefined || name === undefined || rest.length > 0) throw new UsageError('ringside record takes a HOST and a GUEST');
  const rateHz = numberOption('rate', values.rate, 99, 1, 10_000);
  const seconds = numberOption('duration', values.duration, 10, 0, 86_400);
  const maxPauseShare = numberOption('max-pause-share', values['max-pause-share'], 0.01, 0.0001, 1);
  const mode = values.mode ?? 'stacks';
  if (mode !== 'stacks' && mode !== 'addresses') throw new UsageError(`--mode takes stacks or addresses, not ${JSON.stringify(mode)}`);
  const client = connect(host, values);
  const guest = pick(await client.guests(), name, host);
  const output = path.resolve(values.output ?? `${guest.name.replaceAll(/[^\w.-]+/g, '_')}.pb.gz`);
  const symbols = await symbolSource(client, guest, values.symbols);
  const info: CaptureInfo = {
    guest: guest.name,
    host,
    kind: guest.kind,
    vcpus: guest.vcpus,
    rateHz,
    xenVersion: null,
    startedAt: new Date().toISOString(),
    mode,
  };
  let recording: Recording | null = null;
  let fault: unknown = null;
  const running = client.record(
    { domid: guest.domid, rateHz, durationMs: seconds === 0 ? null : seconds * 1000, mode, maxPauseShare },
    {
      onHello: ({ xenVersion, vcpus, slower, shutter }) => {
        const note = slower !== null && shutter === 'xenctx' ? { note: slower } : {};
        if (slower !== null && shutter !== 'xenctx') say(`note: ${slower}`);
        recording = new Recording({ ...info, xenVersion, vcpus, ...note }, symbols, { trustSymbols: values['trust-symbols'] === true });
        for (const warning of recording.profile.facts.warnings) say(`warning: ${warning}`);
        say(`recording ${guest.name} on ${host} at ${rateHz} Hz; Ctrl-C stops and keeps`);
      },
      onPhotographs: (bytes) => void recording?.push(bytes).catch((error: unknown) => (fault = error)),
      onStatus: (status) => {
        recording?.status(status);
        progress(status);
      },
    },
  );
  const stop = (): void => running.stop();
  for (const signal of STOPS) process.once(signal, stop);
  process.stderr.on('error', () => undefined); // the terminal is gone: the capture is written all the same
  const end = await running.done;
  for (const signal of STOPS) process.off(signal, stop);
  await client.close();
  if (process.stderr.isTTY) process.stderr.write('\n');
  return finish(recording, end, output, fault);
}

/** Ctrl-C, a polite kill, a terminal that is closed. */
const STOPS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/** Writes what was collected, whatever ended the recording. Exit code 3: less than what was asked for. */
async function finish(recording: Recording | null, end: RecordingEnd, output: string, fault: unknown): Promise<number> {
  if (!recording) throw new Error(end.message ?? `the recording did not start (${end.reason})`);
  await recording.end(end);
  recording.close();
  const { profile } = recording;
  const { pause, elapsedMs, lost, missed, cappedHz } = end.status;
  const { samples, onCpuSamples } = profileHeader(profile, new WeightCache(profile));
  say(`${onCpuSamples} of ${samples} samples on CPU, ${samples - onCpuSamples} blocked`);
  sayProof(profile.facts);
  await writeWhole(output, await writePprof(profile));
  say(
    `${profile.sampleCount} samples in ${(elapsedMs / 1000).toFixed(1)} s, ${lost} lost, ${missed} moments missed; guest pause ${micro(pause.medianNs)} median, ${micro(pause.p99Ns)} p99`,
  );
  if (cappedHz !== undefined) say(`the pause budget held the rate down to ${cappedHz} Hz; --max-pause-share allows more`);
  say(`written to ${output}`);
  if (fault) throw new Error('the capture is incomplete', { cause: fault });
  if (end.reason === 'duration' || end.reason === 'stopped') return 0;
  say(`the recording ended early (${end.reason}): ${end.message ?? 'no reason given'}`);
  return 3;
}

/** What the guest's own text says of the symbols. */
function sayProof({ proof, warnings }: ProfileFacts): void {
  if (proof?.verdict === 'mismatch') say(`warning: ${warnings[0]!}; --trust-symbols names them anyway`);
  else if (proof)
    say(`symbols ${proof.verdict}: ${proof.detail}${proof.slide === undefined ? '' : `; loaded ${proof.slide} from where it was linked`}`);
}

function pick(guests: readonly Guest[], name: string, host: string): Guest {
  const found = guests.find((guest) => guest.name === name) ?? guests.find((guest) => String(guest.domid) === name);
  if (found) return found;
  const known = guests.map((guest) => guest.name).join(', ');
  throw new Error(`${host} has no guest ${JSON.stringify(name)}; ${known ? `it runs ${known}` : 'it runs none: start one with xl create'}`);
}

async function symbolSource(client: Dom0Client, guest: Guest, chosen: string | undefined): Promise<SymbolSource> {
  if (chosen !== undefined) return { kind: 'elf', path: path.resolve(chosen), origin: 'chosen' };
  if (guest.kernel === null)
    return { kind: 'none', reason: `${guest.name}'s configuration names no kernel; give its ELF file with --symbols` };
  try {
    const { path: file } = await client.fetchKernel(guest.kernel, cacheFolder());
    return { kind: 'elf', path: file, origin: 'dom0' };
  } catch (error) {
    return {
      kind: 'none',
      reason: `${guest.kernel} could not be fetched (${error instanceof Error ? error.message : String(error)}); give the ELF file with --symbols`,
    };
  }
}

function cacheFolder(): string {
  const base = process.env['XDG_CACHE_HOME'] ?? path.join(homedir() || tmpdir(), '.cache');
  return path.join(base, 'ringside', 'kernels');
}

function progress({ elapsedMs, samples, pause }: RecordingStatus): void {
  if (process.stderr.isTTY)
    process.stderr.write(`\r${(elapsedMs / 1000).toFixed(1)} s  ${samples} samples  pause ${micro(pause.medianNs)} median   `);
}

function micro(ns: number): string {
  return `${(ns / 1000).toFixed(0)} µs`;
}

function say(line: string): void {
  process.stderr.write(`ringside: ${line}\n`);
}
