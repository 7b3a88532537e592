/** Unikernel: Export: what a view shows, its filter applied, for other tools or as a picture. */
import path from 'node:path';
import * as vscode from 'vscode';
import type { ExportFormat } from '../../protocol.ts';
import { Failure } from '../base/failure.ts';
import type { OpenProfile } from '../flamegraph/profiles.ts';
import type { Engine } from '../languageServer/engine.ts';
import { size } from '../words.ts';

interface Format extends vscode.QuickPickItem {
  readonly format: ExportFormat;
  readonly extension: string;
  /** A picture shows a comparison, too. */
  readonly picture: boolean;
}

function formats(): Format[] {
  return [
    {
      format: 'folded',
      extension: 'folded',
      picture: false,
      label: 'Folded',
      description: vscode.l10n.t('Text, a stack a line: flamegraph.pl, inferno'),
    },
    { format: 'pprof', extension: 'pb.gz', picture: false, label: 'pprof', description: vscode.l10n.t('go tool pprof, Parca, Pyroscope') },
    { format: 'speedscope', extension: 'speedscope.json', picture: false, label: 'Speedscope', description: 'speedscope.app' },
    {
      format: 'svg',
      extension: 'svg',
      picture: true,
      label: 'SVG',
      description: vscode.l10n.t('A flame graph in one file, for any browser'),
    },
    { format: 'html', extension: 'html', picture: true, label: 'HTML', description: vscode.l10n.t('The same as a page') },
  ];
}

export async function exportView(profile: OpenProfile | null, engine: Engine): Promise<void> {
  if (!profile) throw new Failure(vscode.l10n.t('No profile is open. Record one with Unikernel: Profile Guest…, or open a capture.'));
  const offered = formats().filter(({ picture }) => picture || profile.kind === 'profile');
  const chosen = await vscode.window.showQuickPick(offered, {
    title: vscode.l10n.t('Export {0}', profile.title),
    placeHolder: vscode.l10n.t('What is shown is written, with its filters'),
  });
  if (!chosen) return;
  const folder = vscode.workspace.workspaceFolders?.[0]?.uri;
  const name = `${profile.fileName.replace(/(\.pb)?\.gz$|\.pprof$/, '').replace(/[/\\:*?"<>|]+/g, '_')}.${chosen.extension}`;
  const target = await vscode.window.showSaveDialog({
    title: vscode.l10n.t('Export as {0}', chosen.label),
    defaultUri: folder ? vscode.Uri.joinPath(folder, name) : vscode.Uri.file(path.resolve(name)),
    filters: { [chosen.label]: [chosen.extension.split('.').at(-1)!] },
  });
  if (!target) return;
  if (target.scheme !== 'file')
    throw new Failure(
      vscode.l10n.t('A profile can be exported to a folder of the machine that the extension runs on, not to {0}.', target.toString()),
    );
  await profile.ready;
  const filter = profile.filter ?? { states: 'all', vcpu: null };
  const { bytes } = await engine.request('ringside/export', { profileId: profile.id, path: target.fsPath, format: chosen.format, filter });
  vscode.window.setStatusBarMessage(vscode.l10n.t('Exported {0} ({1})', path.basename(target.fsPath), size(bytes)), 5000);
}
