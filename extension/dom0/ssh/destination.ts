/** What may be given to ssh as its destination. */
import { Dom0Error } from '../errors.ts';

/** Characters that OpenSSH itself has refused in names on its command line since 9.6, because ProxyCommand and Match exec hand them to a shell. */

const refused = /[\s\x00-\x1f\x7f'"`$\\;&<>|(){}]/;

/** Throws where a destination could be taken for an option or reach a shell; returns it as it is otherwise. */
export function checkDestination(destination: string): string {
  const remedy = 'Correct it in the setting ringside.hosts: host, user@host, ssh://user@host:port, or a Host of the ssh configuration.';
  if (destination === '') throw new Dom0Error('bad-destination', 'A host has an empty ssh destination.', remedy);
  const bare = destination.replace(/^ssh:\/\//, '');
  const host = bare.slice(bare.lastIndexOf('@') + 1);
  if (destination.startsWith('-') || bare.startsWith('-') || host.startsWith('-')) {
    throw new Dom0Error('bad-destination', `The ssh destination ${JSON.stringify(destination)} begins like an option.`, remedy);
  }
  if (host === '' || refused.test(destination)) {
    throw new Dom0Error('bad-destination', `${JSON.stringify(destination)} is not an ssh destination.`, remedy);
  }
  return destination;
}
