/** ssh's own questions and failures, against a real sshd. */
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { Clients, Person } from './clients.ts';
import { Sshd } from './sshd.ts';
import { containing, matching } from './texts.ts';

let sshd: Sshd;
const clients = new Clients();

beforeAll(async () => {
  sshd = await Sshd.start();
  sshd.makeKey('locked', 'open sesame');
  sshd.makeKey('stranger');
  sshd.authorize('user', 'locked');
  await clients.prepare();
});
afterAll(async () => {
  await clients.close();
  await sshd.remove();
});

test('a key that needs no questions', async () => {
  const { checks } = await clients.make(sshd.client('key')).preflight();
  expect(checks.slice(0, 2)).toEqual([
    { name: 'SSH', ok: true, detail: 'connected to dom0' },
    { name: 'Python', ok: true, detail: matching(/^Python 3\.\d+\.\d+$/) },
  ]);
  for (const check of checks.filter(({ ok }) => !ok)) expect(check.remedy).toMatch(/\w{3}/);
});

test('a passphrase', async () => {
  const person = new Person('wrong', 'open sesame');
  await clients.make(sshd.client('passphrase', { key: 'locked' }), {}, { prompter: person }).preflight();
  expect(person.asked.map(({ kind }) => kind)).toEqual(['passphrase', 'passphrase']);
  expect(person.asked[0]).toMatchObject({ key: sshd.file('locked'), destination: 'dom0' });
});

test('no answer to a passphrase ends the connection', async () => {
  const client = clients.make(sshd.client('declined', { key: 'locked' }), {}, { prompter: new Person(null) });
  await expect(client.preflight()).rejects.toMatchObject({ code: 'declined', message: containing('No answer to ssh') });
});

test('a passphrase that nobody can be asked for', async () => {
  const client = clients.make(sshd.client('batch', { key: 'locked' }));
  await expect(client.preflight()).rejects.toMatchObject({ code: 'permission-denied' });
});

test('a key that is not authorized', async () => {
  const client = clients.make(sshd.client('stranger', { key: 'stranger' }));
  await expect(client.preflight()).rejects.toMatchObject({ code: 'permission-denied', message: containing('publickey') });
});

test('an unknown host, accepted', async () => {
  const person = new Person('yes');
  await clients.make(sshd.client('accepted', { known: false }), {}, { prompter: person }).preflight();
  expect(person.asked).toHaveLength(1);
  expect(person.asked[0]).toMatchObject({ kind: 'host-authenticity', keyType: 'ED25519', fingerprint: sshd.fingerprint() });
  expect(readFileSync(sshd.file('accepted.known_hosts'), 'utf8')).not.toBe('');
});

test.each([null, 'no', '', 'y', 'perhaps'])('an unknown host, answered by %j', async (answer) => {
  const person = new Person(answer);
  const client = clients.make(sshd.client('declined', { known: false }), {}, { prompter: person });
  await expect(client.preflight()).rejects.toMatchObject({ code: 'declined', message: containing('fingerprint') });
  expect(person.asked).toHaveLength(1);
  expect(readFileSync(sshd.file('declined.known_hosts'), 'utf8')).toBe('');
});

test('an unknown host, with nobody to ask', async () => {
  const client = clients.make(sshd.client('nobody', { known: false }));
  await expect(client.preflight()).rejects.toMatchObject({ code: 'host-key-unknown', message: containing('ssh dom0') });
});

test('a changed host is refused without a question, and the line it gives forgets the old key', async () => {
  const args = sshd.client('changed');
  const known = sshd.file('changed.known_hosts');
  execFileSync('sed', ['-i', `s|ssh-ed25519 .*|${readFileSync(sshd.file('stranger.pub'), 'utf8').trim()}|`, known]);
  const person = new Person('yes');
  const error: unknown = await clients
    .make(args, {}, { prompter: person })
    .preflight()
    .catch((e: unknown) => e);
  expect(error).toMatchObject({ code: 'host-key-changed', message: containing(sshd.fingerprint()) });
  expect(person.asked).toEqual([]);
  const line = /ssh-keygen .*$/.exec((error as Error).message)?.[0];
  execFileSync('sh', ['-c', `${line} 2>&1`]);
  await clients.make(args, {}, { prompter: person }).preflight();
  expect(person.asked.map(({ kind }) => kind)).toEqual(['host-authenticity']);
});

test('a port where nobody listens', async () => {
  const refused = clients.make(sshd.client('refused', { lines: ['Host nobody', '  HostName 127.0.0.1', '  Port 1'] }), {
    destination: 'nobody',
  });
  await expect(refused.preflight()).rejects.toMatchObject({ code: 'refused', message: containing('port 1') });
});

test.each([
  ['no-such-host.invalid', 'unresolved-host'],
  ['-oProxyCommand=touch /tmp/owned', 'bad-destination'],
  ['ssh://127.0.0.1:99999', 'ssh-failed'],
])('the destination %s', async (destination, code) => {
  await expect(clients.make(sshd.client('misspelt'), { destination }).guests()).rejects.toMatchObject({ code });
});

test('no ssh at all', async () => {
  const client = clients.make([], {}, { ssh: '/nowhere/ssh' });
  await expect(client.preflight()).rejects.toMatchObject({ code: 'no-ssh', message: containing('/nowhere/ssh') });
});

test('operations share one connection until it is closed', async () => {
  const client = clients.make(sshd.client('shared'));
  const logins = (): number => sshd.log.split('Accepted publickey').length;
  const before = logins();
  await client.preflight();
  await client.preflight();
  expect(logins()).toBe(before + 1);
  await client.close();
  await client.preflight();
  expect(logins()).toBe(before + 2);
});
