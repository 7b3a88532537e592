/** Answers what ssh asks: the host's authenticity, passphrases, passwords, PINs, codes, a touch of the security key. */
import * as vscode from 'vscode';
import type { Prompter, SshQuestion } from '../../dom0/client.ts';
import { plain } from '../words.ts';

type Question = Exclude<SshQuestion, { readonly kind: 'user-presence' }>;

let asking = 0;

/** Whether a question of ssh is on the screen: an input box hides a quick pick that waits for the connection. */
export function isAsking(): boolean {
  return asking > 0;
}

/** Ends with the question before: two hosts may ask at once, and the second input box would hide the first, which means Escape. */
let before: Promise<unknown> = Promise.resolve();

export const prompter: Prompter = {
  ask(question) {
    if (question.kind === 'user-presence') return showPresence(question);
    const answer = before.then(() => askInTurn(question));
    before = answer.catch(() => null);
    return answer;
  },
};

async function askInTurn(question: Question): Promise<string | null> {
  if (question.signal.aborted) return null;
  asking++;
  try {
    return await show(question);
  } finally {
    asking--;
  }
}

async function show(question: Question): Promise<string | null> {
  switch (question.kind) {
    case 'host-authenticity':
      return askAuthenticity(question);
    case 'passphrase':
      return askSecret(question, vscode.l10n.t('Passphrase of {0}', plain(question.key)));
    case 'password':
      return askSecret(
        question,
        question.user === null ? vscode.l10n.t('Password') : vscode.l10n.t('Password of {0}', plain(question.user)),
      );
    case 'pin':
      return askSecret(question, vscode.l10n.t('PIN of {0}', plain(question.key)));
    case 'code':
      return askSecret(question, vscode.l10n.t('Verification code'));
    case 'other':
      return askSecret(question, vscode.l10n.t('Answer'));
    default:
      return question satisfies never;
  }
}

/** No is the first button, so Enter means No; Escape and the close button mean No as well. */
async function askAuthenticity(question: SshQuestion & { kind: 'host-authenticity' }): Promise<string | null> {
  const no = vscode.l10n.t('No');
  const yes = vscode.l10n.t('Yes, This Is the Machine');
  const detail = [
    vscode.l10n.t('{0} key fingerprint:', plain(question.keyType)),
    plain(question.fingerprint),
    '',
    vscode.l10n.t(
      'ssh to {0} has not met this machine before. Compare the fingerprint with the one the machine itself shows (ssh-keygen -lf /etc/ssh/ssh_host_*_key.pub on its console), then say whether it is the one you mean. ssh will remember a yes.',
      plain(question.destination),
    ),
  ].join('\n');
  const pressed = await vscode.window.showWarningMessage(
    vscode.l10n.t('Connect to {0}, whose authenticity cannot be established?', plain(question.host)),
    { modal: true, detail },
    no,
    yes,
  );
  return pressed === yes && !question.signal.aborted ? 'yes' : null;
}

/** A masked input box that stays when the focus leaves it, and goes when ssh no longer waits. */
function askSecret(question: SshQuestion, placeholder: string): Promise<string | null> {
  return new Promise((resolve) => {
    const box = vscode.window.createInputBox();
    let answer: string | null = null;
    const close = (): void => box.hide();
    box.title = vscode.l10n.t('ssh to {0}', plain(question.destination));
    box.prompt = plain(question.text.trim());
    box.placeholder = placeholder;
    box.password = true;
    box.ignoreFocusOut = true;
    if (question.answersRefused === 1) box.validationMessage = vscode.l10n.t('The last answer was not accepted. Try again.');
    else if (question.answersRefused > 1)
      box.validationMessage = vscode.l10n.t('One of the last {0} answers was not accepted. Give them again.', question.answersRefused);
    box.onDidChangeValue(() => {
      box.validationMessage = undefined;
    });
    box.onDidAccept(() => {
      answer = box.value;
      box.hide();
    });
    box.onDidHide(() => {
      question.signal.removeEventListener('abort', close);
      box.dispose();
      resolve(answer);
    });
    question.signal.addEventListener('abort', close, { once: true });
    box.show();
  });
}

/** Stays until the key was touched or ssh gave up. */
async function showPresence(question: SshQuestion): Promise<null> {
  const title = vscode.l10n.t('{0}: touch your security key', plain(question.destination));
  await vscode.window.withProgress(
    { location: vscode.ProgressLocation.Notification, title },
    () => new Promise<void>((resolve) => question.signal.addEventListener('abort', () => resolve(), { once: true })),
  );
  return null;
}
