/** What only another user's account can show: passwords and sudo. Makes a user for the time of the tests, so it needs root. */
import { execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Clients, Person } from './clients.ts';
import { isRoot, Sshd } from './sshd.ts';
import { containing, matching } from './texts.ts';

describe.skipIf(!isRoot)('another user', () => {
  const user = `rs${randomBytes(4).toString('hex')}`;
  const password = randomBytes(9).toString('base64');
  const clients = new Clients();
  let sshd: Sshd;

  beforeAll(async () => {
    execFileSync('useradd', ['--no-create-home', '--home-dir', '/nonexistent', '--shell', '/bin/sh', user]);
    execFileSync('chpasswd', { input: `${user}:${password}\n` });
    sshd = await Sshd.start({ config: ['PasswordAuthentication yes'] });
    await clients.prepare();
  });
  afterAll(async () => {
    await clients.close();
    await sshd.remove();
    execFileSync('userdel', ['--force', user], { stdio: 'ignore' });
  });

  const withPassword = (name: string): string[] => sshd.client(name, { user, lines: ['  PubkeyAuthentication no'] });

  test('a password', async () => {
    const person = new Person('wrong', password);
    const { checks } = await clients.make(withPassword('password'), {}, { prompter: person }).preflight();
    expect(person.asked.map(({ kind }) => kind)).toEqual(['password', 'password']);
    expect(person.asked[0]).toMatchObject({ user: `${user}@127.0.0.1` });
    expect(checks.find(({ name }) => name === 'Privilege')).toMatchObject({ ok: false, remedy: containing('sudo') });
  });

  test('a wrong password', async () => {
    const client = clients.make(withPassword('wrong'), {}, { prompter: new Person('a', 'b', 'c') });
    await expect(client.preflight()).rejects.toMatchObject({ code: 'permission-denied' });
  });

  test('sudo that wants a password is a failed check', async () => {
    const { checks } = await clients.make(sshd.client('sudo', { user }), { sudo: true }).preflight();
    expect(checks[1]).toMatchObject({
      name: 'Privilege',
      ok: false,
      detail: containing('sudo'),
      remedy: matching(/\w{3}/),
    });
  });

  test('a private kernel', async () => {
    const client = clients.make(sshd.client('private', { user }));
    await expect(client.fetchKernel('/etc/shadow', clients.folder)).rejects.toMatchObject({
      code: 'no-kernel',
      message: containing('Permission denied'),
    });
  });
});
