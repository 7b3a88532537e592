/** Unikernel: Line Heat: what is shown of each line's cost, for the profile whose view was used last; where none is open, for all. */
import * as vscode from 'vscode';
import type { LineHeatMode } from '../../protocol.ts';
import type { Configuration } from '../configuration/configuration.ts';
import type { Profiles } from '../flamegraph/profiles.ts';
import { plain } from '../words.ts';
import type { HeatModes } from './heatModes.ts';

type Row = vscode.QuickPickItem & { readonly mode?: LineHeatMode };

export async function chooseHeat(configuration: Configuration, profiles: Profiles, modes: HeatModes): Promise<void> {
  const { active } = profiles;
  const { now } = modes;
  const row = (mode: LineHeatMode, label: string, description: string): Row => ({
    mode,
    label,
    description: mode === now ? `${description} · ${vscode.l10n.t('now')}` : description,
  });
  const rows: Row[] = [
    row('total', vscode.l10n.t('Total'), vscode.l10n.t('the line and all that it calls, and its own share')),
    row('self', vscode.l10n.t('Self'), vscode.l10n.t('the line alone')),
    row('off', vscode.l10n.t('Off'), vscode.l10n.t('no figures and no colours in the source')),
  ];
  const setting: Row = { label: vscode.l10n.t('Open the Setting'), description: vscode.l10n.t('for profiles where nothing was chosen') };
  const title = active
    ? vscode.l10n.t('Line heat of {0}: what each line costs', plain(active.title))
    : vscode.l10n.t('Line heat: what each line costs');
  const chosen = await vscode.window.showQuickPick(active ? [...rows, setting] : rows, { title });
  if (!chosen) return;
  if (chosen.mode === undefined) await configuration.open('lineHeat');
  else if (active) modes.choose(active, chosen.mode);
  else await configuration.setLineHeat(chosen.mode);
}
