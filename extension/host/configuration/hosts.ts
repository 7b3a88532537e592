/** Reads the `ringside.hosts` setting, which people write by hand. */
import type { HostConfig } from '../../protocol.ts';

export interface ParsedHosts {
  readonly hosts: readonly HostConfig[];
  /** One sentence for each entry that cannot be used, naming the entry and what to write instead. */
  readonly problems: readonly string[];
}

const keys = new Set(['name', 'destination', 'sudo', 'path']);

/** Good entries are kept beside bad ones: one typing error must not take the other hosts away. */
export function parseHosts(setting: unknown): ParsedHosts {
  if (setting === undefined || setting === null) return { hosts: [], problems: [] };
  if (!Array.isArray(setting))
    return { hosts: [], problems: ['ringside.hosts must be a list: [{ "name": "lab", "destination": "root@xen.lab" }]'] };
  const hosts: HostConfig[] = [];
  const problems: string[] = [];
  const names = new Set<string>();
  for (const [index, entry] of (setting as unknown[]).entries()) {
    const where = `ringside.hosts[${index}]`;
    const found = problemsOf(entry).map((problem) => `${where}${problem}`);
    if (found.length > 0) {
      problems.push(...found);
      continue;
    }
    const host = entry as HostConfig;
    if (names.has(host.name))
      problems.push(`${where}.name: there is another host named ${JSON.stringify(host.name)}; each needs its own name`);
    else hosts.push(host);
    names.add(host.name);
  }
  return { hosts, problems };
}

function problemsOf(entry: unknown): string[] {
  if (typeof entry !== 'object' || entry === null || Array.isArray(entry))
    return [' must be an object: { "name": "lab", "destination": "root@xen.lab" }'];
  const { name, destination, sudo, path } = entry as Record<string, unknown>;
  const unknown = Object.keys(entry).filter((key) => !keys.has(key));
  const problems = unknown.map((key) => `.${key}: there is no such property; a host has name, destination, sudo and path`);
  const badName = nameProblem(name);
  if (badName !== null) problems.push(`.name: ${badName}`);
  const badDestination = destinationProblem(destination);
  if (badDestination !== null) problems.push(`.destination: ${badDestination}`);
  if (sudo !== undefined && typeof sudo !== 'boolean') problems.push('.sudo must be true or false');
  if (path !== undefined && !(Array.isArray(path) && path.every(isFolder)))
    problems.push('.path must be a list of absolute folders without a colon: ["/usr/local/sbin"]');
  return problems;
}

const isFolder = (folder: unknown): boolean => typeof folder === 'string' && /^\/[^:\p{Cc}]*$/u.test(folder);

/** What is wrong with a host's name; null where nothing is. */
export function nameProblem(name: unknown): string | null {
  if (typeof name !== 'string' || name.trim() === '') return 'give the machine a name, such as lab';
  if (name !== name.trim() || /\p{Cc}/u.test(name)) return 'must not begin or end with a space, or hold control characters';
  if (name.length > 64) return 'is longer than 64 characters';
  return null;
}

/** What is wrong with what would be given to ssh as the destination; null where nothing is. */
export function destinationProblem(destination: unknown): string | null {
  if (typeof destination !== 'string' || destination === '')
    return 'give what you would write after ssh, such as root@xen.lab or a Host of your ssh configuration';
  if (destination.startsWith('-')) return 'must not begin with "-": ssh would take it for an option';
  if (/[\s\p{Cc}]/u.test(destination))
    return 'must not hold spaces; options for ssh belong in your ssh configuration or ringside.sshArguments';
  if (!destination.startsWith('ssh://') && /^[^/:]+:\d+$/.test(destination.replace(/^.*@/, '')))
    return `has a port after a colon, which ssh does not understand: write ssh://${destination}`;
  return null;
}
