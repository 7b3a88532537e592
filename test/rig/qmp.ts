/** QEMU's machine protocol over its control socket: one JSON object a line. */
import { once } from 'node:events';
import net from 'node:net';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';

export class Qmp {
  readonly #socket: net.Socket;
  readonly #lines: AsyncIterator<string>;

  private constructor(socket: net.Socket) {
    this.#socket = socket;
    this.#lines = createInterface({ input: socket })[Symbol.asyncIterator]();
  }

  static async connect(file: string): Promise<Qmp> {
    const socket = net.connect(file);
    await once(socket, 'connect');
    const qmp = new Qmp(socket);
    await qmp.ask('qmp_capabilities');
    return qmp;
  }

  /** One command and its answer. Events in between are passed over. */
  async ask(execute: string, args: Record<string, unknown> = {}): Promise<Record<string, unknown>> {
    this.#socket.write(`${JSON.stringify({ execute, arguments: args })}\n`);
    for (;;) {
      const line = await this.#lines.next();
      if (line.done === true) throw new Error(`QEMU closed its control socket during ${execute}`);
      const message = JSON.parse(line.value) as { return?: Record<string, unknown>; error?: { desc: string } };
      if (message.error) throw new Error(`QEMU refused ${execute}: ${message.error.desc}`);
      if (message.return) return message.return;
    }
  }

  /** Saves the stopped machine through a shell command that reads it from standard input. */
  async save(command: string): Promise<void> {
    await this.ask('stop');
    await this.ask('migrate-set-parameters', { 'max-bandwidth': 10_000_000_000 });
    await this.ask('migrate', { uri: `exec:${command}` });
    for (;;) {
      const progress = await this.ask('query-migrate');
      const { status } = progress;
      if (status === 'completed') return;
      if (status === 'failed') throw new Error(`QEMU could not save the machine: ${JSON.stringify(progress)}`);
      await sleep(100);
    }
  }

  /** Lets a machine that was started from a saved state go on. */
  async resume(): Promise<void> {
    while ((await this.ask('query-status'))['status'] === 'inmigrate') await sleep(20);
    await this.ask('cont');
  }

  close(): void {
    this.#socket.destroy();
  }
}
