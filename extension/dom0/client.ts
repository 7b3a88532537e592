/** The wire to one dom0: every operation is one ssh channel and one agent process, which ends with it. */
import { execFile } from 'node:child_process';
import { rmSync } from 'node:fs';
import type { Guest, HostConfig, Preflight, PreflightCheck } from '../protocol.ts';
import type { Frame } from './agent/frames.ts';
import { errorOf, fieldsOf, guestsOf, preflightOf } from './answers.ts';
import type { Prompter, QuestionKind } from './askpass/prompt.ts';
import { AskpassServer } from './askpass/server.ts';
import { Dom0Error } from './errors.ts';
import { KernelFetch, type FetchProgress } from './kernelFetch.ts';
import type { FetchedKernel } from './kernelFile.ts';
import { LiveRecording, type Recording, type RecordingRequest, type RecordingSink } from './recording.ts';
import { controlPath, sshArguments } from './ssh/arguments.ts';
import { Channel, type Reader } from './ssh/channel.ts';
import { checkDestination } from './ssh/destination.ts';
import { privateFolder, processFolder } from './ssh/privateFolder.ts';
import { remoteCommand } from './ssh/remoteCommand.ts';
import { canFallBack, costOf, listCommand, loopCommand } from './xenctx/fallback.ts';
import { ListReader } from './xenctx/list.ts';
import { TraceReader } from './xenctx/reader.ts';

export type { RecordingHello } from './answers.ts';
export type { Prompter, QuestionKind, SshQuestion } from './askpass/prompt.ts';
export { Dom0Error, type Dom0ErrorCode } from './errors.ts';
export type { FetchedKernel } from './kernelFile.ts';
export type { Recording, RecordingRequest, RecordingSink } from './recording.ts';

export interface Dom0Options {
  /** The program; `ssh` from PATH where absent. */
  readonly ssh?: string;
  /** Put before our own arguments, such as ['-F', file]. */
  readonly sshArguments?: readonly string[];
  /** Who answers ssh's questions. Absent: ssh must not ask (BatchMode). */
  readonly prompter?: Prompter;
  /** Path of dist/askpass.cjs. */
  readonly askpassScript: string;
  log(line: string): void;
  /** A short folder to make the private one in; XDG_RUNTIME_DIR or /tmp where absent. */
  readonly runtimeFolder?: string;
}

/** Something else than the agent to run on dom0. */
interface Program {
  readonly program: readonly string[];
  readonly reader: Reader;
  readonly preamble: Buffer;
}
const NOTHING = Buffer.alloc(0);

/** How long the agent may be silent in an operation that has an answer. */
const SILENCE_MS = 60_000;
/** These are found by ssh that works: the preflight tells them as a check that failed. */
const foundOnDom0: Readonly<Record<string, string>> = {
  'no-python': 'Python',
  'old-python': 'Python',
  'python-incomplete': 'Python',
  'no-sudo': 'Privilege',
  'sudo-password': 'Privilege',
  'sudo-denied': 'Privilege',
};

export class Dom0Client {
  private readonly host: HostConfig;
  private readonly options: Dom0Options;
  private readonly folder: string | null;
  private ownFolder: string | null = null;
  private askpass: Promise<AskpassServer> | null = null;
  private readonly leave = (): void => this.removeFiles();

  constructor(host: HostConfig, options: Dom0Options) {
    this.host = host;
    this.options = options;
    this.folder = privateFolder(options.runtimeFolder);
  }

  /** What dom0 lacks for a recording. Rejects where ssh itself does not get there. */
  async preflight(signal?: AbortSignal): Promise<Preflight> {
    const ssh: PreflightCheck = { name: 'SSH', ok: true, detail: `connected to ${this.host.destination}` };
    try {
      const { checks, xenVersion } = preflightOf(await this.ask({ op: 'preflight' }, signal));
      return { checks: [ssh, ...checks], xenVersion };
    } catch (error) {
      const name = error instanceof Dom0Error ? foundOnDom0[error.code] : undefined;
      if (name === undefined || !(error instanceof Dom0Error)) throw error;
      return { checks: [ssh, { name, ok: false, detail: error.what, remedy: error.remedy }], xenVersion: null };
    }
  }

