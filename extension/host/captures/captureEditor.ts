/** The read-only editor for captures: a pprof file opens as a flame graph, offline, with the symbols it holds. */
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { randomUUID } from 'node:crypto';
import path from 'node:path';
import * as vscode from 'vscode';
import { logFailure } from '../base/failure.ts';
import { FlameView, type ViewServices } from '../flamegraph/flameView.ts';
import type { OpenProfile } from '../flamegraph/profiles.ts';

export const captureViewType = 'ringside.capture';
/** The same for files of other tools: the editor names only views whose selector the file is in. */
export const foreignViewType = 'ringside.foreignProfile';

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
    const options = { supportsMultipleEditorsPerDocument: true };
    return vscode.Disposable.from(
      ...[captureViewType, foreignViewType].map((type) => vscode.window.registerCustomEditorProvider(type, this, options)),
    );
  }

  /** Opens at once: the view shows how far the file is, lets it be cancelled, and says why it could not be read. */
  openCustomDocument(uri: vscode.Uri): CaptureDocument {
    const { profiles, log } = this.services;
    const name = path.posix.basename(uri.path);
    const local = this.localFile(uri);
    const profile = profiles.openFile(
      local.then(({ file }) => file),
      name,
      name,
    );
    const remove = async (): Promise<void> => {
      profile.cancelOpening();
      await profiles.close(profile);
      await (await local).remove();
    };
    return { uri, profile, dispose: () => void remove().catch((error: unknown) => logFailure(error, log)) };
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
