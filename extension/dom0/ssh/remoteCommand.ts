/** The command line that runs on dom0, as the one string that ssh hands to the login shell there. */
import { bootstrap } from '../agent/bootstrap.ts';
import { Dom0Error } from '../errors.ts';
import type { HostConfig } from '../../protocol.ts';

/** Quotes a word for sh, bash, zsh, ksh, dash, csh and fish: single quotes, and for what they cannot hold, a quoted backslash. */
export function quoteWord(word: string): string {
  if (/^[\w@%+=:,./-]+$/.test(word)) return word;
  return `'${word.replaceAll("'", String.raw`'\''`)}'`;
}

/** A shell that stays, so that an agent that is killed becomes an exit code; ssh would call it the same as a lost connection. */
const keeper = '"$0" "$@" || exit $?';

const agent = ['python3', '-I', '-S', '-B', '-c', bootstrap];

/**
 * Runs the agent's bootstrap, or another program. LC_ALL keeps what sudo and env say in the language that failure.ts reads; -I and -S keep root's Python to its
 * own library, -B keeps it from writing compiled modules.
 */
export function remoteCommand(host: Pick<HostConfig, 'name' | 'sudo' | 'path'>, program: readonly string[] = agent): string {
  const words = ['exec', 'env', 'LC_ALL=C', 'sh', '-c', quoteWord(keeper)];
  if (host.sudo) words.push('sudo', '-n', '--');
  if (host.path && host.path.length > 0)
    words.push('env', `PATH=${host.path.map((folder) => quoteFolder(folder, host.name)).join(':')}:"$PATH"`);
  words.push(...program.map(quoteWord));
  return words.join(' ');
}

function quoteFolder(folder: string, host: string): string {
  if (!folder.startsWith('/') || /[\x00-\x1f\x7f:]/.test(folder)) {
    throw new Dom0Error(
      'bad-destination',
      `${JSON.stringify(folder)} in "path" of the host ${host} is not a folder on dom0.`,
      'Give absolute folders there, each as an entry of its own.',
    );
  }
  return quoteWord(folder);
}
