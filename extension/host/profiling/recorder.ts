/** Takes recordings, one of a guest at a time: the agent's photographs go to the engine as they come, and the graph grows meanwhile. */
import * as vscode from 'vscode';
import type { Dom0Client, Recording, RecordingHello } from '../../dom0/client.ts';
import type { Guest, HostConfig, RecordingEnd, RecordingStatus, SymbolSource } from '../../protocol.ts';
import { Disposable } from '../base/disposable.ts';
import { Failure, logFailure, messageOf, offer, showFailure } from '../base/failure.ts';
import type { RecentRecordings } from '../captures/recentRecordings.ts';
import type { Configuration } from '../configuration/configuration.ts';
import type { Connections } from '../connection/connections.ts';
import type { FlamePanels } from '../flamegraph/panels.ts';
import type { OpenProfile, Profiles } from '../flamegraph/profiles.ts';
import type { Engine } from '../languageServer/engine.ts';
import { captureName, plain, stamp } from '../words.ts';
import type { Plan } from './plan.ts';
import { RecordingProgress } from './recordingProgress.ts';

/** How long the end of the window waits for the remote side to end and the capture to be kept. */
const goodbyeMs = 3000;

export interface RecorderServices {
  readonly configuration: Configuration;
  readonly connections: Connections;
  readonly engine: Engine;
  readonly profiles: Profiles;
  readonly panels: FlamePanels;
  readonly recent: RecentRecordings;
  readonly log: vscode.LogOutputChannel;
}

interface Running {
  readonly plan: Plan;
  readonly profile: OpenProfile;
  readonly remote: Recording;
  /** Where its capture is put. */
  readonly kept: Promise<string>;
  readonly over: Promise<void>;
  cancelled: boolean;
  /** Why we stopped it ourselves, where that was not the user's wish. */
  fault: unknown;
}

export class Recorder extends Disposable {
  private readonly services: RecorderServices;
  private readonly running = new Set<Running>();

  constructor(services: RecorderServices) {
    super();
    this.services = services;
    this.register(
      services.profiles.onDidLose((profile) => {
        for (const running of this.running)
          if (running.profile === profile)
            abandon(running, new Error('The engine ended while it recorded, and the samples with it; record again'));
      }),
    );
  }

  /** Throws where this guest is being recorded already. */
  requireFree(host: HostConfig, guest: Guest): void {
    const running = [...this.running].find(({ plan }) => plan.host.name === host.name && plan.guest.domid === guest.domid);
    if (!running) return;
    throw new Failure(vscode.l10n.t('{0} is being recorded. Stop or cancel that first.', plain(guest.name)), [
      { title: vscode.l10n.t('Stop'), run: () => running.remote.stop() },
    ]);
  }

  /** Resolves when the recording is over: with the profile that is kept, or null where it was dropped. */
  async record(plan: Plan, symbols: SymbolSource): Promise<OpenProfile | null> {
    this.requireFree(plan.host, plan.guest);
    const running = this.start(plan, symbols);
    this.running.add(running);
    this.tellContext();
    this.services.panels.show(running.profile);
    try {
      await running.over;
      return running.profile.file === null ? null : running.profile;
    } finally {
      this.running.delete(running);
      this.tellContext();
    }
  }

  /** Ends a recording and keeps what was collected. @param profileId asks where it is null and there are several */
  async stop(profileId: string | null): Promise<void> {
    for (const { remote } of await this.choose(profileId, vscode.l10n.t('Stop which recording?'))) remote.stop();
  }

  /** Ends a recording and drops it. @param profileId as for `stop` */
  async cancel(profileId: string | null): Promise<void> {
    for (const running of await this.choose(profileId, vscode.l10n.t('Cancel which recording?'))) {
      running.cancelled = true;
      running.remote.cancel();
    }
  }

  /** The window closes: end the remote sides, and keep what there is if that can be done in time. */
  async goodbye(): Promise<void> {
    const all = [...this.running];
    for (const { remote } of all) remote.stop();
    if (all.length === 0) return;
    await Promise.race([Promise.all(all.map(({ over }) => over)), new Promise((resolve) => setTimeout(resolve, goodbyeMs))]);
  }

  private async choose(profileId: string | null, title: string): Promise<Running[]> {
    const all = [...this.running];
    if (profileId !== null) return all.filter(({ profile }) => profile.id === profileId);
    if (all.length < 2) return all;
    const rows = all.map((running) => ({
      label: `$(record) ${plain(running.plan.guest.name)}`,
      description: plain(running.plan.host.name),
      which: [running],
    }));
    const every = { label: `$(checklist) ${vscode.l10n.t('All of them')}`, description: '', which: all };
    return (await vscode.window.showQuickPick([...rows, every], { title }))?.which ?? [];
  }

  private tellContext(): void {
    void vscode.commands.executeCommand('setContext', 'ringside.recording', this.running.size > 0);
  }

