/** One operation: one ssh channel with one agent at its end. */
import { spawn, type ChildProcessWithoutNullStreams } from 'node:child_process';
import { packedAgent } from '../agent/bootstrap.ts';
import { FrameReader, type Frame } from '../agent/frames.ts';
import { Dom0Error } from '../errors.ts';
import { explainEnd } from './failure.ts';

export type Reader = Pick<FrameReader, 'push' | 'started'>;

export interface ChannelOptions {
  readonly ssh: string;
  readonly args: readonly string[];
  readonly env: NodeJS.ProcessEnv;
  readonly destination: string;
  readonly interactive: boolean;
  readonly log: (line: string) => void;
  /** The request: what the agent is to do. */
  readonly request: Readonly<Record<string, unknown>>;
  /** Written before the request; the agent's own source where absent. */
  readonly preamble?: Buffer;
  /** Cuts the output into frames; the agent's where absent. */
  readonly reader?: Reader;
  /** Called for every frame, in order. An error it throws ends the channel. */
  readonly onFrame: (frame: Frame) => void;
}

const STDERR_BYTES = 64 << 10;
/** How long a process that was asked to end may take. */
const GRACE_MS = 2000;
/** ssh has ended, but a shared connection it left behind may hold its standard error open. */
const LINGER_MS = 300;

export class Channel {
  /**
   * Resolves when ssh has ended and all frames are delivered: with null where the agent ended the conversation by a D or E frame, else with
   * the reason. Never rejects.
   */
  readonly ended: Promise<Dom0Error | null>;
  /** When the agent last said something, by Date.now(). */
  heardAtMs = Date.now();
  private readonly child: ChildProcessWithoutNullStreams;
  private readonly reader: Reader;
  private readonly options: ChannelOptions;
  private stderr = '';
  private answered = false;
  private failure: Dom0Error | null = null;
  private killTimer: NodeJS.Timeout | undefined;

  constructor(options: ChannelOptions) {
    this.options = options;
    this.reader = options.reader ?? new FrameReader();
    options.log(`${options.ssh} ${options.args.slice(0, -1).join(' ')} … (${String(options.request['op'])})`);
    // A process group of its own: Ctrl-C in a terminal is ours to handle, and an ssh older than 8.4 finds no terminal to ask on.
    const detached = process.platform !== 'win32';
    this.child = spawn(options.ssh, [...options.args], { env: options.env, stdio: 'pipe', detached, windowsHide: true });
    this.child.stdin.on('error', (error) => options.log(`ssh: standard input closed (${error.message})`));
    this.child.stdout.on('data', (bytes: Buffer) => this.receive(bytes));
    this.child.stderr.setEncoding('utf8').on('data', (text: string) => this.complain(text));
    this.ended = this.end();
    this.child.stdin.write(options.preamble ?? packedAgent());
    this.send(options.request);
  }

  /** Whether the agent runs. */
  get started(): boolean {
    return this.reader.started;
  }

  send(message: Readonly<Record<string, unknown>>): void {
    if (this.child.stdin.writable) this.child.stdin.write(`${JSON.stringify(message)}\n`);
  }

  /** Ends the agent by closing its standard input, and ssh by force where that does not help. */
  close(): void {
    this.child.stdin.end();
    this.killTimer ??= setTimeout(() => {
      this.child.kill('SIGTERM');
      setTimeout(() => this.child.kill('SIGKILL'), GRACE_MS).unref();
    }, GRACE_MS).unref();
  }

  /** Ends ssh at once; `reason` is what `ended` will say. The agent ends because its channel is gone. */
  abort(reason: Dom0Error): void {
    this.failure ??= reason;
    this.child.stdin.destroy();
    this.child.kill('SIGTERM');
    setTimeout(() => this.child.kill('SIGKILL'), GRACE_MS).unref();
  }

  private receive(bytes: Buffer): void {
    this.heardAtMs = Date.now();
    if (this.failure) return;
    try {
      for (const frame of this.reader.push(bytes)) {
        if (frame.kind === 'D' || frame.kind === 'E') this.answered = true;
        this.options.onFrame(frame);
        if (this.answered) this.close();
      }
    } catch (cause) {
      const what = `What ${this.options.destination} sent cannot be used: ${cause instanceof Error ? cause.message : String(cause)}.`;
      this.abort(new Dom0Error('agent-failed', what, 'Report this as a bug of Ringside, with the log.', { cause }));
    }
  }

  private complain(text: string): void {
    this.stderr = (this.stderr + text).slice(-STDERR_BYTES);
    for (const line of text.split(/\r?\n/)) if (line.trim() !== '') this.options.log(`ssh: ${line}`);
  }

  private async end(): Promise<Dom0Error | null> {
    const { child, options } = this;
    const code = await new Promise<number | null | Error>((resolve) => {
      child.once('error', resolve);
      child.once('close', resolve);
      child.once('exit', (exitCode) => {
        const afterOutput = (): unknown => setTimeout(() => resolve(exitCode), LINGER_MS);
        if (child.stdout.closed) afterOutput();
        else child.stdout.once('close', afterOutput);
        setTimeout(() => resolve(exitCode), GRACE_MS);
      });
    });
    clearTimeout(this.killTimer);
    child.stdout.destroy();
    child.stderr.destroy();
    if (code instanceof Error) {
      if (child.pid !== undefined) return this.failure; // it runs, and could not be signalled
      return new Dom0Error(
        'no-ssh',
        `${options.ssh} could not be started: ${code.message}.`,
        'Install OpenSSH, or correct the path of ssh in the settings.',
        { cause: code },
      );
    }
    options.log(`ssh: ended with ${code ?? child.signalCode ?? 'a signal'}`);
    if (this.failure) return this.failure;
    if (this.answered) return null;
    const { destination, interactive } = options;
    return explainEnd({ destination, exitCode: code, stderr: this.stderr, started: this.started, interactive });
  }
}
