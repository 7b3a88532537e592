/** How the host tells a person that something failed: what, where, the next step, and the log. */
import * as vscode from 'vscode';
import { Dom0Error } from '../../dom0/client.ts';
import { plain } from '../words.ts';

/** A button beside an error's message. */
export interface Remedy {
  readonly title: string;
  run(): unknown;
}

/** An error with something to press. Its message already says what failed and the next step. */
export class Failure extends Error {
  readonly remedies: readonly Remedy[];

  constructor(message: string, remedies: readonly Remedy[] = [], options?: ErrorOptions) {
    super(message, options);
    this.name = 'Failure';
    this.remedies = remedies;
  }
}

/** The person went back on it: nothing to say. */
export class Cancelled extends Error {
  constructor() {
    super('Cancelled');
    this.name = 'Cancelled';
  }
}

export function isCancelled(error: unknown): boolean {
  if (error instanceof Cancelled || error instanceof vscode.CancellationError) return true;
  // Dom0Error tells by its code, whatever was aborted with a signal by its name.
  return error instanceof Error && (error.name === 'AbortError' || ('code' in error && error.code === 'cancelled') || isDeclined(error));
}

/** The person went back on it at a question of ssh. What was not done then is said in passing. */
function isDeclined(error: unknown): error is Dom0Error {
  return error instanceof Dom0Error && error.code === 'declined';
}

/** The message of an error, and of its causes where they add something. */
export function messageOf(error: unknown): string {
  const messages: string[] = [];
  for (let at = error; at instanceof Error && messages.length < 4; at = at.cause) {
    const { message } = at;
    if (message && !messages.some((said) => said.includes(message))) messages.push(message);
  }
  return messages.length > 0 ? messages.join(': ') : String(error);
}

/** How long a word in passing stays in the status bar. */
const passingMs = 10_000;

/** Logs an error with its stack and causes, and shows it. Resolves when the message has been dealt with; nobody needs to wait for that. */
export async function showFailure(error: unknown, log: vscode.LogOutputChannel): Promise<void> {
  if (isDeclined(error)) {
    log.info(messageOf(error));
    vscode.window.setStatusBarMessage(`$(circle-slash) ${plain(error.what)}`, passingMs);
  }
  if (isCancelled(error)) return;
  logFailure(error, log);
  const remedies = error instanceof Failure ? error.remedies : [];
  await offer(vscode.window.showErrorMessage, messageOf(error), remedies, log);
}

export function logFailure(error: unknown, log: vscode.LogOutputChannel): void {
  log.error(error instanceof Error ? (error.stack ?? error.message) : String(error));
  for (let at = error instanceof Error ? error.cause : undefined; at !== undefined; at = at instanceof Error ? at.cause : undefined) {
    log.error(`  caused by: ${at instanceof Error ? (at.stack ?? at.message) : JSON.stringify(at)}`);
  }
}

/** Shows a message with remedies and Show Log, and runs what is pressed. */
export async function offer(
  show: (message: string, ...items: string[]) => Thenable<string | undefined>,
  message: string,
  remedies: readonly Remedy[],
  log: vscode.LogOutputChannel,
): Promise<void> {
  const showLog = vscode.l10n.t('Show Log');
  const pressed = await show(message, ...remedies.map(({ title }) => title), showLog);
  if (pressed === showLog) log.show(true);
  else await remedies.find(({ title }) => title === pressed)?.run();
}