  /** The guests that dom0 has now. Takes about a second: their share of the processors is measured over 0.3 s. */
  async guests(signal?: AbortSignal): Promise<Guest[]> {
    try {
      return guestsOf(await this.ask({ op: 'guests' }, signal));
    } catch (error) {
      if (!(error instanceof Dom0Error) || !canFallBack(error)) throw error;
      const xl = { program: listCommand, reader: new ListReader(), preamble: NOTHING };
      // Where xl fails too, it is the agent's failure that a person can mend.
      const answer = await this.ask({ op: 'guests' }, signal, xl).catch((second: unknown) => {
        throw second instanceof Dom0Error && second.code !== 'cancelled' && second.code !== 'declined' ? error : second;
      });
      return guestsOf(answer);
    }
  }

  /**
   * A file of dom0, from the cache where its contents are there already. Packed by xz, bzip2 or lzma, it comes unpacked; gzip stays.
   * @param onProgress bytes so far, and in all
   */
  async fetchKernel(remotePath: string, cacheFolder: string, signal?: AbortSignal, onProgress?: FetchProgress): Promise<FetchedKernel> {
    const fetch = new KernelFetch(remotePath, cacheFolder, onProgress);
    try {
      return await fetch.run(
        (onFrame) => this.open({ op: 'fetch', file: remotePath }, onFrame),
        (channel) => this.outcome(channel, signal),
      );
    } catch (cause) {
      if (cause instanceof Dom0Error || signal?.aborted) throw cause;
      const why = cause instanceof Error ? cause.message : String(cause);
      const what = `${remotePath} could not be fetched from ${this.host.name}: ${why}.`;
      throw new Dom0Error('kernel-failed', what, "Choose the guest's ELF file yourself.", { cause });
    }
  }

  /** Records one guest until its time is over, `stop`, or its end. */
  record(request: RecordingRequest, sink: RecordingSink): Recording {
    const asked = { op: 'record', ...request };
    return new LiveRecording(
      sink,
      (onFrame) => this.open(asked, onFrame),
      (why) => (onFrame) => this.open(asked, onFrame, this.loop(request, why)),
    );
  }

  /** Where the agent cannot run: xenctx in a loop. */
  private loop({ domid, rateHz, durationMs, maxPauseShare = 1 }: RecordingRequest, why: Dom0Error): Program {
    const reader = new TraceReader({ domid, rateHz, maxPauseShare }, costOf(why));
    return { program: loopCommand(domid, rateHz, maxPauseShare, durationMs), reader, preamble: NOTHING };
  }

  /**
   * Removes our files, and lets the shared connection go: nobody joins it any more, and it ends with the last that uses it. Another window's
   * recording may be one of those, so it is not cut.
   */
  async close(): Promise<void> {
    const server = await this.askpass?.catch(() => null);
    server?.close();
    this.askpass = null;
    this.removeFiles();
    const folder = this.controlFolder();
    if (folder === null) return;
    const shared = this.options.sshArguments ?? [];
    const args = [
      ...shared,
      '-O',
      'stop',
      '-o',
      `ControlPath=${controlPath({ sshArguments: shared }, folder)}`,
      '--',
      this.host.destination,
    ];
    // It fails where there is no shared connection: then there is nothing to end.
    await new Promise<void>((resolve) => execFile(this.options.ssh ?? 'ssh', args, { timeout: 5000 }, () => resolve()));
  }

