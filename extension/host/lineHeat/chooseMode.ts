/** Unikernel: Line Heat: what is shown of each line's cost. */
import * as vscode from 'vscode';
import type { LineHeatMode } from '../../protocol.ts';
import type { Configuration } from '../configuration/configuration.ts';

export async function chooseHeat(configuration: Configuration): Promise<void> {
  const rows: (vscode.QuickPickItem & { mode: LineHeatMode })[] = [
    { label: vscode.l10n.t('Total'), description: vscode.l10n.t('the line and all that it calls, and its own share'), mode: 'total' },
    { label: vscode.l10n.t('Self'), description: vscode.l10n.t('the line alone'), mode: 'self' },
    { label: vscode.l10n.t('Off'), description: vscode.l10n.t('no figures and no colours in the source'), mode: 'off' },
  ];
  const now = configuration.lineHeat();
  const chosen = await vscode.window.showQuickPick(
    rows.map((row) => (row.mode === now ? { ...row, description: `${row.description ?? ''} · ${vscode.l10n.t('now')}` } : row)),
    { title: vscode.l10n.t('Line heat: what each line costs') },
  );
  if (chosen) await configuration.setLineHeat(chosen.mode);
}
