import { build } from 'esbuild';
import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { connect } from 'node:net';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Prompter, SshQuestion } from './prompt.ts';
import { AskpassServer } from './server.ts';

const folder = mkdtempSync('/tmp/rs-');
const script = path.join(folder, 'askpass.cjs');
const asked: SshQuestion[] = [];
const answers: (string | null)[] = [];
const person: Prompter = {
  ask: (question) => {
    asked.push(question);
    return Promise.resolve(answers.shift() ?? null);
  },
};
let server: AskpassServer;
beforeAll(async () => {
  const entryPoints = [path.join(import.meta.dirname, 'main.ts')];
  await build({ entryPoints, outfile: script, bundle: true, platform: 'node', format: 'cjs', logLevel: 'warning' });
  server = await AskpassServer.start(folder, script, () => undefined);
});
afterAll(() => {
  server.close();
  rmSync(folder, { recursive: true });
});

/** What ssh does: runs the program with the prompt as its only argument. */
function run(program: string, prompt: string, env: Record<string, string>): Promise<{ code: number; stdout: string }> {
  return new Promise((resolve) => {
    execFile(program, [prompt], { env: { ...process.env, ...env } }, (error, stdout) => {
      resolve({ code: typeof error?.code === 'number' ? error.code : 0, stdout });
    });
  });
}

test.each([
  ["root@h's password: ", 'se cret"\'$x', { code: 0, stdout: 'se cret"\'$x\n', declined: [] }],
  ["root@h's password: ", null, { code: 1, stdout: '', declined: ['password'] }],
  [
    "The authenticity of host 'h' can't be established.\nX key fingerprint is Y.\nAre you sure (yes/no)? ",
    'yes',
    { code: 0, stdout: 'yes\n', declined: [] },
  ],
  [
    "The authenticity of host 'h' can't be established.\nX key fingerprint is Y.\nAre you sure (yes/no)? ",
    null,
    { code: 0, stdout: 'no\n', declined: ['host-authenticity'] },
  ],
])('%j answered by %j', async (prompt, answer, { declined, ...expected }) => {
  const told: string[] = [];
  const asker = server.allow('h', person, (kind) => told.push(kind));
  answers.push(answer);
  expect(await run(asker.env['SSH_ASKPASS']!, prompt, asker.env)).toEqual(expected);
  expect(asked.at(-1)).toMatchObject({ text: prompt, destination: 'h' });
  expect(told).toEqual(declined);
  asker.end();
});

test('a question that comes again tells how many answers were not accepted', async () => {
  const asker = server.allow('h', person, () => undefined);
  const other = server.allow('h', person, () => undefined);
  const ask = async (prompt: string, env = asker.env): Promise<number | undefined> => {
    answers.push('secret');
    await run(env['SSH_ASKPASS']!, prompt, env);
    return asked.at(-1)?.answersRefused;
  };
  expect(await ask("Enter passphrase for key '/k': ")).toBe(0);
  expect(await ask("Enter passphrase for key '/k': ")).toBe(1);
  expect(await ask('Password: ')).toBe(0);
  expect(await ask('Password: ', other.env)).toBe(0);
  expect(await ask('Verification code: ')).toBe(0);
  expect(await ask('Password: ')).toBe(2);
  expect(await ask('Verification code: ')).toBe(0);
  expect(await ask('Password: ')).toBe(2);
  asker.end();
  other.end();
});

test('as Windows does it, with no script between', async () => {
  const asker = server.allow('h', person, () => undefined);
  answers.push('secret');
  const preload = { NODE_OPTIONS: `--require ${JSON.stringify(script)}`, RINGSIDE_ASKPASS_PRELOADED: '1' };
  expect(await run(process.execPath, "root@h's password: ", { ...asker.env, ...preload })).toEqual({ code: 0, stdout: 'secret\n' });
  asker.end();
});

test.each([
  ['a wrong token', (env: Record<string, string>) => ({ token: 'f'.repeat(env['RINGSIDE_ASKPASS_TOKEN']!.length), prompt: 'Password: ' })],
  ['no token', () => ({ prompt: 'Password: ' })],
  ['no question', (env: Record<string, string>) => ({ token: env['RINGSIDE_ASKPASS_TOKEN'] })],
  ['nonsense', () => null],
])('%s is not passed on', async (_, question) => {
  const before = asked.length;
  const asker = server.allow('h', person, () => undefined);
  const reply = await talk(asker.env, `${JSON.stringify(question(asker.env))}\n`);
  expect(reply).toBe('{"answer":null}\n');
  expect(asked).toHaveLength(before);
  asker.end();
});

test('a token is worth nothing when its ssh has ended', async () => {
  const asker = server.allow('h', person, () => undefined);
  asker.end();
  answers.length = 0;
  expect(await run(asker.env['SSH_ASKPASS']!, 'Password: ', asker.env)).toEqual({ code: 1, stdout: '' });
});

test('a question is taken away when ssh no longer waits', async () => {
  let question: SshQuestion | undefined;
  const waiting: Prompter = {
    ask: (it) => {
      question = it;
      return new Promise((resolve) => it.signal.addEventListener('abort', () => resolve(null)));
    },
  };
  const declined: string[] = [];
  const asker = server.allow('h', waiting, (kind) => declined.push(kind));
  const child = execFile(asker.env['SSH_ASKPASS']!, ['Password: '], { env: { ...process.env, ...asker.env } });
  await expect.poll(() => question?.kind, { timeout: 10_000 }).toBe('password');
  child.kill('SIGKILL');
  await expect.poll(() => question?.signal.aborted, { timeout: 10_000 }).toBe(true);
  expect(declined).toEqual([]);
  asker.end();
});

function talk(env: Record<string, string>, line: string): Promise<string> {
  return new Promise((resolve, reject) => {
    let text = '';
    const socket = connect(env['RINGSIDE_ASKPASS_SOCKET']!, () => socket.write(line));
    socket
      .setEncoding('utf8')
      .on('data', (piece: string) => (text += piece))
      .on('end', () => resolve(text))
      .on('error', reject);
  });
}
