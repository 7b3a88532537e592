/** Clients for the tests, with a person who answers from a list. */
import { build } from 'esbuild';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import path from 'node:path';
import { Dom0Client, type Dom0Options, type Prompter, type SshQuestion } from '../../extension/dom0/client.ts';
import type { HostConfig } from '../../extension/protocol.ts';

/** Answers what it is told to, and remembers what it was asked. */
export class Person implements Prompter {
  readonly asked: SshQuestion[] = [];
  private readonly answers: (string | null)[];

  constructor(...answers: (string | null)[]) {
    this.answers = answers;
  }

  ask(question: SshQuestion): Promise<string | null> {
    this.asked.push(question);
    return Promise.resolve(this.answers.shift() ?? null);
  }
}

/** The clients of one test file: no two share a connection, and all end with `close`. */
export class Clients {
  readonly folder = mkdtempSync('/tmp/rs-');
  readonly lines: string[] = [];
  private readonly askpassScript = path.join(this.folder, 'askpass.cjs');
  private readonly open: Dom0Client[] = [];
  private count = 0;

  /** Bundles askpass as build.mjs does. */
  async prepare(): Promise<void> {
    const entryPoints = [path.join(import.meta.dirname, '../../extension/dom0/askpass/main.ts')];
    await build({ entryPoints, outfile: this.askpassScript, bundle: true, platform: 'node', format: 'cjs', logLevel: 'warning' });
  }

  make(sshArguments: readonly string[], host: Partial<HostConfig> = {}, options: Partial<Dom0Options> = {}): Dom0Client {
    const runtimeFolder = path.join(this.folder, String(this.count++)); // short: it will hold sockets
    mkdirSync(runtimeFolder);
    const client = new Dom0Client(
      { name: 'dom0', destination: 'dom0', ...host },
      { sshArguments, askpassScript: this.askpassScript, runtimeFolder, log: (line) => this.lines.push(line), ...options },
    );
    this.open.push(client);
    return client;
  }

  async close(): Promise<void> {
    await Promise.all(this.open.map((client) => client.close()));
    rmSync(this.folder, { recursive: true, force: true });
  }
}
