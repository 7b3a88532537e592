/** Restricted Mode: captures can be read, but nothing connects and nothing is run. */
import * as vscode from 'vscode';
import { Failure } from '../base/failure.ts';

/** @throws where the window is in Restricted Mode. @param why what is off, and for what reason; absent: connecting */
export function requireTrust(
  why = vscode.l10n.t(
    'Connecting to dom0 is off in Restricted Mode: it would run ssh as root on another machine from a folder you do not trust. Captures can be opened.',
  ),
): void {
  if (vscode.workspace.isTrusted) return;
  const title = vscode.l10n.t('Manage Workspace Trust');
  throw new Failure(why, [{ title, run: () => vscode.commands.executeCommand('workbench.trust.manage') }]);
}
