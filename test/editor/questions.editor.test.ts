/** Hosts that let nobody in by a key: a password, and a password with a verification code. A real VS Code, a real sshd, a real PAM. */
import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { Locator } from 'playwright-core';
import { beforeAll, beforeEach, expect, it } from 'vitest';
import { Account, passwordAndCode, whyNoCode } from '../ssh/account.ts';
import { Sshd } from '../ssh/sshd.ts';
import type { Editor } from './editor.ts';
import { editorSession } from './session.ts';
import type { Workbench } from './workbench.ts';

const minutes = 60_000;
const session = editorSession({ clear: false });
const reason = whyNoCode();
const codes = ['27182818', '31415926', '16180339'];
const wrong = { password: 'barley water', code: '00000000' };
let account: Account;
let editor: Editor;
let user: Workbench;

beforeAll(async () => {
  if (reason !== null) return;
  account = new Account();
  session.atEnd(() => account.remove());
  const cellar = await Sshd.start({ config: ['PasswordAuthentication yes'] });
  session.atEnd(() => cellar.remove());
  const vault = await Sshd.start();
  session.atEnd(() => vault.remove());
  await vault.stop();
  await vault.listen({ pam: passwordAndCode(vault.file('codes'), codes) });

  const folder = await session.folder();
  await writeFile(path.join(folder, 'notes.txt'), 'nothing\n');
  const config = path.join(cellar.folder, 'config');
  await writeFile(config, `${[...(await entry('cellar', cellar)), ...(await entry('vault', vault))].join('\n')}\n`);
  const hosts = ['cellar', 'vault'].map((name) => ({ name, destination: name }));
  ({ editor, user } = await session.start({
    workspace: folder,
    settings: { 'ringside.hosts': hosts, 'ringside.sshArguments': ['-F', config] },
  }));
}, 5 * minutes);

beforeEach(({ skip }) => {
  if (reason !== null) skip(reason);
});

it('takes Escape for an answer, of one host after the other where two ask at once', async () => {
  await user.command('Unikernel: Focus on Hosts View');
  await user.treeRow(/^cellar/).click();
  await question('cellar', 'Password of ');
  await user.treeRow(/^vault/).click();
  // the other one waits: its sshd is there, and asks at once
  await expect.poll(async () => (await editor.log()).split('ssh asks (password)').length, { timeout: minutes }).toBe(3);
  await question('cellar', 'Password of ');
  await user.page.keyboard.press('Escape');
  await user.status('cellar was not connected').waitFor({ timeout: minutes });
  await question('vault', 'Password of ');
  await user.page.keyboard.press('Escape');
  await user.status('vault was not connected').waitFor({ timeout: minutes });
  await expect.poll(() => user.treeRow('No answer to ssh').count(), { timeout: minutes }).toBe(2);
  await user.screenshot('question-declined');
  expect(await user.notification('').count()).toBe(0);
  expect(await editor.log()).not.toMatch(/\[error\]/);
});

it('asks for a password until it is right', async () => {
  await user.commandAndChoose('Unikernel: Test Host', /^cellar/);
  const input = await question('cellar', `Password of ${account.name}@127.0.0.1`);
  await user.screenshot('password');
  expect(await user.quickInput.getByText('not accepted').count()).toBe(0);
  await input.fill(wrong.password);
  await input.press('Enter');
  await user.quickInput.getByText('The last answer was not accepted').waitFor({ timeout: minutes });
  await user.screenshot('password-refused');
  await answer('cellar', 'Password of ', account.password);
  await user.quickInput.getByText('cellar is not ready').waitFor({ timeout: minutes });
  await expect.poll(async () => (await user.choices()).join('\n')).toContain('connected to cellar');
  await user.page.keyboard.press('Escape');
  // what the tree said of the attempt before is no longer so
  await user.treeRow('This machine does not run under Xen').waitFor({ timeout: minutes });
});

it('asks for a password and a code, and for both again where one was wrong', async () => {
  await user.command('Unikernel: Profile Guest');
  await user.choose(/^vault/);
  await answer('vault', 'Password of ', account.password);
  await question('vault', 'Verification code');
  await user.screenshot('code');
  await answer('vault', 'Verification code', wrong.code);
  await user.quickInput.getByText('One of the last 2 answers was not accepted').waitFor({ timeout: minutes });
  await question('vault', 'Password of ');
  await user.screenshot('code-refused');
  await answer('vault', 'Password of ', account.password);
  await answer('vault', 'Verification code', codes[0]!);
  const told = user.notification('The guests of vault cannot be listed');
  await told.waitFor({ timeout: minutes });
  await user.screenshot('password-and-code');
});

it('writes no answer to the log', async () => {
  const log = await editor.log();
  expect(log).toContain('ssh asks (code)');
  for (const secret of [account.password, wrong.password, wrong.code, ...codes]) expect(log).not.toContain(secret);
});

/** What tells ssh of a machine that knows no key of the user's. */
async function entry(name: string, sshd: Sshd): Promise<string[]> {
  await writeFile(sshd.file('known_hosts'), `[127.0.0.1]:${sshd.port} ${await readFile(sshd.file('host.pub'), 'utf8')}`);
  const lines = ['HostName 127.0.0.1', `Port ${sshd.port}`, `User ${account.name}`, 'PubkeyAuthentication no'];
  return [`Host ${name}`, ...lines, `UserKnownHostsFile ${sshd.file('known_hosts')}`, 'GlobalKnownHostsFile none'];
}

/** The masked box in which ssh asks for one host, once it asks this. */
async function question(host: string, what: string): Promise<Locator> {
  await user.quickInput.getByText(`ssh to ${host}`, { exact: true }).waitFor({ timeout: minutes });
  const input = user.quickInput.locator(`input[type=password][placeholder^="${what}"]`);
  await input.waitFor({ timeout: minutes });
  return input;
}

async function answer(host: string, what: string, text: string): Promise<void> {
  const input = await question(host, what);
  await input.fill(text);
  await input.press('Enter');
}
