/** An account of this machine, with a password, for the time of a test; it takes root to make one. And what PAM may ask of it beyond the password. */
import { execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { existsSync, writeFileSync } from 'node:fs';
import path from 'node:path';

export class Account {
  readonly name = `rs${randomBytes(4).toString('hex')}`;
  readonly password = randomBytes(9).toString('base64');

  constructor() {
    execFileSync('useradd', ['--no-create-home', '--home-dir', '/nonexistent', '--shell', '/bin/sh', this.name]);
    execFileSync('chpasswd', { input: `${this.name}:${this.password}\n` });
  }

  remove(): void {
    execFileSync('userdel', ['--force', this.name], { stdio: 'ignore' });
  }
}

const codeModule = 'pam_google_authenticator.so';

/** Why an sshd of this machine cannot be made to ask for a password and a code; null where it can. */
export function whyNoCode(): string | null {
  if (process.getuid?.() !== 0) return 'only root can make an account and a PAM service';
  const folders = ['/lib', '/lib64', '/usr/lib', '/usr/lib64', `/usr/lib/${process.arch === 'arm64' ? 'aarch64' : 'x86_64'}-linux-gnu`];
  if (!folders.some((folder) => existsSync(path.join(folder, 'security', codeModule))))
    return `PAM has no ${codeModule}; Debian's package libpam-google-authenticator has it`;
  if (existsSync('/usr/lib/openssh/sshd-session')) return 'sshd 9.8 and later does not name its PAM service after itself';
  return null;
}

/**
 * A PAM stack that asks for the account's password and for a verification code, as many servers do.
 * @param secret the file that the module keeps its codes in; it is written
 * @param codes of eight digits, each good once
 */
export function passwordAndCode(secret: string, codes: readonly string[]): string[] {
  writeFileSync(secret, ['JBSWY3DPEHPK3PXP', '" TOTP_AUTH', ...codes, ''].join('\n'), { mode: 0o600 });
  const code = `auth required ${codeModule} secret=${secret} user=root`;
  return ['auth required pam_unix.so', code, 'account required pam_unix.so', 'session required pam_permit.so'];
}
