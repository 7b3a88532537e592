/** Unikernel: Compare Captures, on two files of the explorer; Compare With, from a view; and Swap Before and After. */
import path from 'node:path';
import * as vscode from 'vscode';
import { Cancelled, Failure } from '../base/failure.ts';
import type { FlamePanels } from '../flamegraph/panels.ts';
import type { CaptureFile, OpenProfile, Profiles } from '../flamegraph/profiles.ts';
import { captureFilters } from './captureFiles.ts';
import type { CaptureNode } from './capturesView.ts';
import { recentWords, type RecentRecordings } from './recentRecordings.ts';

export interface CompareServices {
  readonly profiles: Profiles;
  readonly panels: FlamePanels;
  readonly recent: RecentRecordings;
}

/**
 * As the editor's own Compare Selected has it, what was selected first is what was before.
 * @param selection what the explorer hands over: the files that are selected, in the order in which they were.
 */
export async function compareCaptures(selection: unknown, services: CompareServices): Promise<void> {
  const uris = Array.isArray(selection) ? selection.filter((each): each is vscode.Uri => each instanceof vscode.Uri) : [];
  const [before, after] = uris.length === 2 ? (uris as [vscode.Uri, vscode.Uri]) : await chooseTwo();
  await show([captureFile(before), captureFile(after)], services);
}

/** The other way round, in a tab that takes the place of the one before. */
export async function swapComparison(comparison: OpenProfile | null, services: CompareServices): Promise<void> {
  if (comparison?.kind !== 'comparison') throw new Failure(vscode.l10n.t('No comparison is open. Compare two captures first.'));
  const [before, after] = comparison.compared as [OpenProfile, OpenProfile];
  await showComparison(after, before, services);
  await services.panels.close(comparison);
}

/** Captures of the Captures view: of two, the older is what was before; of one, it is asked for. */
export async function compareNodes(nodes: readonly CaptureNode[], services: CompareServices): Promise<void> {
  const byAge = await Promise.all(
    nodes.map(async (node) => ({
      node,
      ms: node.type === 'recording' ? node.recent.modifiedMs : (await vscode.workspace.fs.stat(node.uri)).mtime,
    })),
  );
  const [before, after] = byAge.sort((a, b) => a.ms - b.ms).map(({ node }) => captureOf(node));
  if (before && after) await show([before, after], services);
  else if (before) await show([await pickBefore(before, services), before], services);
}

/** Another capture before this one. */
export async function compareWith(profile: OpenProfile | null, services: CompareServices): Promise<void> {
  if (profile?.kind !== 'profile') throw new Failure(vscode.l10n.t('No profile is open that could be compared. Open a capture first.'));
  if (profile.recording || profile.file === null)
    throw new Failure(vscode.l10n.t('{0} is still being recorded. Stop it first; then it can be compared.', profile.title));
  const after = { file: profile.file, title: profile.title };
  await show([await pickBefore(after, services), after], services);
}

export async function showComparison(before: OpenProfile, after: OpenProfile, services: CompareServices): Promise<void> {
  if (before.file === null || after.file === null) throw new Failure(vscode.l10n.t('Only captures that were kept can be compared.'));
  await show(
    [
      { file: before.file, title: before.title },
      { file: after.file, title: after.title },
    ],
    services,
  );
}

async function show([before, after]: readonly [CaptureFile, CaptureFile], { profiles, panels }: CompareServices): Promise<void> {
  const comparison = profiles.compare(before, after);
  panels.show(comparison);
  await comparison.ready;
  await panels.remember(comparison);
}

/** One after the other: a dialog for two would not tell which is which. */
async function chooseTwo(): Promise<[before: vscode.Uri, after: vscode.Uri]> {
  const before = await chooseFile(vscode.l10n.t('Compare Captures: what was before'));
  return [before, await chooseFile(vscode.l10n.t('Compare Captures: what came after'))];
}

async function chooseFile(title: string): Promise<vscode.Uri> {
  const [uri] =
    (await vscode.window.showOpenDialog({
      title,
      filters: captureFilters(),
    })) ?? [];
  if (!uri) throw new Cancelled();
  return uri;
}

function captureFile(uri: vscode.Uri): CaptureFile {
  if (uri.scheme !== 'file')
    throw new Failure(
      vscode.l10n.t('Captures are compared where the extension runs; {0} is elsewhere. Copy it there first.', uri.toString()),
    );
  return { file: uri.fsPath, title: path.basename(uri.fsPath) };
}

function captureOf(node: CaptureNode): CaptureFile {
  return node.type === 'recording' ? { file: node.recent.file, title: recentWords(node.recent).label } : captureFile(node.uri);
}

/** The last recordings, or a file. */
async function pickBefore({ title, file }: CaptureFile, { recent }: CompareServices): Promise<CaptureFile> {
  const rows = (await recent.rows()).filter((row) => row.file !== file);
  const elsewhere = { label: vscode.l10n.t('Another File…'), description: '', file: '' };
  const chosen = await vscode.window.showQuickPick([...rows, elsewhere], {
    title: vscode.l10n.t('Compare {0} With', title),
    placeHolder: vscode.l10n.t('What was before'),
  });
  if (!chosen) throw new Cancelled();
  if (chosen !== elsewhere) return { file: chosen.file, title: chosen.label };
  return captureFile(await chooseFile(vscode.l10n.t('Compare {0} With', title)));
}
