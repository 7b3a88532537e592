/** Restricted Mode: captures can be read, but nothing connects and nothing is run. */
import * as vscode from 'vscode';
import { Failure } from '../base/failure.ts';

/** Throws where the window is in Restricted Mode. */
export function requireTrust(): void {
  if (vscode.workspace.isTrusted) return;
  throw new Failure(
    vscode.l10n.t(
      'Connecting to dom0 is off in Restricted Mode: it would run ssh as root on another machine from a folder you do not trust. Captures can be opened.',
    ),
    [
      {
        title: vscode.l10n.t('Manage Workspace Trust'),
        run: () => vscode.commands.executeCommand('workbench.trust.manage'),
      },
    ],
  );
}
