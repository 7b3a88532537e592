/** Finds the local file that a path of the debug information stands for: as it is, by `ringside.sourceMap`, or by its tail in the workspace. */
import path from 'node:path';
import * as vscode from 'vscode';
import { baseName, mapped } from '../../builtPaths.ts';
import { Cancelled } from '../base/failure.ts';
import type { Configuration } from '../configuration/configuration.ts';
import { plain } from '../words.ts';
import type { SourceAnswers } from './answers.ts';
import { bestCandidates, isLocalPath, isSure } from './sourcePath.ts';

const searchLimit = 500;

export type Found = { readonly uri: vscode.Uri } | { readonly uri: null; readonly tried: readonly string[] };

/** What is known of a path as built without asking anybody. */
export interface Known {
  /** What the map, or a person, says it is. */
  readonly said: vscode.Uri | null;
  /** The file of this very path. */
  readonly itself: vscode.Uri | null;
  /** Where it was looked for in vain. */
  readonly tried: readonly string[];
  /** Looks through the workspace. */
  readonly inWorkspace: () => Promise<Candidates>;
}

export interface Candidates {
  /** Those of the workspace's files that share most of the path; several where it cannot be told which is meant. */
  readonly files: readonly vscode.Uri[];
  /** The one that is meant; null where it shares no more than a name that many files have. */
  readonly sure: vscode.Uri | null;
  readonly tried: readonly string[];
}

export async function lookUp(built: string, configuration: Configuration, answers: SourceAnswers): Promise<Known> {
  const tried: string[] = [];
  const attempt = async (file: string | null | undefined): Promise<vscode.Uri | null> => {
    if (file === null || file === undefined || !path.isAbsolute(file) || !isLocalPath(file, process.platform)) return null;
    const uri = vscode.Uri.file(path.normalize(file));
    if (await isFile(uri)) return uri;
    tried.push(file);
    return null;
  };
  const said = (await attempt(mapped(built, configuration.sourceMap()))) ?? (await attempt(answers.all()[built]));
  const itself = said ? null : await attempt(built);
  let looked: Promise<Candidates> | undefined;
  return { said, itself, tried, inWorkspace: () => (looked ??= candidates(built)) };
}

async function candidates(built: string): Promise<Candidates> {
  const name = baseName(built);
  const files = name === '' ? [] : await vscode.workspace.findFiles(`**/${globEscape(name)}`, undefined, searchLimit);
  const local = new Map(files.map((uri) => [uri.path, uri]));
  const folders = (vscode.workspace.workspaceFolders ?? []).map(({ uri }) => uri);
  const best = bestCandidates(built, [...local.keys()]).map((candidate) => local.get(candidate.path)!);
  const [only] = best;
  const roots = folders.map((folder) => folder.path);
  return {
    files: best,
    sure: only && best.length === 1 && isSure(built, only.path, roots) ? only : null,
    tried: folders.map((folder) => path.join(folder.fsPath, '**', name)),
  };
}

/** The file to open, without asking; null where there is none, or where it is not clear which. */
export async function opened({ said, itself, inWorkspace }: Known): Promise<vscode.Uri | null> {
  return said ?? itself ?? (await inWorkspace()).sure;
}

/** Rejects with Cancelled where the person would not say which of several files is meant. */
export async function findSource(built: string, known: Known, answers: SourceAnswers): Promise<Found> {
  const clear = await opened(known);
  if (clear) return { uri: clear };
  const { files, tried } = await known.inWorkspace();
  const uri = files.length > 0 ? await ask(built, files, answers) : null;
  return uri ? { uri } : { uri: null, tried: [...known.tried, ...tried] };
}

async function ask(built: string, files: readonly vscode.Uri[], answers: SourceAnswers): Promise<vscode.Uri | null> {
  const rows = files.map((uri) => ({
    label: baseName(uri.path),
    description: vscode.workspace.asRelativePath(vscode.Uri.joinPath(uri, '..')),
    uri,
  }));
  const none = { label: vscode.l10n.t('None of These'), description: '', uri: null };
  const chosen = await vscode.window.showQuickPick([...rows, none], {
    title: vscode.l10n.t('Which file is {0}?', plain(built)),
    placeHolder: vscode.l10n.t('Remembered for this workspace'),
    matchOnDescription: true,
  });
  if (!chosen) throw new Cancelled();
  if (chosen.uri) await answers.remember(built, chosen.uri.fsPath);
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
