/** Unikernel: Save Capture. */
import { stat } from 'node:fs/promises';
import path from 'node:path';
import * as vscode from 'vscode';
import { Failure } from '../base/failure.ts';
import type { FlamePanels } from '../flamegraph/panels.ts';
import type { OpenProfile } from '../flamegraph/profiles.ts';
import type { Engine } from '../languageServer/engine.ts';
import { size } from '../words.ts';

/** Resolves false where the person went back on it. */
export async function saveCapture(profile: OpenProfile | null, engine: Engine, panels: FlamePanels): Promise<boolean> {
  if (!profile) throw new Failure(vscode.l10n.t('No profile is open. Record one with Unikernel: Profile Guest…, or open a capture.'));
  if (profile.kind === 'comparison')
    throw new Failure(vscode.l10n.t('A comparison is not a capture. Unikernel: Export… writes it as a picture.'));
  const folder = vscode.workspace.workspaceFolders?.[0]?.uri;
  const proposed = folder ? vscode.Uri.joinPath(folder, profile.fileName) : vscode.Uri.file(path.resolve(profile.fileName));
  const chosen = await vscode.window.showSaveDialog({
    title: vscode.l10n.t('Save Capture'),
    defaultUri: proposed,
    // One dot only: the editor would put '.pb.gz' behind a name that ends in it.
    filters: { [vscode.l10n.t('Capture (pprof)')]: ['gz', 'pprof'] },
  });
  if (!chosen) return false;
  await write(profile, chosen, engine);
  if (chosen.scheme === 'file' && !profile.recording) {
    profile.file = chosen.fsPath;
    profile.unsaved = false;
    await panels.remember(profile);
  }
  return true;
}

async function write(profile: OpenProfile, target: vscode.Uri, engine: Engine): Promise<void> {
  if (target.scheme !== 'file')
    throw new Failure(
      vscode.l10n.t('A capture can be saved to a folder of the machine that the extension runs on, not to {0}.', target.toString()),
    );
  const { bytes } = await engine.request('ringside/save', { profileId: profile.id, path: target.fsPath });
  const { size: written } = await stat(target.fsPath);
  if (written !== bytes)
    throw new Failure(vscode.l10n.t('{0} was cut short: {1} of {2} bytes. Save it elsewhere.', target.fsPath, written, bytes));
  vscode.window.setStatusBarMessage(vscode.l10n.t('Saved {0} ({1})', path.basename(target.fsPath), size(bytes)), 5000);
}
