/** Shows a recording while it goes on: a notification whose Cancel drops it, and a status bar item whose click stops and keeps it. */
import * as vscode from 'vscode';
import type { RecordingStatus } from '../../protocol.ts';
import { Disposable } from '../base/disposable.ts';
import { count, duration, plain } from '../words.ts';
import type { Plan } from './plan.ts';
import { progressStep, progressText } from './recordingWords.ts';

export class RecordingProgress extends Disposable {
  private readonly plan: Plan;
  private readonly item: vscode.StatusBarItem;
  private report: (message: string, increment?: number) => void = () => undefined;
  private lastMs = 0;

  constructor(plan: Plan, profileId: string, cancel: () => void) {
    super();
    this.plan = plan;
    this.item = this.register(vscode.window.createStatusBarItem(`ringside.recording.${profileId}`, vscode.StatusBarAlignment.Left, 100));
    this.item.name = vscode.l10n.t('Ringside recording of {0}', plain(plan.guest.name));
    this.item.command = { command: 'ringside.stop', title: vscode.l10n.t('Stop'), arguments: [profileId] };
    this.item.backgroundColor = new vscode.ThemeColor('statusBarItem.warningBackground');
    this.item.tooltip = vscode.l10n.t('Stop recording {0} and keep what was collected', plain(plan.guest.name));
    this.item.text = `$(sync~spin) ${vscode.l10n.t('Starting to record {0}', plain(plan.guest.name))}`;
    this.item.show();
    this.notify(cancel);
  }

  update(status: RecordingStatus): void {
    const { guest, durationSeconds } = this.plan;
    this.item.text = `$(stop-circle) ${plain(guest.name)} ${duration(status.elapsedMs)} · ${count(status.samples, 'sample')}`;
    this.report(progressText(status, durationSeconds), progressStep(this.lastMs, status.elapsedMs, durationSeconds));
    this.lastMs = status.elapsedMs;
  }

  private notify(cancel: () => void): void {
    const { guest, host, rateHz } = this.plan;
    const title = vscode.l10n.t('Recording {0} on {1} at {2} Hz', plain(guest.name), plain(host.name), rateHz);
    void vscode.window.withProgress({ location: vscode.ProgressLocation.Notification, title, cancellable: true }, (progress, token) => {
      this.report = (message, increment) => progress.report(increment === undefined ? { message } : { message, increment });
      return new Promise<void>((resolve) => {
        this.register(token.onCancellationRequested(cancel));
        this.register({ dispose: resolve });
      });
    });
  }
}
