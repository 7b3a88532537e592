/** The read-only editor for captures: a pprof file opens as a flame graph, offline, with the symbols it holds. */
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { randomUUID } from 'node:crypto';
import path from 'node:path';
import * as vscode from 'vscode';
import { logFailure } from '../base/failure.ts';
import { FlameView, type ViewServices } from '../flamegraph/flameView.ts';
import type { OpenProfile } from '../flamegraph/profiles.ts';

export const captureViewType = 'ringside.capture';

interface CaptureDocument extends vscode.CustomDocument {
  readonly profile: OpenProfile;
}

export class CaptureEditor implements vscode.CustomReadonlyEditorProvider<CaptureDocument> {
  private readonly services: ViewServices;
  private readonly storage: vscode.Uri;

  constructor(services: ViewServices, storage: vscode.Uri) {
    this.services = services;
    this.storage = storage;
  }

  register(): vscode.Disposable {
    // No retainContextWhenHidden: the view keeps its state, and asks again when it is shown.
    return vscode.window.registerCustomEditorProvider(captureViewType, this, { supportsMultipleEditorsPerDocument: true });
  }

  async openCustomDocument(uri: vscode.Uri): Promise<CaptureDocument> {
    const { profiles, log } = this.services;
    const name = path.posix.basename(uri.path);
    const local = await this.localFile(uri);
    const profile = await profiles.openFile(local.file, name, name);
    const dispose = (): void => {
      void profiles.close(profile);
      void local.remove().catch((error: unknown) => logFailure(error, log));
    };
    return { uri, profile, dispose };
  }

  resolveCustomEditor({ profile }: CaptureDocument, panel: vscode.WebviewPanel): void {
    const view = new FlameView(panel, profile, this.services);
    panel.onDidDispose(() => view.dispose());
  }

  /** The engine reads files: what a virtual file system holds is copied for as long as it is open. */
  private async localFile(uri: vscode.Uri): Promise<{ file: string; remove: () => Promise<void> }> {
    if (uri.scheme === 'file') return { file: uri.fsPath, remove: () => Promise.resolve() };
    const folder = path.join(this.storage.fsPath, 'copies');
    const file = path.join(folder, `${randomUUID()}-${path.posix.basename(uri.path)}`);
    await mkdir(folder, { recursive: true });
    await writeFile(file, await vscode.workspace.fs.readFile(uri));
    return { file, remove: () => rm(file, { force: true }) };
  }
}

/** Unikernel: Open Capture. */
export async function openCapture(): Promise<void> {
  const [chosen] =
    (await vscode.window.showOpenDialog({
      title: vscode.l10n.t('Open Capture'),
      filters: { [vscode.l10n.t('Capture (pprof)')]: ['gz', 'pprof', 'pb'], [vscode.l10n.t('All files')]: ['*'] },
    })) ?? [];
  if (chosen) await showCapture(chosen);
}

export async function showCapture(uri: vscode.Uri): Promise<void> {
  await vscode.commands.executeCommand('vscode.openWith', uri, captureViewType);
}
