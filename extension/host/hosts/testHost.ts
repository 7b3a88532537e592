/** Unikernel: Test Host. Runs the preflight and shows what a recording needs, line by line, with what to do about what is missing. */
import * as vscode from 'vscode';
import type { HostConfig, Preflight, PreflightCheck } from '../../protocol.ts';
import { Cancelled } from '../base/failure.ts';
import type { Connections } from '../connection/connections.ts';
import { count, plain } from '../words.ts';

interface Testing {
  readonly connections: Connections;
  readonly log: vscode.LogOutputChannel;
}

/** Once a host was added. */
export async function offerTest(host: HostConfig, testing: Testing): Promise<void> {
  const test = vscode.l10n.t('Test Host');
  const pressed = await vscode.window.showInformationMessage(vscode.l10n.t('{0} was added.', plain(host.name)), test);
  if (pressed === test) await testHost(host, testing);
}

export async function testHost(host: HostConfig, { connections, log }: Testing): Promise<void> {
  const preflight = await withAbort(vscode.l10n.t('Testing {0}', plain(host.name)), (signal) => connections.preflight(host, signal));
  report(host, preflight, log);
  await show(host, preflight, log);
}

/** Runs work that can be cancelled under a notification. */
export function withAbort<T>(
  title: string,
  work: (signal: AbortSignal, progress: vscode.Progress<{ message?: string; increment?: number }>) => Promise<T>,
): Promise<T> {
  const options = { location: vscode.ProgressLocation.Notification, title, cancellable: true };
  return Promise.resolve(
    vscode.window.withProgress(options, async (progress, token) => {
      const abort = new AbortController();
      const listening = token.onCancellationRequested(() => abort.abort(new Cancelled()));
      try {
        return await work(abort.signal, progress);
      } finally {
        listening.dispose();
      }
    }),
  );
}

function report(host: HostConfig, { checks, xenVersion }: Preflight, log: vscode.LogOutputChannel): void {
  log.info(`Test of ${host.name} (${host.destination}), Xen ${xenVersion ?? 'unknown'}`);
  for (const { ok, name, detail, remedy } of checks) {
    if (ok) log.info(`  ok       ${name}: ${detail}`);
    else log.warn(`  missing  ${name}: ${[detail.replace(/\.$/, ''), remedy].filter((each) => each !== undefined).join('. ')}`);
  }
}

interface Row extends vscode.QuickPickItem {
  readonly check: PreflightCheck;
}

async function show(host: HostConfig, { checks }: Preflight, log: vscode.LogOutputChannel): Promise<void> {
  const missing = checks.filter(({ ok }) => !ok);
  const rows = [...missing, ...checks.filter(({ ok }) => ok)].map(row);
  const verdict =
    missing.length === 0
      ? vscode.l10n.t('{0} is ready: everything a recording needs is there', plain(host.name))
      : vscode.l10n.t('{0} is not ready: {1}', plain(host.name), count(missing.length, 'thing is missing', 'things are missing'));
  const pick = vscode.window.createQuickPick<Row>();
  const logButton: vscode.QuickInputButton = { iconPath: new vscode.ThemeIcon('output'), tooltip: vscode.l10n.t('Show Log') };
  pick.title = verdict;
  pick.placeholder = missing.length === 0 ? vscode.l10n.t('Nothing to do') : vscode.l10n.t('Choose a line to copy what to do about it');
  pick.items = rows;
  pick.matchOnDetail = true;
  pick.ignoreFocusOut = true;
  pick.buttons = [logButton];
  await new Promise<void>((resolve) => {
    pick.onDidTriggerButton(() => log.show(true));
    pick.onDidAccept(() => {
      const remedy = pick.selectedItems[0]?.check.remedy;
      if (remedy !== undefined) void vscode.env.clipboard.writeText(remedy);
      pick.hide();
    });
    pick.onDidHide(() => {
      pick.dispose();
      resolve();
    });
    pick.show();
  });
}

function row(check: PreflightCheck): Row {
  const icon = check.ok ? '$(pass)' : '$(error)';
  return {
    label: `${icon} ${plain(check.name)}`,
    description: plain(check.detail),
    ...(check.remedy === undefined ? {} : { detail: plain(check.remedy) }),
    check,
  };
}
