/** Where finished recordings are put until somebody saves or forgets them: the newest of them are kept, so that a reload or a closed tab loses nothing. */
import { mkdir, readdir, rm, stat } from 'node:fs/promises';
import path from 'node:path';
import * as vscode from 'vscode';
import { Disposable } from '../base/disposable.ts';
import { logFailure } from '../base/failure.ts';
import { capturedIn, plain, size } from '../words.ts';

const keptRecordings = 20;

export interface Recent {
  readonly file: string;
  readonly bytes: number;
  readonly modifiedMs: number;
}

export class RecentRecordings extends Disposable {
  private readonly folder: string;
  private readonly log: vscode.LogOutputChannel;
  private readonly changing = this.register(new vscode.EventEmitter<void>());
  /** A recording has come, or is gone. */
  readonly onDidChange = this.changing.event;

  constructor(storage: vscode.Uri, log: vscode.LogOutputChannel) {
    super();
    this.folder = path.join(storage.fsPath, 'recordings');
    this.log = log;
  }

  /** A path for a new recording. The oldest recordings go. */
  async newFile(fileName: string): Promise<string> {
    await mkdir(this.folder, { recursive: true });
    const oldest = (await this.list()).slice(keptRecordings - 1);
    if (oldest.length > 0) await this.delete(oldest.map(({ file }) => file)).catch((error: unknown) => logFailure(error, this.log));
    return path.join(this.folder, fileName);
  }

  /** There is one more: it was written where `newFile` said. */
  hasWritten(): void {
    this.changing.fire();
  }

  async delete(files: readonly string[]): Promise<void> {
    try {
      for (const file of files) await rm(file, { force: true });
    } finally {
      this.changing.fire();
    }
  }

  /** The last recordings, as rows to choose from. */
  async rows(): Promise<{ label: string; description: string; file: string }[]> {
    return (await this.list()).map((recent) => ({ ...recentWords(recent), file: recent.file }));
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
  async list(): Promise<Recent[]> {
    const names = await readdir(this.folder).catch((error: unknown): string[] => {
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT') logFailure(error, this.log);
      return [];
    });
    const files = names.filter((name) => name.endsWith('.pb.gz')).map((name) => path.join(this.folder, name));
    const all = await Promise.all(
      files.map(async (file): Promise<Recent | null> => {
        const found = await stat(file).catch(() => null); // another window may just have deleted it
        return found && { file, bytes: found.size, modifiedMs: found.mtimeMs };
      }),
    );
    return all.filter((each) => each !== null).sort((a, b) => b.modifiedMs - a.modifiedMs);
  }
}

/** As the tab of the recording was called, and how large it is; the day where that is not today. */
export function recentWords({ file, bytes, modifiedMs }: Recent): { label: string; description: string } {
  const captured = capturedIn(path.basename(file));
  const label = captured ? `${plain(captured.guest)} ${captured.clock}` : plain(path.basename(file, '.pb.gz'));
  return { label, description: [...dayOf(captured?.at ?? new Date(modifiedMs)), size(bytes)].join(' · ') };
}

function dayOf(at: Date): string[] {
  const now = new Date();
  if (at.toDateString() === now.toDateString()) return [];
  const year = at.getFullYear() === now.getFullYear() ? {} : { year: 'numeric' as const };
  return [at.toLocaleDateString(vscode.env.language, { month: 'short', day: 'numeric', ...year })];
}
