/** What dom0 can be like once ssh is through: noisy, poor, or gone in the middle. Against a real sshd. */
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { Clients } from './clients.ts';
import { kill, Sshd, sshClients, until } from './sshd.ts';
import { containing, matching } from './texts.ts';

let sshd: Sshd;
const clients = new Clients();
const files = clients.folder;
const cache = path.join(files, 'cache');

beforeAll(async () => {
  sshd = await Sshd.start();
  await clients.prepare();
  mkdirSync(cache);
});
afterAll(async () => {
  await clients.close();
  await sshd.remove();
});

/** An sshd like the first, with other settings. */
async function other(config: string[], work: (other: Sshd) => Promise<void>): Promise<void> {
  const another = await Sshd.start({ config });
  try {
    await work(another);
  } finally {
    await another.remove();
  }
}

test('a login shell that prints a banner', () =>
  other(['ForceCommand printf "Last login: never\\n%01000d\\n" 0; eval "$SSH_ORIGINAL_COMMAND"'], async (noisy) => {
    const { checks } = await clients.make(noisy.client('noisy')).preflight();
    expect(checks[1]).toMatchObject({ name: 'Python', ok: true });
  }));

test('a dom0 without Python says so in the preflight', async () => {
  const poor = path.join(files, 'poor');
  mkdirSync(poor);
  for (const name of ['env', 'sh']) symlinkSync(`/usr/bin/${name}`, path.join(poor, name));
  await other([`ForceCommand export PATH=${poor}; eval "$SSH_ORIGINAL_COMMAND"`], async (without) => {
    const client = clients.make(without.client('poor'));
    const { checks } = await client.preflight();
    expect(checks).toEqual([
      { name: 'SSH', ok: true, detail: 'connected to dom0' },
      {
        name: 'Python',
        ok: false,
        detail: containing('Python 3 was not found'),
        remedy: containing('Install python3'),
      },
    ]);
    await expect(client.guests()).rejects.toMatchObject({ code: 'no-python' });
    // and the setting that helps
    const helped = clients.make(without.client('helped'), { path: ['/usr/bin', '/bin'] });
    expect((await helped.preflight()).checks[1]).toMatchObject({ name: 'Python', ok: true });
  });
});

test('a shell that lets nobody in', () =>
  other(['ForceCommand echo This account is currently not available.; exit 1'], async (shut) => {
    await expect(clients.make(shut.client('shut')).guests()).rejects.toMatchObject({ code: matching(/no-session|no-agent/) });
  }));

test('what this machine is not', async () => {
  // A machine for tests is no dom0; every operation must say so in words.
  const client = clients.make(sshd.client('plain'));
  await expect(client.guests()).rejects.toMatchObject({ message: matching(/xl|Xen/) });
  const end = await client.record({ domid: 1, rateHz: 99, durationMs: 1000 }, { onHello: fail, onPhotographs: fail, onStatus: fail }).done;
  expect(end).toMatchObject({ reason: 'failed', message: matching(/Xen|libxenctrl/) });
});

function fail(): never {
  throw new Error('there is nothing to record here');
}

const kernel = Buffer.concat([Buffer.from('\x7fELF'), Buffer.alloc(700_000, 'kernel '), createHash('sha256').update('x').digest()]);
const packers: [string, string][] = [
  ['plain', 'data'],
  ['xz', 'lzma.compress(data)'],
  ['lzma', 'lzma.compress(data, lzma.FORMAT_ALONE)'],
  ['bz2', 'bz2.compress(data)'],
];

test.each(packers)('a kernel, %s, and again from the cache', async (name, packed) => {
  const file = path.join(files, `kernel.${name}`);
  execFileSync('python3', ['-c', `import sys,lzma,bz2\ndata=sys.stdin.buffer.read()\nopen(sys.argv[1],"wb").write(${packed})`, file], {
    input: kernel,
  });
  const client = clients.make(sshd.client(name));
  const steps: [number, number][] = [];
  const fetched = await client.fetchKernel(file, cache, undefined, (done, total) => steps.push([done, total]));
  expect(readFileSync(fetched.path).equals(kernel)).toBe(true);
  expect(fetched).toMatchObject({ bytes: kernel.length, sha256: createHash('sha256').update(kernel).digest('hex') });
  expect(path.basename(fetched.path)).toBe(`kernel.${name}`);
  expect(steps[0]).toEqual([0, kernel.length]);
  expect(steps.at(-1)).toEqual([kernel.length, kernel.length]);
  const again = await client.fetchKernel(file, cache, undefined, () => expect.unreachable('it is in the cache'));
  expect(again).toEqual(fetched);
});

test('gzip is left to whoever reads the file', async () => {
  const file = path.join(files, 'kernel.gz');
  execFileSync('python3', ['-c', 'import sys,gzip\ngzip.open(sys.argv[1],"wb").write(b"hello")', file]);
  const fetched = await clients.make(sshd.client('gz')).fetchKernel(file, cache);
  expect(readFileSync(fetched.path).equals(readFileSync(file))).toBe(true);
});

test.each([
  ['/nowhere/kernel', 'no-kernel', () => undefined],
  ['/dev/zero', 'no-kernel', () => undefined],
  ['/', 'no-kernel', () => undefined],
  ['cut.xz', 'kernel-damaged', (file: string) => writeFileSync(file, Buffer.from('fd377a585a000004e6d6b446', 'hex'))],
  ['bad.xz', 'kernel-damaged', (file: string) => writeFileSync(file, Buffer.from('fd377a585a00ffffffffffffffffffff', 'hex'))],
])('the kernel %s', async (name, code, make) => {
  const file = path.resolve(files, name);
  make(file);
  await expect(clients.make(sshd.client('bad')).fetchKernel(file, cache)).rejects.toMatchObject({
    code,
    message: containing(file),
  });
});

/** A kernel that takes a while. */
function largeKernel(): string {
  const file = path.join(files, 'large');
  writeFileSync(file, '\x7fELF');
  truncateSync(file, 400 << 20);
  return file;
}

const ends: [string, (abort: AbortController) => void, object][] = [
  ['the host is cut off', () => sshd.endSessions(), { code: 'connection-lost' }],
  ['ssh is killed', () => sshClients().forEach(kill), { code: 'connection-lost' }],
  ['the agent is killed', () => sshd.agents().forEach(kill), { code: 'agent-killed' }],
  ['it is cancelled', (abort) => abort.abort(), { name: 'AbortError' }],
];

test.each(ends)('%s in the middle', async (_, end, expected) => {
  const abort = new AbortController();
  const running = clients.make(sshd.client('middle')).fetchKernel(largeKernel(), cache, abort.signal, (done) => {
    if (done > 0 && !abort.signal.aborted) end(abort);
  });
  await expect(running).rejects.toMatchObject(expected);
  await until(() => sshd.agents().length === 0, 'the agent to end');
  expect(readdirSync(cache, { recursive: true }).filter((name) => String(name).endsWith('.part'))).toEqual([]);
});

test('an operation that is cancelled before it begins', async () => {
  await expect(clients.make(sshd.client('never')).guests(AbortSignal.abort())).rejects.toMatchObject({ name: 'AbortError' });
});
