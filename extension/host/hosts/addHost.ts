/** Unikernel: Add Host. Asks for a name and an ssh destination and writes `ringside.hosts`. */
import * as vscode from 'vscode';
import type { HostConfig } from '../../protocol.ts';
import type { Configuration } from '../configuration/configuration.ts';
import { destinationProblem, nameProblem } from '../configuration/hosts.ts';

/** The host that was added; null where the person went back on it. */
export async function addHost(configuration: Configuration): Promise<HostConfig | null> {
  const title = vscode.l10n.t('Add Host');
  const destination = await vscode.window.showInputBox({
    title: `${title} (1/3)`,
    prompt: vscode.l10n.t('How ssh reaches dom0: what you would write after "ssh"'),
    placeHolder: 'root@xen.lab',
    ignoreFocusOut: true,
    validateInput: (value) => sentence(destinationProblem(value)),
  });
  if (destination === undefined) return null;
  const taken = new Set(configuration.hosts().map(({ name }) => name));
  const name = await vscode.window.showInputBox({
    title: `${title} (2/3)`,
    prompt: vscode.l10n.t('What to call the machine'),
    value: freeName(destination, taken),
    ignoreFocusOut: true,
    validateInput: (value) =>
      sentence(nameProblem(value)) ?? (taken.has(value) ? vscode.l10n.t('There is a host named {0} already', value) : null),
  });
  if (name === undefined) return null;
  const sudo = await askSudo(title);
  if (sudo === undefined) return null;
  const host: HostConfig = { name, destination, ...(sudo ? { sudo } : {}) };
  await configuration.addHost(host);
  return host;
}

const sentence = (problem: string | null): string | null => (problem === null ? null : problem.charAt(0).toUpperCase() + problem.slice(1));

async function askSudo(title: string): Promise<boolean | undefined> {
  const root = {
    label: vscode.l10n.t('I log in as root'),
    description: vscode.l10n.t('or as a user who may use the Xen tools'),
    sudo: false,
  };
  const other = { label: vscode.l10n.t('Use sudo'), description: vscode.l10n.t('passwordless: sudo -n'), sudo: true };
  const options = { title: `${title} (3/3)`, placeHolder: vscode.l10n.t('How to become root on dom0'), ignoreFocusOut: true };
  return (await vscode.window.showQuickPick([root, other], options))?.sudo;
}

/** `xen` for `ssh://root@xen.lab:22`, or `xen 2` where that is taken. */
function freeName(destination: string, taken: ReadonlySet<string>): string {
  const machine = destination.replace(/^ssh:\/\//, '').replace(/^[^@]*@/, '');
  const name = /^\[?[\d.:a-f]+\]?(:\d+)?$/i.test(machine) ? machine.replace(/[[\]]/g, '') : (/^[^.:/]+/.exec(machine)?.[0] ?? machine);
  for (let n = 1; ; n++) {
    const candidate = n === 1 ? name : `${name} ${n}`;
    if (!taken.has(candidate)) return candidate;
  }
}
