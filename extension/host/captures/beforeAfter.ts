/** Before and after: a guest that was profiled again is held against its recording before, if one wants it. */
import * as vscode from 'vscode';
import { logFailure } from '../base/failure.ts';
import type { OpenProfile } from '../flamegraph/profiles.ts';
import type { Plan } from '../profiling/plan.ts';
import { plain } from '../words.ts';
import { showComparison, type CompareServices } from './compareCaptures.ts';

export class BeforeAfter {
  private readonly services: CompareServices;
  private readonly log: vscode.LogOutputChannel;
  /** The last recording of each guest, in this window. */
  private readonly last = new Map<string, OpenProfile>();

  constructor(services: CompareServices, log: vscode.LogOutputChannel) {
    this.services = services;
    this.log = log;
  }

  /** @param again the same was recorded before, so that the two can be compared. */
  keep(profile: OpenProfile, { host, guest }: Plan, again: boolean): void {
    const key = `${host.name}\0${guest.name}`;
    const before = this.last.get(key);
    this.last.set(key, profile);
    if (again && before) void this.offer(before, profile, guest.name).catch((error: unknown) => logFailure(error, this.log));
  }

  private async offer(before: OpenProfile, after: OpenProfile, guest: string): Promise<void> {
    const compare = vscode.l10n.t('Compare');
    const message = vscode.l10n.t('{0} was profiled again. Compare it with the recording before?', plain(guest));
    if ((await vscode.window.showInformationMessage(message, compare)) === compare) await showComparison(before, after, this.services);
  }
}
