/** Names of the files that may be captures. */
import * as vscode from 'vscode';

/** Of other tools: they open as text unless one asks. */
export const foreignFiles = /\.(folded|collapsed|perf|txt|speedscope\.json|cpuprofile)$/;

/** For a dialog. */
export function captureFilters(): Record<string, string[]> {
  return {
    [vscode.l10n.t('Profiles')]: ['gz', 'pprof', 'pb', 'folded', 'collapsed', 'json', 'cpuprofile', 'txt', 'perf'],
    [vscode.l10n.t('All files')]: ['*'],
  };
}
