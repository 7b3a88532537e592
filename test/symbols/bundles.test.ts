/** What only the bundles have: helper threads, and the engine's process with the editor's settings. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { copyFile, mkdir, mkdtemp, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createMessageConnection, StreamMessageReader, StreamMessageWriter } from 'vscode-jsonrpc/node';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { EVERYTHING } from '../../extension/engine/profile/filter.ts';
import type { EngineRequests } from '../../extension/protocol.ts';
import { must } from '../rig/run.ts';
import { textAddresses } from './compare.ts';
import { corpusFile } from './corpus.ts';

const minutes = 60_000;
let work = '';
let bundles = '';

beforeAll(async () => {
  work = await mkdtemp(path.join(tmpdir(), 'ringside-bundles-'));
  bundles = path.join(work, 'dist');
  await must(process.execPath, [path.resolve('build.mjs'), '--outdir', bundles]);
});
afterAll(() => rm(work, { recursive: true, force: true }));

/** Tells of every block that a thread has answered, or ends the thread in the middle of its first. */
const watched = (log: string, dies: boolean): string => `
const { parentPort } = require('node:worker_threads');
const { appendFileSync } = require('node:fs');
const post = parentPort.postMessage.bind(parentPort);
parentPort.postMessage = (message) => {
  appendFileSync(${JSON.stringify(log)}, message === 'done' ? 'done\\n' : 'block\\n');
  if (${String(dies)}) process.exit(1);
  post(message);
};
require('./symbols-whole.cjs');
`;

test('threads answer together what one answers alone, even where they die at it', { timeout: 5 * minutes }, async () => {
  const { path: file } = await corpusFile('rustc');
  const input = textAddresses(file, 5000)
    .map((address) => `0x${address.toString(16)}\n`)
    .join('');
  const answer = (threads: number): Promise<string> =>
    must(process.execPath, [path.join(bundles, 'ringside.cjs'), 'symbolize', '--json', '--threads', String(threads), file], { input });
  const alone = await answer(1);
  await rename(path.join(bundles, 'symbols.cjs'), path.join(bundles, 'symbols-whole.cjs'));
  for (const dies of [false, true]) {
    const log = path.join(work, `blocks-${String(dies)}`);
    await writeFile(path.join(bundles, 'symbols.cjs'), watched(log, dies));
    let blocks = 0;
    // a busy machine may start the threads when nothing is left to do
    for (let attempt = 0; attempt < 10 && blocks === 0; attempt++) {
      await writeFile(log, '');
      expect((await answer(3)) === alone).toBe(true);
      blocks = (await readFile(log, 'utf8')).split('block').length - 1;
    }
    expect(blocks).toBeGreaterThan(0);
  }
});

interface EngineProcess {
  request<M extends keyof EngineRequests>(method: M, params: EngineRequests[M]['params']): Promise<EngineRequests[M]['result']>;
  notify(method: string, params: unknown): Promise<void>;
  end(): Promise<void>;
}

async function engine(initializationOptions: unknown): Promise<EngineProcess> {
  const child = spawn(process.execPath, [path.join(bundles, 'engine.cjs'), '--stdio'], { stdio: ['pipe', 'pipe', 'inherit'] });
  const connection = createMessageConnection(new StreamMessageReader(child.stdout), new StreamMessageWriter(child.stdin));
  connection.listen();
  await connection.sendRequest('initialize', { processId: process.pid, rootUri: null, capabilities: {}, initializationOptions });
  await connection.sendNotification('initialized', {});
  return {
    request: (method, params) => connection.sendRequest(method, params),
    notify: (method, params) => connection.sendNotification(method, params),
    end: async () => {
      const ended = once(child, 'exit');
      await connection.sendRequest('shutdown');
      await connection.sendNotification('exit');
      await ended;
      connection.dispose();
    },
  };
}

test('the engine finds separate debug files in the folders of the setting, and keeps its answers', { timeout: 2 * minutes }, async () => {
  const source = path.join(work, 'spin.c');
  const whole = path.join(work, 'whole');
  const program = path.join(work, 'spin');
  const folders = ['debug', 'empty'].map((name) => path.join(work, name));
  for (const folder of folders) await mkdir(folder);
  await writeFile(source, 'volatile int sink;\nvoid leaf(void) { sink++; }\nvoid _start(void) {\n  for (;;) leaf();\n}\n');
  await must('gcc', ['-g', '-O0', '-nostdlib', '-static', '-Wl,--build-id=none', '-o', whole, source]);
  await must('objcopy', ['--only-keep-debug', whole, path.join(folders[0]!, 'spin.debug')]);
  const leaf = /^0*([0-9a-f]+) T leaf$/m.exec(await must('nm', [whole]))![1]!;
  await copyFile(whole, program);
  await must('strip', [program]);
  await must('objcopy', [`--add-gnu-debuglink=${path.join(folders[0]!, 'spin.debug')}`, program]);
  const traces = path.join(work, 'traces');
  await writeFile(traces, `#unikernel stack tracer using libxencall hypercall interface\n#tracing domid 7 on today\n\n0x${leaf}\n1\n\n`);

  const answers = path.join(work, 'answers');
  const leafOf = async (process: EngineProcess, profileId: string): Promise<unknown> => {
    await process.request('ringside/open', { profileId, path: traces, symbols: { kind: 'elf', path: program, origin: 'chosen' } });
    const filter = EVERYTHING;
    const { paths } = await process.request('ringside/hotPaths', { profileId, filter, limit: 1 });
    return paths[0]!.steps.at(-1)!.frame;
  };
  const first = await engine({ debugFileDirectories: [folders[0]], symbolsFolder: answers });
  expect(await leafOf(first, 'found')).toMatchObject({ name: 'leaf', file: source, line: 2 });
  expect(await readdir(answers)).toHaveLength(1);
  await first.notify('ringside/debugFileDirectories', { debugFileDirectories: [folders[1]] });
  expect(await leafOf(first, 'lost')).not.toMatchObject({ name: 'leaf' });
  await first.notify('ringside/debugFileDirectories', { debugFileDirectories: [folders[0]] });
  expect(await leafOf(first, 'again')).toMatchObject({ name: 'leaf', line: 2 });
  await first.end();
});
