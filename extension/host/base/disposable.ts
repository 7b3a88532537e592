import type * as vscode from 'vscode';

/** Something with parts that end when it ends, last registered first. */
export abstract class Disposable implements vscode.Disposable {
  private parts: vscode.Disposable[] = [];
  protected disposed = false;

  protected register<T extends vscode.Disposable>(part: T): T {
    if (this.disposed) part.dispose();
    else this.parts.push(part);
    return part;
  }

  dispose(): void {
    if (this.disposed) return;
    this.disposed = true;
    for (const part of this.parts.reverse()) part.dispose();
    this.parts = [];
  }
}
