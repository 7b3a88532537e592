/** Unikernel: Line Heat: what is shown of each line's cost, for the profile whose view was used last; where none is open, for all. */
import * as vscode from 'vscode';
import type { LineHeatMode, LineHeatScope } from '../../protocol.ts';
import type { Configuration } from '../configuration/configuration.ts';
import type { Profiles } from '../flamegraph/profiles.ts';
import { plain } from '../words.ts';
import type { HeatModes } from './heatModes.ts';

type Row = vscode.QuickPickItem & { readonly mode?: LineHeatMode; readonly scope?: LineHeatScope };

export async function chooseHeat(configuration: Configuration, profiles: Profiles, modes: HeatModes): Promise<void> {
  const { active } = profiles;
  const { now } = modes;
  const described = (description: string, holds: boolean): string => (holds ? `${description} · ${vscode.l10n.t('now')}` : description);
  const row = (mode: LineHeatMode, label: string, description: string): Row => ({
    mode,
    label,
    description: described(description, mode === now),
  });
  const rows: Row[] = [
    row('total', vscode.l10n.t('Total'), vscode.l10n.t('the line and all that it calls, and its own share')),
    row('self', vscode.l10n.t('Self'), vscode.l10n.t('the line alone')),
    row('off', vscode.l10n.t('Off'), vscode.l10n.t('no figures and no colours in the source')),
  ];
  const of = (scope: LineHeatScope, label: string, description: string): Row => ({
    scope,
    label,
    description: described(description, scope === modes.scope),
  });
  const scopes: Row[] = [
    { label: vscode.l10n.t('counted in'), kind: vscode.QuickPickItemKind.Separator },
    of('selection', vscode.l10n.t('Selected Frame'), vscode.l10n.t('only the samples through it; all where none is selected')),
    of('view', vscode.l10n.t('All Samples'), vscode.l10n.t('whatever is selected')),
  ];
  const setting: Row = { label: vscode.l10n.t('Open the Setting'), description: vscode.l10n.t('for profiles where nothing was chosen') };
  const title = active
    ? vscode.l10n.t('Line heat of {0}: what each line costs', plain(active.title))
    : vscode.l10n.t('Line heat: what each line costs');
  const end: Row = { label: '', kind: vscode.QuickPickItemKind.Separator };
  const chosen = await vscode.window.showQuickPick([...rows, ...scopes, ...(active ? [end, setting] : [])], { title });
  if (!chosen) return;
  const { mode, scope } = chosen;
  if (mode === undefined && scope === undefined) await configuration.open('lineHeat');
  else if (active) modes.choose(active, { ...(mode && { mode }), ...(scope && { scope }) });
  else if (mode) await configuration.setLineHeat(mode);
  else if (scope) await configuration.setLineHeatOf(scope);
}
