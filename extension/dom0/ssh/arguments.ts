/** The arguments of ssh: what we insist on comes after the user's own, because ssh takes the first value it finds. */
import { createHash } from 'node:crypto';
import path from 'node:path';

export interface SshCall {
  /** Arguments of the user or of a test, such as ['-F', file]. */
  readonly sshArguments: readonly string[];
  readonly destination: string;
  readonly remoteCommand: string;
  /** Without anybody to ask, ssh must not try. */
  readonly interactive: boolean;
  /** Private folder for the sockets of shared connections; null: each operation connects by itself (Windows has no ControlMaster). */
  readonly controlFolder: string | null;
}

/** How long a shared connection waits for the next operation. */
const PERSIST_SECONDS = 60;

export function sshArguments(call: SshCall): string[] {
  const options = [
    ...(call.interactive ? [] : ['BatchMode=yes']),
    'ServerAliveInterval=15',
    'ServerAliveCountMax=3',
    'ConnectTimeout=15',
    'ForwardAgent=no',
    'ForwardX11=no',
    'ClearAllForwardings=yes',
    // QUIET in the user's configuration would hide why a connection failed
    'LogLevel=INFO',
    ...controlOptions(call),
  ];
  return [...call.sshArguments, '-T', ...options.flatMap((option) => ['-o', option]), '--', call.destination, call.remoteCommand];
}

/** ssh expands %C to a hash of host, port and user; ours keeps apart what other ssh arguments reach. */
export function controlPath(call: Pick<SshCall, 'sshArguments'>, controlFolder: string): string {
  const key = createHash('sha256').update(JSON.stringify(call.sshArguments)).digest('hex').slice(0, 6);
  return path.join(controlFolder, `${key}-%C`).replace(/%(?!C)/g, '%%');
}

function controlOptions(call: SshCall): string[] {
  if (call.controlFolder === null) return ['ControlMaster=no', 'ControlPath=none'];
  return ['ControlMaster=auto', `ControlPath=${controlPath(call, call.controlFolder)}`, `ControlPersist=${PERSIST_SECONDS}`];
}
