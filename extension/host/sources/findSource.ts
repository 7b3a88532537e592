/** Finds the local file that a path of the debug information stands for: as it is, by `ringside.sourceMap`, or by its tail in the workspace. */
import path from 'node:path';
import * as vscode from 'vscode';
import { Cancelled } from '../base/failure.ts';
import type { Configuration } from '../configuration/configuration.ts';
import { plain } from '../words.ts';
import { baseName, bestCandidates, isLocalPath, mapped } from './sourcePath.ts';

/** Answers to "which of these files?", kept with the workspace. */
const answersKey = 'ringside.sourceAnswers';
const searchLimit = 500;

export type Found = { readonly uri: vscode.Uri } | { readonly uri: null; readonly tried: readonly string[] };

/** Rejects with Cancelled where the person would not say which of several files is meant. */
export async function findSource(built: string, configuration: Configuration, memory: vscode.Memento): Promise<Found> {
  const tried: string[] = [];
  const attempt = async (file: string | null | undefined): Promise<vscode.Uri | null> => {
    if (file === null || file === undefined || !path.isAbsolute(file) || !isLocalPath(file, process.platform)) return null;
    const uri = vscode.Uri.file(file);
    if (await isFile(uri)) return uri;
    tried.push(file);
    return null;
  };
  const byMap = mapped(built, configuration.sourceMap());
  const answered = answers(memory)[built];
  const known = (await attempt(byMap)) ?? (await attempt(answered)) ?? (await attempt(built));
  if (known) return { uri: known };

  const name = baseName(built);
  const pattern = `**/${globEscape(name)}`;
  const files = name === '' ? [] : await vscode.workspace.findFiles(pattern, undefined, searchLimit);
  const local = new Map(files.map((uri) => [uri.path, uri]));
  const candidates = bestCandidates(built, [...local.keys()]);
  const [only, ...others] = candidates;
  if (only && others.length === 0) return { uri: local.get(only.path)! };
  if (only)
    return {
      uri: await ask(
        built,
        candidates.map((candidate) => local.get(candidate.path)!),
        memory,
      ),
    };
  const folders = vscode.workspace.workspaceFolders ?? [];
  tried.push(...folders.map((folder) => path.join(folder.uri.fsPath, '**', name)));
  return { uri: null, tried };
}

async function ask(built: string, candidates: readonly vscode.Uri[], memory: vscode.Memento): Promise<vscode.Uri> {
  const rows = candidates.map((uri) => ({
    label: baseName(uri.path),
    description: vscode.workspace.asRelativePath(vscode.Uri.joinPath(uri, '..')),
    uri,
  }));
  const chosen = await vscode.window.showQuickPick(rows, {
    title: vscode.l10n.t('Which file is {0}?', plain(built)),
    placeHolder: vscode.l10n.t('Remembered for this workspace'),
    matchOnDescription: true,
  });
  if (!chosen) throw new Cancelled();
  await memory.update(answersKey, { ...answers(memory), [built]: chosen.uri.fsPath });
  return chosen.uri;
}

function answers(memory: vscode.Memento): Readonly<Record<string, string>> {
  return memory.get<Record<string, string>>(answersKey, {});
}

async function isFile(uri: vscode.Uri): Promise<boolean> {
  try {
    return ((await vscode.workspace.fs.stat(uri)).type & vscode.FileType.File) !== 0;
  } catch {
    return false; // not there, or not to be read: the next place is tried, and the places tried are told
  }
}

/** A name with characters that mean something in a glob, taken literally. */
function globEscape(name: string): string {
  return name.replace(/[[\]{}*?]/g, (character) => (character === '{' || character === '}' ? '?' : `[${character}]`));
}
