/** Unikernel: Save Capture: what a view shows, or a recording that is kept. */
import { copyFile, stat } from 'node:fs/promises';
import path from 'node:path';
import * as vscode from 'vscode';
import { Failure } from '../base/failure.ts';
import type { FlamePanels } from '../flamegraph/panels.ts';
import type { OpenProfile } from '../flamegraph/profiles.ts';
import type { Engine } from '../languageServer/engine.ts';
import { size } from '../words.ts';
import { isCaptureNode } from './capturesView.ts';
import type { Recent } from './recentRecordings.ts';

/** @param on a row of the Captures view, where it was called on one: that, and not what a view shows */
export async function saveCapture(on: unknown, profile: OpenProfile | null, engine: Engine, panels: FlamePanels): Promise<void> {
  const recent = isCaptureNode(on) && on.type === 'recording' ? on.recent : null;
  const recorded = recent && panels.of(recent.file);
  if (recent && !recorded) await saveRecording(recent);
  else await saveProfile(recorded ?? profile, engine, panels);
}

async function saveProfile(profile: OpenProfile | null, engine: Engine, panels: FlamePanels): Promise<void> {
  if (!profile) throw new Failure(vscode.l10n.t('No profile is open. Record one with Unikernel: Profile Guest…, or open a capture.'));
  if (profile.kind === 'comparison')
    throw new Failure(vscode.l10n.t('A comparison is not a capture. Unikernel: Export… writes it as a picture.'));
  const file = await chooseTarget(profile.fileName);
  if (file === null) return;
  const { bytes } = await engine.request('ringside/save', { profileId: profile.id, path: file });
  await tellSaved(file, bytes);
  if (!profile.recording) {
    profile.file = file;
    profile.unsaved = false;
    await panels.remember(profile);
  }
}

/** A recording that is kept, and in no tab. */
async function saveRecording({ file, bytes }: Recent): Promise<void> {
  const target = await chooseTarget(path.basename(file));
  if (target === null) return;
  await copyFile(file, target);
  await tellSaved(target, bytes);
}

async function chooseTarget(fileName: string): Promise<string | null> {
  const folder = vscode.workspace.workspaceFolders?.[0]?.uri;
  const target = await vscode.window.showSaveDialog({
    title: vscode.l10n.t('Save Capture'),
    defaultUri: folder ? vscode.Uri.joinPath(folder, fileName) : vscode.Uri.file(path.resolve(fileName)),
    // One dot only: the editor would put '.pb.gz' behind a name that ends in it.
    filters: { [vscode.l10n.t('Capture (pprof)')]: ['gz', 'pprof'] },
  });
  if (!target) return null;
  if (target.scheme === 'file') return target.fsPath;
  throw new Failure(
    vscode.l10n.t('A capture can be saved to a folder of the machine that the extension runs on, not to {0}.', target.toString()),
  );
}

async function tellSaved(file: string, bytes: number): Promise<void> {
  const { size: written } = await stat(file);
  if (written !== bytes) throw new Failure(vscode.l10n.t('{0} was cut short: {1} of {2} bytes. Save it elsewhere.', file, written, bytes));
  vscode.window.setStatusBarMessage(vscode.l10n.t('Saved {0} ({1})', path.basename(file), size(bytes)), 5000);
}
