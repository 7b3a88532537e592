/** Why ssh, or what it ran on dom0, ended without an answer: read from its exit code and what it printed. OpenSSH 7.4 to 10. */
import { Dom0Error, type Dom0ErrorCode } from '../errors.ts';
import { quoteWord } from './remoteCommand.ts';

export interface SshEnd {
  readonly destination: string;
  /** Exit code; null where a signal ended it. ssh's own failures are 255, anything else is the remote command's. */
  readonly exitCode: number | null;
  readonly stderr: string;
  /** Whether the agent had started. */
  readonly started: boolean;
  /** Whether there was anybody to answer ssh's questions. */
  readonly interactive: boolean;
}

/** `what` and `remedy` may use $1, $2 of the pattern and {host} for the destination. */
interface Rule {
  readonly pattern: RegExp;
  readonly code: Dom0ErrorCode;
  readonly what: string;
  readonly remedy: string;
}

/** ssh's own, in the order in which one hides another. */
const sshRules: readonly Rule[] = [
  {
    pattern: /@\s+WARNING: REVOKED HOST KEY DETECTED/,
    code: 'host-key-revoked',
    what: 'The host key of {host} has been revoked; the connection was refused.',
    remedy: 'Ask whoever administers the host for its present key.',
  },
  {
    pattern: /ssh_askpass: exec\(([^)]*)\): (.*)/,
    code: 'askpass-failed',
    what: 'ssh could not run the program that asks its questions ($1: $2).',
    remedy: 'Use a key from ssh-agent, or allow programs to be run from that folder.',
  },
  {
    pattern: /Host key verification failed/,
    code: 'host-key-unknown',
    what: 'The host key of {host} is not known and was not accepted.',
    remedy: 'Compare its fingerprint with the one the administrator gives (ssh-keygen -lf on the host), then connect again and accept it.',
  },
  {
    pattern: /Bad owner or permissions on (\S+)/,
    code: 'bad-ssh-config',
    what: 'ssh refuses its configuration $1, because others may write it.',
    remedy: 'Run: chmod 600 $1',
  },
  {
    pattern: /^(\S+): line (\d+): Bad configuration option: (\S+)/m,
    code: 'bad-ssh-config',
    what: 'ssh does not know the option $3 in $1, line $2.',
    remedy: 'Correct that line, or put IgnoreUnknown $3 before it.',
  },
  {
    pattern: /Can't open user config file (\S+):|^(\S+): terminating, \d+ bad configuration options/m,
    code: 'bad-ssh-config',
    what: 'ssh cannot use its configuration file $1$2.',
    remedy: 'Correct the file, or the setting that names it.',
  },
  {
    pattern: /Cannot execute command-line and remote command/,
    code: 'bad-ssh-config',
    what: 'The ssh configuration sets RemoteCommand for {host}, so nothing else can be run there.',
    remedy: 'Add a Host entry without RemoteCommand, and give its name as the ssh destination.',
  },
  {
    pattern: /Could not resolve hostname (\S+):/,
    code: 'unresolved-host',
    what: 'The host name $1 cannot be resolved.',
    remedy: 'Check its spelling in ringside.hosts and in the ssh configuration, and the network or VPN.',
  },
  {
    pattern: /connect to host (\S+) port (\d+): Connection refused/,
    code: 'refused',
    what: '$1 refuses connections on port $2.',
    remedy: 'Check that sshd runs there and listens on that port.',
  },
  {
    pattern:
      /(?:connect to (?:host|address) (\S+) port (\d+): (?:Connection|Operation) timed out|Connection timed out during banner exchange|Timeout, server (\S+) not responding)/,
    code: 'timed-out',
    what: '{host} did not answer in time.',
    remedy: 'Check that the machine is up and that no firewall is in the way.',
  },
  {
    pattern:
      /connect to (?:host|address) (\S+) port (\d+): (No route to host|Network is unreachable|Network is down|Host is down|Permission denied)/,
    code: 'unreachable',
    what: '$1 cannot be reached: $3.',
    remedy: 'Check the network or VPN.',
  },
  {
    pattern: /Unable to negotiate with .*: (no matching [^.\n]+?)\. Their offer: (\S+)/,
    code: 'no-common-algorithm',
    what: 'ssh and {host} have no algorithm in common: $1; it offers $2.',
    remedy: 'Allow one of these for this host in the ssh configuration, or update its sshd.',
  },
  {
    pattern: /UNPROTECTED PRIVATE KEY FILE[\s\S]*?Permissions \d+ for '([^']+)'/,
    code: 'key-permissions',
    what: 'ssh ignores the key $1, because others may read it.',
    remedy: 'Run: chmod 600 $1',
  },
  {
    pattern: /Too many authentication failures/,
    code: 'permission-denied',
    what: '{host} gave up: too many keys or passwords were tried.',
    remedy: 'Name the right key in the ssh configuration: IdentityFile, with IdentitiesOnly yes.',
  },
  {
    pattern: /Permission denied, please try again[\s\S]*Permission denied \(([^)]*)\)/,
    code: 'permission-denied',
    what: '{host} did not accept the password; it accepts: $1.',
    remedy: 'Check the user name and connect again, or set up a key.',
  },
  {
    pattern: /Permission denied \(((?:(?!publickey)[^)])*)\)/,
    code: 'permission-denied',
    what: '{host} does not let this user in; it accepts: $1.',
    remedy: 'Check the user name and what was answered; where nobody can be asked, set up a key.',
  },
  {
    pattern: /Permission denied \(([^)]*)\)/,
    code: 'permission-denied',
    what: '{host} does not let this user in; it accepts: $1.',
    remedy: 'Check the user name, and that the key is in its authorized_keys or loaded in ssh-agent.',
  },
  {
    pattern: /Permission denied, please try again/,
    code: 'permission-denied',
    what: '{host} did not accept the password.',
    remedy: 'Try again, or set up a key.',
  },
  {
    pattern:
      /(?:exec|subsystem|shell) request failed on channel|open failed: (?:administratively prohibited|resource shortage|connect failed)/,
    code: 'no-session',
    what: '{host} let us in but does not run commands for this user.',
    remedy: 'Check the login shell, ForceCommand and MaxSessions of its sshd.',
  },
  {
    pattern:
      /kex_exchange_identification|Connection (?:closed|reset) by|Connection to \S+ closed by remote host|client_loop: send disconnect|Broken pipe/,
    code: 'host-closed',
    what: '{host} closed the connection.',
    remedy: 'Check that it is sshd that listens there, and its log (MaxStartups, fail2ban, hosts.deny).',
  },
];

