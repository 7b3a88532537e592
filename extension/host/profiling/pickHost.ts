/** Which host: not asked where there is one; where there is none, one is added. */
import * as vscode from 'vscode';
import type { HostConfig } from '../../protocol.ts';
import { Cancelled } from '../base/failure.ts';
import type { Configuration } from '../configuration/configuration.ts';
import { addHost } from '../hosts/addHost.ts';
import { plain } from '../words.ts';

/** Rejects with Cancelled where the person goes back on it. */
export async function pickHost(configuration: Configuration, title: string): Promise<HostConfig> {
  const hosts = configuration.hosts();
  const [first, second] = hosts;
  if (first && !second) return first;
  if (!first) {
    const add = vscode.l10n.t('Add Host…');
    const message = vscode.l10n.t('No dom0 host is set up yet. A host is a machine that runs Xen and that you reach with ssh.');
    const pressed = await vscode.window.showInformationMessage(message, { modal: true }, add);
    const host = pressed === add ? await addHost(configuration) : null;
    if (!host) throw new Cancelled();
    return host;
  }
  const rows = hosts.map((host) => ({ label: `$(server) ${plain(host.name)}`, description: plain(host.destination), host }));
  const chosen = await vscode.window.showQuickPick(rows, { title, placeHolder: vscode.l10n.t('Which host?'), matchOnDescription: true });
  if (!chosen) throw new Cancelled();
  return chosen.host;
}
