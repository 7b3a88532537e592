/** Finds the local file that a path of the debug information stands for: as it is, by `ringside.sourceMap`, or by its tail in the workspace. */
import path from 'node:path';
import * as vscode from 'vscode';
import { Cancelled } from '../base/failure.ts';
import type { Configuration } from '../configuration/configuration.ts';
import { plain } from '../words.ts';
import type { SourceAnswers } from './answers.ts';
import { baseName, bestCandidates, isLocalPath, mapped } from './sourcePath.ts';

const searchLimit = 500;

export type Found = { readonly uri: vscode.Uri } | { readonly uri: null; readonly tried: readonly string[] };

/** Rejects with Cancelled where the person would not say which of several files is meant. */
export async function findSource(built: string, configuration: Configuration, answers: SourceAnswers): Promise<Found> {
  const { candidates, tried } = await candidatesOf(built, configuration, answers);
  const [only, ...others] = candidates;
  if (only) return { uri: others.length === 0 ? only : await ask(built, candidates, answers) };
  return { uri: null, tried };
}

/** The same without asking: null where it is not clear which file is meant. */
export async function findQuietly(built: string, configuration: Configuration, answers: SourceAnswers): Promise<vscode.Uri | null> {
  const { candidates } = await candidatesOf(built, configuration, answers);
  return candidates.length === 1 ? candidates[0]! : null;
}

interface Candidates {
  /** Files that may be meant; several where it cannot be told which. */
  readonly candidates: readonly vscode.Uri[];
  /** Where it was looked for in vain. */
  readonly tried: readonly string[];
}

async function candidatesOf(built: string, configuration: Configuration, answers: SourceAnswers): Promise<Candidates> {
  const tried: string[] = [];
  const attempt = async (file: string | null | undefined): Promise<vscode.Uri | null> => {
    if (file === null || file === undefined || !path.isAbsolute(file) || !isLocalPath(file, process.platform)) return null;
    const uri = vscode.Uri.file(file);
    if (await isFile(uri)) return uri;
    tried.push(file);
    return null;
  };
  const byMap = mapped(built, configuration.sourceMap());
  const answered = answers.all()[built];
  const known = (await attempt(byMap)) ?? (await attempt(answered)) ?? (await attempt(built));
  if (known) return { candidates: [known], tried };

  const name = baseName(built);
  const pattern = `**/${globEscape(name)}`;
  const files = name === '' ? [] : await vscode.workspace.findFiles(pattern, undefined, searchLimit);
  const local = new Map(files.map((uri) => [uri.path, uri]));
  const folders = vscode.workspace.workspaceFolders ?? [];
  tried.push(...folders.map((folder) => path.join(folder.uri.fsPath, '**', name)));
  return { candidates: bestCandidates(built, [...local.keys()]).map((candidate) => local.get(candidate.path)!), tried };
}

async function ask(built: string, candidates: readonly vscode.Uri[], answers: SourceAnswers): Promise<vscode.Uri> {
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
  await answers.remember(built, chosen.uri.fsPath);
  return chosen.uri;
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
