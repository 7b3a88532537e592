import { expect, test } from 'vitest';
import { explainEnd, type SshEnd } from './failure.ts';

const end = { destination: 'root@dom0', exitCode: 255, stderr: '', started: false, interactive: true };

// What OpenSSH 7.4 to 10, sudo, env, shells and Python print; the code; words the message must hold.
const changed = `@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@
@    WARNING: REMOTE HOST IDENTIFICATION HAS CHANGED!     @
@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@
IT IS POSSIBLE THAT SOMEONE IS DOING SOMETHING NASTY!
Someone could be eavesdropping on you right now (man-in-the-middle attack)!
It is also possible that a host key has just been changed.
The fingerprint for the ED25519 key sent by the remote host is
SHA256:1eMFpuBLEbkvECcBPzTqeURxCm7XcxOo7mmTyC6YOcE.
Please contact your system administrator.
Add correct host key in /home/u/.ssh/known_hosts to get rid of this message.
Offending ECDSA key in /home/u/.ssh/known_hosts:7
Host key for [dom0]:2222 has changed and you have requested strict checking.
Host key verification failed.`;

const rows: [string, Partial<SshEnd>, string, ...string[]][] = [
  [
    changed,
    {},
    'host-key-changed',
    'ED25519 key SHA256:1eMFpuBLEbkvECcBPzTqeURxCm7XcxOo7mmTyC6YOcE',
    'known_hosts, line 7',
    "ssh-keygen -f /home/u/.ssh/known_hosts -R '[dom0]:2222'",
  ],
  ['@       WARNING: REVOKED HOST KEY DETECTED!               @\nHost key verification failed.', {}, 'host-key-revoked', 'root@dom0'],
  ['Host key verification failed.', {}, 'host-key-unknown', 'fingerprint'],
  [
    'No ED25519 host key is known for dom0 and you have requested strict checking.\nHost key verification failed.',
    { interactive: false },
    'host-key-unknown',
    'ssh root@dom0',
  ],
  ['root@dom0: Permission denied (publickey,password).', {}, 'permission-denied', 'publickey,password', 'authorized_keys'],
  [
    'Permission denied, please try again.\nPermission denied, please try again.\nroot@dom0: Permission denied (publickey,password).',
    {},
    'permission-denied',
    'did not accept the password; it accepts: publickey,password',
  ],
  ['root@dom0: Permission denied (keyboard-interactive).', {}, 'permission-denied', 'keyboard-interactive', 'what was answered'],
  [
    'Received disconnect from 10.0.0.1 port 22:2: Too many authentication failures\nDisconnected from 10.0.0.1 port 22',
    {},
    'permission-denied',
    'IdentitiesOnly',
  ],
  ['ssh: Could not resolve hostname dom0: Name or service not known', {}, 'unresolved-host', 'dom0', 'spelling'],
  ['ssh: Could not resolve hostname dom0: nodename nor servname provided, or not known', {}, 'unresolved-host', 'dom0'],
  ['ssh: connect to host dom0 port 2222: Connection refused', {}, 'refused', 'dom0', '2222'],
  ['ssh: connect to host dom0 port 22: Connection timed out', {}, 'timed-out', 'root@dom0'],
  ['ssh: connect to host dom0 port 22: Operation timed out', {}, 'timed-out', 'firewall'],
  ['Connection timed out during banner exchange\nConnection to 10.0.0.1 port 22 timed out', {}, 'timed-out'],
  ['ssh: connect to host dom0 port 22: No route to host', {}, 'unreachable', 'No route to host'],
  ['ssh: connect to host dom0 port 22: Network is unreachable', {}, 'unreachable', 'Network is unreachable'],
  [
    'kex_exchange_identification: Connection closed by remote host\nConnection closed by 10.0.0.1 port 22',
    {},
    'host-closed',
    'MaxStartups',
  ],
  ['ssh_exchange_identification: Connection closed by remote host\nConnection reset by peer', {}, 'host-closed'],
  [
    'Unable to negotiate with 10.0.0.1 port 22: no matching host key type found. Their offer: ssh-rsa,ssh-dss',
    {},
    'no-common-algorithm',
    'no matching host key type found',
    'ssh-rsa,ssh-dss',
  ],
  ['Bad owner or permissions on /home/u/.ssh/config', {}, 'bad-ssh-config', 'chmod 600 /home/u/.ssh/config'],
  [
    '/home/u/.ssh/config: line 3: Bad configuration option: usekeychain\n/home/u/.ssh/config: terminating, 1 bad configuration options',
    {},
    'bad-ssh-config',
    'usekeychain',
    'line 3',
  ],
  ["Can't open user config file /nowhere: No such file or directory", {}, 'bad-ssh-config', '/nowhere'],
  ['Cannot execute command-line and remote command.', {}, 'bad-ssh-config', 'RemoteCommand'],
  [
    "@         WARNING: UNPROTECTED PRIVATE KEY FILE!          @\nPermissions 0644 for '/k/id' are too open.\nroot@dom0: Permission denied (publickey).",
    {},
    'key-permissions',
    'chmod 600 /k/id',
  ],
  ['ssh_askpass: exec(/run/x/askpass): Permission denied\nHost key verification failed.', {}, 'askpass-failed', '/run/x/askpass'],
  ['exec request failed on channel 0', {}, 'no-session', 'login shell'],
  ['something nobody has seen', {}, 'ssh-failed', 'something nobody has seen'],
  ['', {}, 'ssh-failed', 'root@dom0'],
  ["env: 'python3': No such file or directory", { exitCode: 127 }, 'no-python', 'Install python3'],
  ['bash: line 1: exec: python3: not found', { exitCode: 127 }, 'no-python'],
  ["env: can't execute 'python3': No such file or directory", { exitCode: 127 }, 'no-python'],
  ['python3: 1: python3: not found', { exitCode: 127 }, 'no-python'],
  ['sudo: python3: command not found', { exitCode: 1 }, 'no-python'],
  ['', { exitCode: 127 }, 'no-python'],
  ['sudo: a password is required', { exitCode: 1 }, 'sudo-password', 'NOPASSWD'],
  ['sudo: sorry, you must have a tty to run sudo', { exitCode: 1 }, 'sudo-password'],
  ['user is not in the sudoers file.', { exitCode: 1 }, 'sudo-denied'],
  ["env: 'sudo': No such file or directory", { exitCode: 127 }, 'no-sudo', 'Remove "sudo"'],
  ["ModuleNotFoundError: No module named 'ctypes'", { exitCode: 1 }, 'python-incomplete', 'ctypes'],
  ['This account is currently not available.', { exitCode: 1 }, 'no-session'],
  ['odd', { exitCode: 4 }, 'no-agent', 'exit code 4', 'odd'],
  ['', { exitCode: null }, 'ssh-failed'],
  ['client_loop: send disconnect: Broken pipe', { started: true }, 'connection-lost', 'closed the connection'],
  ['Timeout, server dom0 not responding.', { started: true }, 'connection-lost', 'did not answer in time'],
  ['', { started: true, exitCode: null }, 'connection-lost'],
  ['', { started: true, exitCode: 137 }, 'agent-killed', 'not left paused'],
  ['', { started: true, exitCode: 0 }, 'agent-failed'],
];

test.each(rows)('%j', (stderr, given, code, ...words) => {
  const error = explainEnd({ ...end, ...given, stderr });
  expect(error.code).toBe(code);
  for (const word of words) expect(error.message).toContain(word);
  expect(error.message).not.toMatch(/\$\d|\{host\}|undefined/);
});
