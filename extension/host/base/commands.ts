/** Registers the commands: one typed table, one way to report their failures. */
import * as vscode from 'vscode';
import type { CommandId } from './commandIds.ts';
import { showFailure } from './failure.ts';

/** What each command does. The arguments are whatever the menu that it was called from hands over (what it was called on, and all that is selected), so they must be checked. */
export type CommandTable = Readonly<Record<CommandId, (argument?: unknown, selection?: unknown) => unknown>>;

export function registerCommands(table: CommandTable, log: vscode.LogOutputChannel): vscode.Disposable {
  const registered = Object.entries(table).map(([id, run]) =>
    vscode.commands.registerCommand(id, async (argument?: unknown, selection?: unknown) => {
      try {
        await run(argument, selection);
      } catch (error) {
        void showFailure(error, log);
      }
    }),
  );
  return vscode.Disposable.from(...registered);
}
