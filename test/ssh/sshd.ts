/** A real sshd on loopback, with keys of its own, for tests of the wire. Any user can run it; root gets passwords and other users too. */
import { execFileSync, spawn, type ChildProcess } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, realpathSync, rmSync, symlinkSync, writeFileSync, mkdtempSync } from 'node:fs';
import { createServer } from 'node:net';
import { userInfo } from 'node:os';
import path from 'node:path';

export const isRoot = process.getuid?.() === 0;

export interface SshdOptions {
  /** More lines of sshd_config. */
  readonly config?: readonly string[];
  /** The lines of a PAM service of its own, for root; absent: PAM is not asked. */
  readonly pam?: readonly string[];
}

export class Sshd {
  readonly folder: string;
  readonly port: number;
  private child: ChildProcess | null = null;
  private text = '';
  private service: string | null = null;

  private constructor(folder: string, port: number) {
    this.folder = folder;
    this.port = port;
  }

  static async start(options: SshdOptions = {}): Promise<Sshd> {
    // sockets need short names; others must be able to pass through to keys they may read
    const folder = realpathSync(mkdtempSync('/tmp/ringside-sshd-'));
    execFileSync('chmod', ['755', folder]);
    const sshd = new Sshd(folder, await freePort());
    sshd.makeKey('host');
    sshd.makeKey('user');
    sshd.authorize('user');
    await sshd.listen(options);
    return sshd;
  }

  /** Everything sshd has said. */
  get log(): string {
    return this.text;
  }

  file(name: string): string {
    return path.join(this.folder, name);
  }

  makeKey(name: string, passphrase = ''): string {
    const file = this.file(name);
    rmSync(file, { force: true });
    execFileSync('ssh-keygen', ['-q', '-t', 'ed25519', '-N', passphrase, '-C', name, '-f', file]);
    return file;
  }

  authorize(...names: string[]): void {
    writeFileSync(this.file('authorized_keys'), names.map((name) => readFileSync(this.file(`${name}.pub`), 'utf8')).join(''));
  }

  fingerprint(name = 'host'): string {
    return execFileSync('ssh-keygen', ['-lf', this.file(`${name}.pub`)], { encoding: 'utf8' }).split(' ')[1]!;
  }

  /** Writes a client configuration with the host `dom0` and returns the arguments that use it. `known`: dom0's key is known already. */
  client(name: string, { key = 'user', user = userInfo().username, known = true, lines = [] as readonly string[] } = {}): string[] {
    const knownHosts = this.file(`${name}.known_hosts`);
    writeFileSync(knownHosts, known ? `[127.0.0.1]:${this.port} ${readFileSync(this.file('host.pub'), 'utf8')}` : '');
    const config = [
      'Host dom0',
      '  HostName 127.0.0.1',
      `  Port ${this.port}`,
      `  User ${user}`,
      `  IdentityFile ${this.file(key)}`,
      '  IdentitiesOnly yes',
      '  IdentityAgent none',
      `  UserKnownHostsFile ${knownHosts}`,
      '  GlobalKnownHostsFile none',
      ...lines,
    ];
    const file = this.file(`${name}.config`);
    writeFileSync(file, `${config.join('\n')}\n`);
    return ['-F', file];
  }