  /** One request, one answer. */
  private async ask(
    request: Readonly<Record<string, unknown>>,
    signal?: AbortSignal,
    program?: Program,
  ): Promise<Readonly<Record<string, unknown>>> {
    const said: { answer?: Readonly<Record<string, unknown>>; failure?: Dom0Error } = {};
    const channel = await this.open(
      request,
      ({ kind, payload }) => {
        if (kind === 'E') said.failure = errorOf(fieldsOf(payload));
        else if (kind === 'D') said.answer = fieldsOf(payload);
      },
      program,
    );
    const ended = await this.outcome(channel, signal);
    if (said.failure) throw said.failure;
    if (ended) throw ended;
    if (!said.answer) throw new Dom0Error('agent-failed', `The agent on ${this.host.name} gave no answer.`, 'Try again.');
    return said.answer;
  }

  /** Waits for a channel's end, but not for ever, and not when nobody waits any more. */
  private async outcome(channel: Channel, signal?: AbortSignal): Promise<Dom0Error | null> {
    const onAbort = (): void => channel.abort(new Dom0Error('cancelled', 'Cancelled.', ''));
    if (signal?.aborted) onAbort();
    signal?.addEventListener('abort', onAbort);
    // Before the agent starts, ssh has its own limits, and people who look for a password have none.
    const watch = setInterval(() => {
      if (!channel.started || Date.now() - channel.heardAtMs < SILENCE_MS) return;
      channel.abort(
        new Dom0Error(
          'agent-silent',
          `The agent on ${this.host.name} does not answer.`,
          'Check the load of dom0 and that `xl list` works there.',
        ),
      );
    }, 1000);
    try {
      const ended = await channel.ended;
      signal?.throwIfAborted();
      return ended;
    } finally {
      clearInterval(watch);
      signal?.removeEventListener('abort', onAbort);
    }
  }

  private async open(request: Readonly<Record<string, unknown>>, onFrame: (frame: Frame) => void, other?: Program): Promise<Channel> {
    const { host, options } = this;
    const destination = checkDestination(host.destination);
    const interactive = options.prompter !== undefined;
    const args = sshArguments({
      sshArguments: options.sshArguments ?? [],
      destination,
      remoteCommand: remoteCommand(host, other?.program),
      interactive,
      controlFolder: this.controlFolder(),
    });
    const onDecline = (kind: QuestionKind['kind']): void => channel.abort(declined(host.name, kind));
    const asker = options.prompter && (await this.askpassServer()).allow(destination, options.prompter, onDecline);
    const channel = new Channel({
      ssh: options.ssh ?? 'ssh',
      args,
      env: { ...process.env, ...asker?.env },
      destination,
      interactive,
      log: (line) => options.log(`${host.name}: ${line}`),
      request: { ...request, path: host.path ?? [] },
      onFrame,
      ...(other && { reader: other.reader, preamble: other.preamble }),
    });
    void channel.ended.then(() => asker?.end());
    return channel;
  }

  private controlFolder(): string | null {
    return process.platform === 'win32' ? null : this.folder;
  }

  private askpassServer(): Promise<AskpassServer> {
    this.askpass ??= this.startAskpass();
    return this.askpass;
  }

  private async startAskpass(): Promise<AskpassServer> {
    if (this.folder === null) {
      throw new Dom0Error(
        'askpass-failed',
        'There is no private folder for the questions of ssh.',
        'Set XDG_RUNTIME_DIR to a folder with a short name that only you can enter.',
      );
    }
    this.ownFolder = processFolder(this.folder);
    process.once('exit', this.leave);
    return AskpassServer.start(this.ownFolder, this.options.askpassScript, (line) => this.options.log(`${this.host.name}: ${line}`));
  }

  private removeFiles(): void {
    process.off('exit', this.leave);
    if (this.ownFolder !== null) rmSync(this.ownFolder, { recursive: true, force: true });
    this.ownFolder = null;
  }
}

function declined(host: string, kind: QuestionKind['kind']): Dom0Error {
  return kind === 'host-authenticity'
    ? new Dom0Error(
        'declined',
        `Key not accepted: ${host} was not connected.`,
        'Compare its fingerprint with the one the administrator gives (ssh-keygen -lf on the host), then connect again.',
      )
    : new Dom0Error('declined', `No answer to ssh: ${host} was not connected.`, 'Connect again to answer it.');
}
