/** What only another user's account can show: passwords and sudo. Makes a user for the time of the tests, so it needs root. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Account, passwordAndCode, whyNoCode } from './account.ts';
import { Clients, Person } from './clients.ts';
import { isRoot, Sshd } from './sshd.ts';
import { containing, matching } from './texts.ts';

describe.skipIf(!isRoot)('another user', () => {
  let account: Account;
  const clients = new Clients();
  let sshd: Sshd;

  beforeAll(async () => {
    account = new Account();
    sshd = await Sshd.start({ config: ['PasswordAuthentication yes'] });
    await clients.prepare();
  });
  afterAll(async () => {
    await clients.close();
    await sshd.remove();
    account.remove();
  });

  const withPassword = (name: string): string[] => sshd.client(name, { user: account.name, lines: ['  PubkeyAuthentication no'] });

  test('a password', async () => {
    const person = new Person('wrong', account.password);
    const { checks } = await clients.make(withPassword('password'), {}, { prompter: person }).preflight();
    expect(person.asked.map(({ kind }) => kind)).toEqual(['password', 'password']);
    expect(person.asked.map(({ answersRefused }) => answersRefused)).toEqual([0, 1]);
    expect(person.asked[0]).toMatchObject({ user: `${account.name}@127.0.0.1` });
    expect(checks.find(({ name }) => name === 'Privilege')).toMatchObject({ ok: false, remedy: containing('sudo') });
  });

  test('a wrong password', async () => {
    const client = clients.make(withPassword('wrong'), {}, { prompter: new Person('a', 'b', 'c') });
    await expect(client.preflight()).rejects.toMatchObject({ code: 'permission-denied', what: containing('did not accept the password') });
  });

  test('a password and a verification code, of which one was wrong', async ({ skip }) => {
    const reason = whyNoCode();
    if (reason !== null) skip(reason);
    const both = await Sshd.start();
    try {
      await both.stop();
      await both.listen({ pam: passwordAndCode(both.file('codes'), ['12345678']) });
      const person = new Person(account.password, '87654321', account.password, '12345678');
      const args = both.client('code', { user: account.name, lines: ['  PubkeyAuthentication no'] });
      await clients.make(args, {}, { prompter: person }).preflight();
      expect(person.asked.map(({ kind, answersRefused }) => [kind, answersRefused])).toEqual([
        ['password', 0],
        ['code', 0],
        ['password', 2],
        ['code', 0],
      ]);
    } finally {
      await both.remove();
    }
  });

  test('sudo that wants a password is a failed check', async () => {
    const { checks } = await clients.make(sshd.client('sudo', { user: account.name }), { sudo: true }).preflight();
    expect(checks[1]).toMatchObject({
      name: 'Privilege',
      ok: false,
      detail: containing('sudo'),
      remedy: matching(/\w{3}/),
    });
  });

  test('a private kernel', async () => {
    const client = clients.make(sshd.client('private', { user: account.name }));
    await expect(client.fetchKernel('/etc/shadow', clients.folder)).rejects.toMatchObject({
      code: 'no-kernel',
      message: containing('Permission denied'),
    });
  });
});