/** What the shell, sudo and Python on dom0 say. */
const remoteRules: readonly Rule[] = [
  {
    pattern: /sudo: a (?:password|terminal) is required|sudo: sorry, you must have a tty|sudo: no tty present/,
    code: 'sudo-password',
    what: 'sudo on {host} wants a password.',
    remedy: 'Allow python3 without one on dom0 (visudo: USER ALL=(root) NOPASSWD: ALL), or log in as root.',
  },
  {
    pattern: /is not in the sudoers file|is not allowed to (?:execute|run)|may not run sudo/,
    code: 'sudo-denied',
    what: 'sudo on {host} does not allow this user to run the agent.',
    remedy: 'Add the user to sudoers on dom0, or log in as root.',
  },
  {
    pattern: /python3: (?:command )?not found|python3['’]?: No such file|unknown command: python3|python3: Command not found/i,
    code: 'no-python',
    what: 'Python 3 was not found on {host}.',
    remedy: 'Install python3 on dom0; where it is in an unusual folder, add the folder to "path" of this host.',
  },
  {
    pattern: /sudo: (?:command )?not found|sudo['’]?: No such file|sudo: Command not found/i,
    code: 'no-sudo',
    what: '{host} has no sudo.',
    remedy: 'Remove "sudo" from this host and log in as root, or install sudo on dom0.',
  },
  {
    pattern: /(?:ModuleNotFoundError|ImportError): No module named '?([\w.]+)/,
    code: 'python-incomplete',
    what: 'Python on {host} has no module $1.',
    remedy: 'Install the whole standard library on dom0 (Debian: python3, not only python3-minimal).',
  },
  {
    pattern: /This account is currently not available|nologin/,
    code: 'no-session',
    what: 'The user has no login shell on {host}.',
    remedy: 'Give the user a shell on dom0, or another user in the ssh destination.',
  },
];

/** The failure as an error that says what to do next. */
export function explainEnd(end: SshEnd): Dom0Error {
  if (end.started) return explainLoss(end);
  const changed = changedKey(end);
  if (changed) return changed;
  if (end.exitCode === 255)
    return firstMatch(sshRules, end) ?? unexplained(end, 'ssh-failed', `ssh could not connect to ${end.destination}`);
  const remote = firstMatch(remoteRules, end);
  if (remote) return remote;
  if (end.exitCode === 127)
    return fromRule(
      remoteRules.find((rule) => rule.code === 'no-python')!,
      [],
      end,
    );
  if (end.exitCode === null) return unexplained(end, 'ssh-failed', `ssh to ${end.destination} was ended`);
  return unexplained(end, 'no-agent', `${end.destination} did not start the agent (exit code ${end.exitCode})`);
}

/** The agent ran, and its channel closed without its last word. */
function explainLoss(end: SshEnd): Dom0Error {
  if (end.exitCode === 255 || end.exitCode === null) {
    const why = firstMatch(sshRules, end)?.what ?? '';
    return new Dom0Error(
      'connection-lost',
      `The connection to ${end.destination} was lost.${why ? ` ${why}` : ''}`,
      'What was collected is kept; check the network and try again.',
    );
  }
  if (end.exitCode > 128 || end.exitCode === 137) {
    return new Dom0Error(
      'agent-killed',
      `The agent on ${end.destination} was killed (exit code ${end.exitCode}).`,
      'The guest is not left paused. Look for the reason in the log of dom0 (out of memory?) and try again.',
    );
  }
  return unexplained(end, 'agent-failed', `The agent on ${end.destination} ended without an answer (exit code ${end.exitCode})`);
}

/** A changed key is refused by ssh whatever anybody answers; the line to remove the old one is put together from what ssh says. */
function changedKey(end: SshEnd): Dom0Error | null {
  const text = end.stderr;
  if (!text.includes('REMOTE HOST IDENTIFICATION HAS CHANGED')) return null;
  const fingerprint = /fingerprint for the (\S+) key sent by the remote host is\s+(\S+?)\.?\s/.exec(text);
  const offending = /Offending (?:\S+ )?key in (\S+?):(\d+)/.exec(text);
  const host = /host key for (\S+) has changed/i.exec(text)?.[1] ?? end.destination;
  const file = offending?.[1];
  const command = `ssh-keygen ${file === undefined ? '' : `-f ${quoteWord(file)} `}-R ${quoteWord(host)}`;
  const sent = fingerprint ? ` It now sends the ${fingerprint[1]} key ${fingerprint[2]}.` : '';
  const known = offending ? ` The key known so far is in ${offending[1]}, line ${offending[2]}.` : '';
  return new Dom0Error(
    'host-key-changed',
    `The host key of ${host} has changed, so the connection was refused: either the machine was set up anew, or somebody stands in between.${sent}${known}`,
    `Ask the administrator for the right fingerprint; only if it is the new one, forget the old key and connect again: ${command}`,
  );
}

function firstMatch(rules: readonly Rule[], end: SshEnd): Dom0Error | null {
  for (const rule of rules) {
    const found = rule.pattern.exec(end.stderr);
    if (!found) continue;
    if (rule.code === 'host-key-unknown' && !end.interactive) {
      return new Dom0Error(
        rule.code,
        `The host key of ${end.destination} is not known.`,
        `Connect once by hand to compare and accept it: ssh ${end.destination}`,
      );
    }
    return fromRule(rule, found, end);
  }
  return null;
}

function fromRule(rule: Rule, found: readonly (string | undefined)[], end: SshEnd): Dom0Error {
  const fill = (text: string): string =>
    text.replaceAll('{host}', end.destination).replaceAll(/\$(\d)/g, (_, n: string) => found[Number(n)] ?? '');
  return new Dom0Error(rule.code, fill(rule.what), fill(rule.remedy));
}

function unexplained(end: SshEnd, code: Dom0ErrorCode, what: string): Dom0Error {
  const said = end.stderr
    .split(/\r?\n/)
    .map((line) => line.trim())
    .filter((line) => line !== '')
    .slice(-3)
    .join(' / ');
  return new Dom0Error(
    code,
    said ? `${what}: ${said}` : `${what}.`,
    said ? '' : 'The log may tell more; try the same with ssh in a terminal.',
  );
}
