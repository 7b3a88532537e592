/** Which local file is which source of a profile: worked out once for each, and anew when files, settings or what a person has said change. */
import * as vscode from 'vscode';
import { Disposable } from '../base/disposable.ts';
import type { Configuration } from '../configuration/configuration.ts';
import type { SourceAnswers } from './answers.ts';
import { findSource, lookUp, opened, type Found, type Known } from './findSource.ts';
import { isSure } from './sourcePath.ts';

export class SourceLocator extends Disposable {
  private readonly configuration: Configuration;
  private readonly answers: SourceAnswers;
  private readonly known = new Map<string, Promise<Known>>();
  private readonly found = new Map<string, Promise<boolean>>();
  private readonly changed = this.register(new vscode.EventEmitter<void>());
  /** Local files may be others than before. */
  readonly onDidChange = this.changed.event;

  constructor(configuration: Configuration, answers: SourceAnswers) {
    super();
    this.configuration = configuration;
    this.answers = answers;
    const forget = (): void => {
      this.known.clear();
      this.found.clear();
      this.changed.fire();
    };
    this.register(answers.onDidChange(forget));
    this.register(configuration.onDidChange((settings) => settings.includes('sourceMap') && forget()));
    for (const event of [
      vscode.workspace.onDidChangeWorkspaceFolders,
      vscode.workspace.onDidCreateFiles,
      vscode.workspace.onDidDeleteFiles,
      vscode.workspace.onDidRenameFiles,
    ])
      this.register(event(forget));
  }

  /** The setting, and what a person has said of single files. */
  map(): Readonly<Record<string, string>> {
    return { ...this.configuration.sourceMap(), ...this.answers.all() };
  }

  /** The file of a path as built. Asks, once, where several may be meant; rejects with Cancelled where the person would not say. */
  async find(built: string): Promise<Found> {
    return findSource(built, await this.lookUp(built), this.answers);
  }

  /** The same without asking anybody; null where there is none, or where it is not clear which. */
  async locate(built: string): Promise<vscode.Uri | null> {
    return opened(await this.lookUp(built));
  }

  /** Those of the paths that a local file is the source of: the one that is opened for them, or a copy of that. */
  async sourcesOf(uri: vscode.Uri, built: readonly string[]): Promise<string[]> {
    const found = await Promise.all(built.map((each) => this.isSourceOf(each, uri)));
    return built.filter((_, at) => found[at]);
  }

  /** Asks what is not clear of these paths, where this file may be meant. @returns whether it turned out to be the source of one */
  async settle(uri: vscode.Uri, built: readonly string[]): Promise<boolean> {
    for (const each of built) {
      const known = await this.lookUp(each);
      if (!(await opened(known)) && (await known.inWorkspace()).files.some((file) => isSame(file, uri))) await this.find(each);
    }
    return (await this.sourcesOf(uri, built)).length > 0;
  }

  private isSourceOf(built: string, uri: vscode.Uri): Promise<boolean> {
    return kept(this.found, `${uri.toString()}\n${built}`, async () => {
      const { said, itself, inWorkspace } = await this.lookUp(built);
      if (said) return isSame(said, uri);
      if (itself) return isSame(itself, uri) || isCopy(itself, uri);
      const { files, sure } = await inWorkspace();
      if (files.length > 0) return sure !== null && isSame(sure, uri);
      // opened from outside the workspace, where there is nothing that it could be mistaken for
      return vscode.workspace.getWorkspaceFolder(uri) === undefined && isSure(built, uri.path, []);
    });
  }

  private lookUp(built: string): Promise<Known> {
    return kept(this.known, built, () => lookUp(built, this.configuration, this.answers));
  }
}

/** What was worked out for a key before, failures excepted. */
function kept<T>(answers: Map<string, Promise<T>>, key: string, work: () => Promise<T>): Promise<T> {
  let answer = answers.get(key);
  if (!answer) {
    answer = work();
    answers.set(key, answer);
    answer.catch(() => answers.delete(key));
  }
  return answer;
}

const isSame = (a: vscode.Uri, b: vscode.Uri): boolean => a.toString() === b.toString();

/** Whether two files hold the same, byte for byte. A file that is gone, or cannot be read, is no copy. */
async function isCopy(a: vscode.Uri, b: vscode.Uri): Promise<boolean> {
  const { fs } = vscode.workspace;
  try {
    const [one, other] = await Promise.all([fs.stat(a), fs.stat(b)]);
    if (one.size !== other.size || one.size > MOST_BYTES) return false;
    const [ours, theirs] = await Promise.all([fs.readFile(a), fs.readFile(b)]);
    return Buffer.from(ours).equals(theirs);
  } catch {
    return false; // only a copy that was read is one
  }
}

/** No source is larger. */
const MOST_BYTES = 16e6;
