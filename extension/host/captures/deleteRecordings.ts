/** Delete, in the Captures view: recordings that are kept there. Files of the workspace are the explorer's to delete. */
import * as vscode from 'vscode';
import type { CaptureNode } from './capturesView.ts';
import { recentWords, type RecentRecordings } from './recentRecordings.ts';

export async function deleteRecordings(nodes: readonly CaptureNode[], recent: RecentRecordings): Promise<void> {
  const recordings = nodes.filter((node) => node.type === 'recording').map((node) => node.recent);
  if (recordings.length === 0) return;
  const names = recordings.map((each) => recentWords(each).label);
  const [name] = names;
  const question =
    names.length === 1
      ? vscode.l10n.t('Delete the recording {0}?', name!)
      : vscode.l10n.t('Delete these {0} recordings: {1}?', names.length, names.join(', '));
  const detail = vscode.l10n.t('This cannot be undone. What was saved elsewhere stays.');
  const yes = vscode.l10n.t('Delete');
  if ((await vscode.window.showWarningMessage(question, { modal: true, detail }, yes)) === yes)
    await recent.delete(recordings.map(({ file }) => file));
}
