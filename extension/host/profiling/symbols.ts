/** Where the names come from: the setting, the guest's kernel on dom0, a file the user chooses, or nowhere. */
import { access } from 'node:fs/promises';
import * as vscode from 'vscode';
import type { Guest, HostConfig, SymbolSource } from '../../protocol.ts';
import { Cancelled, isCancelled, logFailure, messageOf } from '../base/failure.ts';
import type { Configuration } from '../configuration/configuration.ts';
import type { Connections } from '../connection/connections.ts';
import { withAbort } from '../hosts/testHost.ts';
import type { Engine } from '../languageServer/engine.ts';
import { plain, size } from '../words.ts';

export interface SymbolServices {
  readonly configuration: Configuration;
  readonly connections: Connections;
  readonly engine: Engine;
  /** Where fetched kernels are kept, by content. */
  readonly kernels: vscode.Uri;
  readonly log: vscode.LogOutputChannel;
}

/** @param chosenElf what the user chose for this guest before. Rejects with Cancelled where the person goes back on it. */
export async function findSymbols(
  host: HostConfig,
  guest: Guest,
  chosenElf: string | null,
  services: SymbolServices,
): Promise<SymbolSource> {
  const setting = services.configuration.symbolsFor(guest.name);
  let problem: string;
  if (setting) {
    const fault = await elfProblem(setting.path, services.engine);
    if (fault === null) return { kind: 'elf', path: setting.path, origin: 'setting' };
    problem = vscode.l10n.t('{0} cannot be used: {1}', setting.entry, fault);
  } else if (chosenElf !== null && (await elfProblem(chosenElf, services.engine)) === null) {
    return { kind: 'elf', path: chosenElf, origin: 'chosen' };
  } else {
    const fetched = await fromDom0(host, guest, services);
    if (fetched.kind === 'elf') return fetched;
    problem = fetched.reason;
  }
  services.log.warn(`Symbols of ${guest.name}: ${problem}`);
  return askForSymbols(guest.name, problem, services);
}

async function fromDom0(host: HostConfig, guest: Guest, services: SymbolServices): Promise<SymbolSource> {
  const { kernel } = guest;
  const name = plain(guest.name);
  if (kernel === null) return { kind: 'none', reason: vscode.l10n.t('The configuration of {0} names no kernel', name) };
  try {
    const client = services.connections.to(host);
    const file = await withAbort(vscode.l10n.t('Fetching {0} from {1}', plain(kernel), plain(host.name)), async (signal, progress) => {
      let doneBefore = 0;
      const { path } = await client.fetchKernel(kernel, services.kernels.fsPath, signal, (done, total) => {
        const increment = total > 0 ? ((done - doneBefore) / total) * 100 : 0;
        doneBefore = done;
        progress.report({ message: `${size(done)} / ${size(total)}`, increment });
      });
      return path;
    });
    const fault = await elfProblem(file, services.engine);
    if (fault === null) return { kind: 'elf', path: file, origin: 'dom0' };
    return { kind: 'none', reason: vscode.l10n.t('{0}, the kernel of {1} on dom0, has no names: {2}', plain(kernel), name, fault) };
  } catch (error) {
    if (isCancelled(error)) throw error;
    logFailure(error, services.log);
    return { kind: 'none', reason: messageOf(error) };
  }
}

/** Why a file cannot serve as symbols; null where it can. */
async function elfProblem(file: string, engine: Engine): Promise<string | null> {
  try {
    await access(file);
  } catch {
    return vscode.l10n.t('there is no file {0} that can be read', file);
  }
  try {
    const { functions } = await engine.request('ringside/inspectElf', { path: file });
    return functions > 0 ? null : vscode.l10n.t('it is stripped');
  } catch (error) {
    return messageOf(error);
  }
}

async function askForSymbols(guest: string, problem: string, services: SymbolServices): Promise<SymbolSource> {
  for (;;) {
    const choose = {
      label: `$(file-binary) ${vscode.l10n.t('Choose an ELF file…')}`,
      detail: vscode.l10n.t(
        'The unstripped kernel this guest was built from: NAME.dbg of Unikraft, the ELF before objcopy or strip of others',
      ),
      elf: true,
    };
    const without = {
      label: `$(symbol-numeric) ${vscode.l10n.t('Record addresses without names')}`,
      detail: vscode.l10n.t('Symbols can be chosen later: Unikernel: Choose Symbols…'),
      elf: false,
    };
    const chosen = await vscode.window.showQuickPick([choose, without], {
      title: vscode.l10n.t('No symbols for {0}', plain(guest)),
      placeHolder: problem,
      ignoreFocusOut: true,
    });
    if (!chosen) throw new Cancelled();
    if (!chosen.elf) return { kind: 'none', reason: problem };
    const file = await chooseElf(guest, services.engine);
    if (file === null) continue;
    offerToRemember(guest, file, services);
    return { kind: 'elf', path: file, origin: 'chosen' };
  }
}

/** Asks until the file can be used; null where the person goes back on it. */
export async function chooseElf(guest: string, engine: Engine): Promise<string | null> {
  const folder = vscode.workspace.workspaceFolders?.[0]?.uri;
  for (;;) {
    const [uri] =
      (await vscode.window.showOpenDialog({
        title: vscode.l10n.t('ELF file with the symbols of {0}', plain(guest)),
        openLabel: vscode.l10n.t('Use as Symbols'),
        ...(folder ? { defaultUri: folder } : {}),
      })) ?? [];
    if (!uri) return null;
    const fault = await elfProblem(uri.fsPath, engine);
    if (fault === null) return uri.fsPath;
    const again = vscode.l10n.t('Choose Another');
    const message = vscode.l10n.t('{0} cannot give {1} names: {2}', uri.fsPath, plain(guest), fault);
    if ((await vscode.window.showErrorMessage(message, { modal: true }, again)) !== again) return null;
  }
}

/** One press writes `ringside.symbols`, so that the next recording finds the file by itself. */
export function offerToRemember(guest: string, file: string, { configuration }: Pick<SymbolServices, 'configuration'>): void {
  const remember = vscode.l10n.t('Remember');
  const message = vscode.l10n.t('Use {0} for {1} from now on?', file, plain(guest));
  void vscode.window.showInformationMessage(message, remember).then((pressed) => {
    if (pressed === remember) return configuration.addSymbols(guest, file);
    return undefined;
  });
}
