/** Where finished recordings are put until somebody saves or forgets them: the newest of them are kept, so that a reload or a closed tab loses nothing. */
import { mkdir, readdir, rm, stat } from 'node:fs/promises';
import path from 'node:path';
import * as vscode from 'vscode';
import { logFailure } from '../base/failure.ts';
import { size } from '../words.ts';

const keptRecordings = 20;

interface Recent {
  readonly file: string;
  readonly bytes: number;
  readonly modifiedMs: number;
}

export class RecentRecordings {
  private readonly folder: string;
  private readonly log: vscode.LogOutputChannel;

  constructor(storage: vscode.Uri, log: vscode.LogOutputChannel) {
    this.folder = path.join(storage.fsPath, 'recordings');
    this.log = log;
  }

  /** A path for a new recording. The oldest recordings go. */
  async newFile(fileName: string): Promise<string> {
    await mkdir(this.folder, { recursive: true });
    for (const { file } of (await this.list()).slice(keptRecordings - 1)) {
      await rm(file, { force: true }).catch((error: unknown) => logFailure(error, this.log));
    }
    return path.join(this.folder, fileName);
  }

  /** The last recordings, as rows to choose from. */
  async rows(): Promise<{ label: string; description: string; file: string }[]> {
    return (await this.list()).map(({ file, bytes, modifiedMs }) => ({
      label: path.basename(file, '.pb.gz'),
      description: `${new Date(modifiedMs).toLocaleString(vscode.env.language)} · ${size(bytes)}`,
      file,
    }));
  }

  /** Unikernel: Open Recent Recording. */
  async pick(): Promise<vscode.Uri | null> {
    const rows = await this.rows();
    if (rows.length === 0) {
      void vscode.window.showInformationMessage(vscode.l10n.t('Nothing was recorded yet. Unikernel: Profile Guest… records.'));
      return null;
    }
    const options = { title: vscode.l10n.t('Open Recent Recording'), placeHolder: vscode.l10n.t('The last recordings, saved or not') };
    const chosen = await vscode.window.showQuickPick(rows, options);
    return chosen ? vscode.Uri.file(chosen.file) : null;
  }

  /** Newest first. */
  private async list(): Promise<Recent[]> {
    const names = await readdir(this.folder).catch((error: unknown): string[] => {
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT') logFailure(error, this.log);
      return [];
    });
    const files = names.filter((name) => name.endsWith('.pb.gz')).map((name) => path.join(this.folder, name));
    const all = await Promise.all(
      files.map(async (file): Promise<Recent> => {
        const { size: bytes, mtimeMs: modifiedMs } = await stat(file);
        return { file, bytes, modifiedMs };
      }),
    );
    return all.sort((a, b) => b.modifiedMs - a.modifiedMs);
  }
}
