/** The end of askpass that lives with us: takes ssh's questions over a private socket and hands back what the person says. */
import { randomBytes, timingSafeEqual } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { createServer, type Server, type Socket } from 'node:net';
import path from 'node:path';
import { classifyPrompt, cleanPrompt, type Prompter, type QuestionKind } from './prompt.ts';

/** One process of ssh that may ask. */
export interface Asker {
  /** Environment that makes ssh ask us. */
  readonly env: Record<string, string>;
  /** Ends its right to ask, and takes open questions away. */
  end(): void;
}

interface Registered {
  readonly destination: string;
  readonly prompter: Prompter;
  readonly abort: AbortController;
  readonly onDecline: (kind: QuestionKind['kind']) => void;
  /** What it has asked and been answered in this attempt to log in. */
  readonly answered: string[];
}

const LONGEST_QUESTION = 64 << 10;

export class AskpassServer {
  private readonly askers = new Map<string, Registered>();
  private readonly server: Server;
  private readonly address: string;
  private readonly launcher: Record<string, string>;
  private readonly log: (line: string) => void;

  private constructor(server: Server, address: string, launcher: Record<string, string>, log: (line: string) => void) {
    this.server = server;
    this.address = address;
    this.launcher = launcher;
    this.log = log;
    server.on('connection', (socket) => this.serve(socket));
    server.unref();
  }

  /**
   * @param folder a folder of this process that nobody else can enter: the socket and the program that ssh runs are made there
   * @param script path of dist/askpass.cjs
   */
  static async start(folder: string, script: string, log: (line: string) => void): Promise<AskpassServer> {
    const address = process.platform === 'win32' ? `\\\\.\\pipe\\ringside-${randomBytes(16).toString('hex')}` : path.join(folder, 's');
    const server = createServer();
    await new Promise<void>((resolve, reject) => server.once('error', reject).listen(address, resolve));
    return new AskpassServer(server, address, writeLauncher(folder, script), log);
  }

  /** Allows one process of ssh to ask. `onDecline`: the person gave no answer, or did not accept the host's key, so the connection must end. */
  allow(destination: string, prompter: Prompter, onDecline: (kind: QuestionKind['kind']) => void): Asker {
    const token = randomBytes(32).toString('hex');
    const abort = new AbortController();
    this.askers.set(token, { destination, prompter, abort, onDecline, answered: [] });
    return {
      env: {
        ...this.launcher,
        RINGSIDE_ASKPASS_SOCKET: this.address,
        RINGSIDE_ASKPASS_TOKEN: token,
        // 8.4 and newer obey this; older ones ask us when they have a display and no terminal
        SSH_ASKPASS_REQUIRE: 'force',
        DISPLAY: process.env['DISPLAY'] ?? ':0',
      },
      end: () => {
        this.askers.delete(token);
        abort.abort();
      },
    };
  }

  close(): void {
    for (const { abort } of this.askers.values()) abort.abort();
    this.askers.clear();
    this.server.close();
  }

  private serve(socket: Socket): void {
    const gone = new AbortController();
    socket.on('error', (error) => this.log(`askpass: ${error.message}`)).on('close', () => gone.abort());
    let text = '';
    socket.setEncoding('utf8').on('data', (piece: string) => {
      text += piece;
      const end = text.indexOf('\n');
      if (end < 0) {
        if (text.length > LONGEST_QUESTION) socket.destroy();
        return;
      }
      socket.removeAllListeners('data');
      this.answer(text.slice(0, end), gone.signal).then(
        (answer) => socket.end(`${JSON.stringify({ answer })}\n`),
        (error: unknown) => {
          this.log(`askpass: ${error instanceof Error ? error.message : String(error)}`);
          socket.end(`${JSON.stringify({ answer: null })}\n`);
        },
      );
    });
  }

  private async answer(line: string, gone: AbortSignal): Promise<string | null> {
    const { token, prompt, hint } = JSON.parse(line) as { token?: unknown; prompt?: unknown; hint?: unknown };
    const asker = typeof token === 'string' ? this.find(token) : undefined;
    if (!asker || typeof prompt !== 'string') throw new Error('a question without the right to ask was refused');
    const text = cleanPrompt(prompt);
    const kind = classifyPrompt(text, typeof hint === 'string' ? hint : undefined);
    const signal = AbortSignal.any([gone, asker.abort.signal]);
    this.log(`askpass: ssh asks (${kind.kind})`);
    const { destination, answered } = asker;
    const answersRefused = refusedBefore(text, answered);
    const answer = await asker.prompter.ask({ text, destination, signal, answersRefused, ...kind });
    if (kind.kind === 'user-presence') return '';
    const isDeclined = kind.kind === 'host-authenticity' ? answer !== 'yes' : answer === null;
    if (isDeclined && !signal.aborted) asker.onDecline(kind.kind);
    if (kind.kind === 'host-authenticity') return isDeclined ? 'no' : 'yes';
    if (!isDeclined) answered.push(text);
    return answer;
  }

  /** Compared in constant time; the map's own look-up would not be. */
  private find(token: string): Registered | undefined {
    const given = Buffer.from(token);
    for (const [known, asker] of this.askers) {
      const expected = Buffer.from(known);
      if (expected.length === given.length && timingSafeEqual(expected, given)) return asker;
    }
    return undefined;
  }
}

/** How many answers were given since ssh last asked this. With it a new attempt begins: a host may want a password and a code, and refuse both. */
function refusedBefore(text: string, answered: string[]): number {
  const last = answered.lastIndexOf(text);
  return last < 0 ? 0 : answered.splice(0).length - last;
}

/**
 * The program that ssh runs. ssh takes one executable without arguments, so there is a script of two lines that starts the editor's own
 * binary as Node. On Windows a .cmd would let the prompt, which the host may write, reach the command interpreter: there the binary itself
 * is run, with askpass.cjs loaded by NODE_OPTIONS before it looks for anything else.
 */
function writeLauncher(folder: string, script: string): Record<string, string> {
  if (process.platform === 'win32') {
    const preload = { NODE_OPTIONS: `--require ${JSON.stringify(script)}`, RINGSIDE_ASKPASS_PRELOADED: '1' };
    return { SSH_ASKPASS: process.execPath, ELECTRON_RUN_AS_NODE: '1', ...preload };
  }
  const quoted = (word: string): string => `'${word.replaceAll("'", String.raw`'\''`)}'`;
  const file = path.join(folder, 'askpass');
  writeFileSync(file, `#!/bin/sh\nELECTRON_RUN_AS_NODE=1 exec ${quoted(process.execPath)} ${quoted(script)} "$@"\n`, { mode: 0o700 });
  return { SSH_ASKPASS: file };
}