  private start(plan: Plan, symbols: SymbolSource): Running {
    const { configuration, connections, engine, profiles, panels, recent, log } = this.services;
    const { host, guest, rateHz, durationSeconds, mode } = plan;
    const client: Dom0Client = connections.to(host);
    let heard = false;
    let greet: (hello: RecordingHello) => void = () => undefined;
    const greeted = new Promise<RecordingHello>((resolve) => (greet = resolve));
    const now = new Date();
    const clock = stamp(now)
      .slice(-6)
      .replace(/^(..)(..)(..)$/, '$1:$2:$3');
    const fileName = captureName(guest.name, now);
    const kept = recent.newFile(fileName);
    kept.catch(() => undefined); // told when the recording is to be put there
    // The engine learns of the profile when the agent has said what it found; the tab is open by then and waits.
    const profile = profiles.begin(`${plain(guest.name)} ${clock}`, fileName, async (profileId) => {
      const { vcpus, xenVersion, startedAt, rateHz: agreedHz, shutter, slower } = await greeted;
      const note = shutter === 'xenctx' && slower !== null ? { note: slower } : {};
      const info = { guest: guest.name, host: host.name, kind: guest.kind, vcpus, rateHz: agreedHz, xenVersion, startedAt, mode, ...note };
      const keepAt = await kept.catch(() => null);
      if (keepAt === null) return engine.request('ringside/begin', { profileId, info, symbols });
      await panels.remember(profile, keepAt);
      return engine.request('ringside/begin', { profileId, info, symbols, keepAt });
    });
    const progress = new RecordingProgress(plan, profile.id, () => void this.cancel(profile.id));
    // One after the other, in the order they came: `begin`, photographs and statuses, `end`.
    let told: Promise<unknown> = profile.ready;
    const tell = (work: () => Promise<unknown>): void => {
      told = told.then(work);
      told.catch((error: unknown) => abandon(running, error));
    };
    const sink = {
      onHello: (hello: RecordingHello) => {
        heard = true;
        log.info(`${host.name}: ${guest.name} is paused by ${hello.shutter}${hello.slower === null ? '' : ` (${hello.slower})`}`);
        greet(hello);
      },
      onPhotographs: (bytes: Uint8Array) => {
        const data = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('base64');
        tell(() => engine.notify('ringside/photographs', { profileId: profile.id, data }).then(() => profile.grow()));
      },
      onStatus: (status: RecordingStatus) => {
        progress.update(status);
        profile.tellStatus(status);
        tell(() => engine.notify('ringside/status', { profileId: profile.id, status }));
      },
    };
    const durationMs = durationSeconds === 0 ? null : Math.round(durationSeconds * 1000);
    const remote = client.record({ domid: guest.domid, rateHz, durationMs, mode, maxPauseShare: configuration.maxPauseShare() }, sink);
    const finish = async (): Promise<void> => {
      const end = await remote.done;
      progress.dispose();
      await this.finish(running, end, heard ? told : null);
    };
    const running: Running = { plan, profile, remote, kept, cancelled: false, fault: null, over: Promise.resolve().then(finish) };
    return running;
  }

  /** @param told when the engine has heard everything; null where the agent never said a word. */
  private async finish(running: Running, end: RecordingEnd, told: Promise<unknown> | null): Promise<void> {
    const { engine, panels, recent, log } = this.services;
    const { profile, plan } = running;
    const { guest, host } = plan;
    log.info(
      `Recording of ${guest.name} on ${host.name} ended: ${end.reason}, ${end.status.samples} samples${end.message ? `: ${end.message}` : ''}`,
    );
    profile.recording = false;
    const unwell = end.reason !== 'duration' && end.reason !== 'stopped';
    if (running.cancelled || told === null || (unwell && end.status.samples === 0)) {
      await panels.close(profile);
      if (running.cancelled || end.reason === 'stopped') return;
      const next = vscode.l10n.t('Unikernel: Test Host… says what dom0 lacks.');
      throw new Failure(end.message ?? vscode.l10n.t('{0} on {1} gave no samples. {2}', plain(guest.name), plain(host.name), next));
    }
    try {
      await told;
      await engine.request('ringside/end', { profileId: profile.id, end });
      profile.tellEnd(end);
      profile.file = await running.kept;
      profile.unsaved = true;
      await engine.request('ringside/save', { profileId: profile.id, path: profile.file });
      recent.hasWritten();
    } catch (cause) {
      running.fault ??= cause;
    }
    profile.grow();
    panels.show(profile);
    if (running.fault !== null) {
      logFailure(running.fault, log);
      profile.file = null;
      void showFailure(
        new Failure(vscode.l10n.t('The recording of {0} could not be kept whole: {1}', plain(guest.name), messageOf(running.fault))),
        log,
      );
      return;
    }
    await panels.remember(profile);
    if (unwell) void this.tellEarlyEnd(plan, end);
  }

  /** What was collected is kept and shown; the person is told why there is no more of it. */
  private async tellEarlyEnd({ guest, host }: Plan, { reason, message, status }: RecordingEnd): Promise<void> {
    const why = vscode.l10n.t('{0} on {1}: {2}', plain(guest.name), plain(host.name), message ?? reason);
    const kept = vscode.l10n.t('What was collected until then is kept: {0} samples.', status.samples);
    await offer(vscode.window.showWarningMessage, `${why.replace(/[.\s]*$/, '')}. ${kept}`, [], this.services.log);
  }
}

/** Ends a recording because of a fault of ours. */
function abandon(running: Running, fault: unknown): void {
  running.fault ??= fault;
  running.remote.stop();
}
