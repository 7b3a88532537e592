/** Which local file a path as built stands for, where a person had to say so: asked once, and kept with the workspace. */
import * as vscode from 'vscode';
import { Disposable } from '../base/disposable.ts';

const key = 'ringside.sourceAnswers';

export class SourceAnswers extends Disposable {
  private readonly memory: vscode.Memento;
  private readonly changed = this.register(new vscode.EventEmitter<void>());
  readonly onDidChange = this.changed.event;

  constructor(memory: vscode.Memento) {
    super();
    this.memory = memory;
  }

  /** Local path by path as built. */
  all(): Readonly<Record<string, string>> {
    return this.memory.get<Record<string, string>>(key, {});
  }

  async remember(built: string, file: string): Promise<void> {
    await this.memory.update(key, { ...this.all(), [built]: file });
    this.changed.fire();
  }
}
