/** HOST and the ssh options that guests and record share. */
import path from 'node:path';
import { createInterface } from 'node:readline/promises';
import type { HostConfig } from '../protocol.ts';
import { Dom0Client, type Prompter } from '../dom0/client.ts';

export const hostOptions = { F: { type: 'string', short: 'F' }, sudo: { type: 'boolean' }, path: { type: 'string' } } as const;

export interface HostValues {
  readonly F?: string | undefined;
  readonly sudo?: boolean | undefined;
  readonly path?: string | undefined;
}

export function connect(destination: string, values: HostValues): Dom0Client {
  const host: HostConfig = {
    name: destination,
    destination,
    ...(values.sudo ? { sudo: true } : {}),
    ...(values.path ? { path: values.path.split(':').filter(Boolean) } : {}),
  };
  return new Dom0Client(host, {
    sshArguments: values.F === undefined ? [] : ['-F', path.resolve(values.F)],
    ...(process.stdin.isTTY && process.stderr.isTTY ? { prompter: terminalPrompter } : {}),
    askpassScript: path.join(__dirname, 'askpass.cjs'),
    log: (line) => {
      if (process.env['RINGSIDE_DEBUG']) process.stderr.write(`${line}\n`);
    },
  });
}

/** Asks on the terminal. Secrets are typed without an echo. */
const terminalPrompter: Prompter = {
  async ask(question) {
    const secret = question.kind !== 'host-authenticity' && question.kind !== 'user-presence';
    process.stderr.write(question.text);
    if (secret) process.stdin.setRawMode(true);
    const lines = createInterface({ input: process.stdin, ...(secret ? {} : { output: process.stderr }), terminal: true });
    try {
      return await lines.question('');
    } finally {
      lines.close();
      if (secret) {
        process.stdin.setRawMode(false);
        process.stderr.write('\n');
      }
    }
  },
};
