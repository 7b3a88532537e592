/** Names of the files that may be captures. */
import * as vscode from 'vscode';

/** The files of a workspace that are captures by their names: as in the explorer's menu (package.json). */
export const captureFiles = '**/*.{pb.gz,pprof,folded,collapsed,perf,cpuprofile,speedscope.json}';

/** Of other tools: they open as text unless one asks. */
export const foreignFiles = /\.(folded|collapsed|perf|txt|speedscope\.json|cpuprofile)$/;

/** For a dialog. */
export function captureFilters(): Record<string, string[]> {
  return {
    [vscode.l10n.t('Profiles')]: ['gz', 'pprof', 'pb', 'folded', 'collapsed', 'json', 'cpuprofile', 'txt', 'perf'],
    [vscode.l10n.t('All files')]: ['*'],
  };
}