  /** Starts listening again, with other settings if need be. */
  async listen({ config = [], pam }: SshdOptions = {}): Promise<void> {
    if (isRoot && !existsSync('/run/sshd')) mkdirSync('/run/sshd', { mode: 0o755 });
    const lines = [
      ...config,
      `ListenAddress 127.0.0.1:${this.port}`,
      `HostKey ${this.file('host')}`,
      `AuthorizedKeysFile ${this.file('authorized_keys')}`,
      'PidFile none',
      'StrictModes no',
      'PermitRootLogin yes',
      `UsePAM ${pam ? 'yes' : 'no'}`,
      `KbdInteractiveAuthentication ${pam ? 'yes' : 'no'}`,
      'PasswordAuthentication no',
      'LogLevel VERBOSE',
    ];
    writeFileSync(this.file('sshd_config'), `${lines.join('\n')}\n`);
    const child = spawn(pam ? this.withService(pam) : '/usr/sbin/sshd', ['-D', '-e', '-f', this.file('sshd_config')], {
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    this.child = child;
    child.stderr.setEncoding('utf8').on('data', (text: string) => (this.text += text));
    const from = this.text.length;
    await until(() => this.text.slice(from).includes('Server listening') || child.exitCode !== null, 'sshd to listen');
    if (child.exitCode !== null) throw new Error(`sshd ended: ${this.text}`);
  }

  /** sshd under another name, which is the name of its PAM service; PAM looks for that in lower case. */
  private withService(lines: readonly string[]): string {
    const program = this.file(`sshd-${path.basename(this.folder).slice(-6).toLowerCase()}`);
    if (!existsSync(program)) symlinkSync('/usr/sbin/sshd', program);
    this.service = path.join('/etc/pam.d', path.basename(program));
    writeFileSync(this.service, `${lines.join('\n')}\n`);
    return program;
  }

  /** Ends the listener and every connection it has. */
  async stop(): Promise<void> {
    this.endSessions();
    const child = this.child;
    this.child = null;
    if (child?.exitCode !== null || child.signalCode !== null) return;
    const ended = new Promise((resolve) => child.once('exit', resolve));
    child.kill('SIGKILL');
    await ended;
  }

  async remove(): Promise<void> {
    await this.stop();
    if (this.service !== null) rmSync(this.service, { force: true });
    rmSync(this.folder, { recursive: true, force: true });
  }

  /** Kills sshd's side of every connection, as a crash or a cut cable would. */
  endSessions(): void {
    if (this.child?.pid !== undefined) for (const pid of descendants(this.child.pid)) if (isSshd(pid)) kill(pid);
  }

  /** Agents that run at the end of a connection to this sshd. */
  agents(): number[] {
    return pids().filter((pid) => {
      const mine = (read(pid, 'environ') ?? '')
        .split('\0')
        .some((entry) => entry.startsWith('SSH_CONNECTION=') && entry.endsWith(` ${this.port}`));
      return mine && (read(pid, 'comm') ?? '').startsWith('python');
    });
  }
}

/** Waits, polling, until something holds. */
export async function until(holds: () => boolean, what: string, seconds = 20): Promise<void> {
  const deadline = Date.now() + seconds * 1000;
  while (!holds()) {
    if (Date.now() > deadline) throw new Error(`waited ${seconds} s in vain for ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

/** Processes below one, by /proc. */
export function descendants(pid: number): number[] {
  const children = pids().filter((other) => Number(/\) \S (\d+)/.exec(read(other, 'stat') ?? '')?.[1]) === pid);
  return children.flatMap((child) => [child, ...descendants(child)]);
}

/** The ssh processes that this test process has started. */
export function sshClients(): number[] {
  return descendants(process.pid).filter((pid) => read(pid, 'comm')?.trim() === 'ssh');
}

/** The ssh processes that hold shared connections with sockets below a folder. They are nobody's children. */
export function sshMasters(folder: string): number[] {
  return pids().filter((pid) => {
    const words = read(pid, 'cmdline') ?? '';
    return words.startsWith('ssh: ') && words.includes(folder);
  });
}

export function kill(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}

function isSshd(pid: number): boolean {
  return (read(pid, 'comm') ?? '').startsWith('sshd');
}

function pids(): number[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number);
}

function read(pid: number, name: string): string | null {
  try {
    return readFileSync(`/proc/${pid}/${name}`, 'utf8');
  } catch {
    return null; // it has ended meanwhile, or is somebody else's
  }
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer().once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => (typeof address === 'object' && address ? resolve(address.port) : reject(new Error('no port'))));
    });
  });
}
