/** The profiles that are open in the engine, and what the host knows of each. */
import { randomUUID } from 'node:crypto';
import * as vscode from 'vscode';
import type { ProfileHeader, RecordingEnd, RecordingStatus, SymbolSource } from '../../protocol.ts';
import { Disposable } from '../base/disposable.ts';
import { logFailure } from '../base/failure.ts';
import type { Engine } from '../languageServer/engine.ts';

export class OpenProfile extends Disposable {
  readonly id = randomUUID();
  /** What a tab says. */
  readonly title: string;
  /** Proposed where it is saved. */
  readonly fileName: string;
  /** Where its capture can be read again: the file it came from, or where a finished recording was put. */
  file: string | null = null;
  /** Taken by us and not yet saved where the user wants it. */
  unsaved = false;
  recording = false;
  status: RecordingStatus | null = null;
  end: RecordingEnd | null = null;
  /** Settles when the engine holds it. */
  readonly ready: Promise<void>;
  private readonly grown = this.register(new vscode.EventEmitter<void>());
  /** There is more, or other, to see. */
  readonly onDidGrow = this.grown.event;
  private readonly told = this.register(new vscode.EventEmitter<RecordingStatus | RecordingEnd>());
  /** The recording said something of itself. */
  readonly onDidTell = this.told.event;

  constructor(title: string, fileName: string, ready: Promise<unknown>) {
    super();
    this.title = title;
    this.fileName = fileName;
    this.ready = ready.then(() => undefined);
    this.ready.catch(() => undefined); // whoever waits for it says so
  }

  grow(): void {
    this.grown.fire();
  }

  tellStatus(status: RecordingStatus): void {
    this.status = status;
    this.told.fire(status);
  }

  tellEnd(end: RecordingEnd): void {
    this.recording = false;
    this.status = end.status;
    this.end = end;
    this.told.fire(end);
  }
}

export class Profiles extends Disposable {
  private readonly engine: Engine;
  private readonly log: vscode.LogOutputChannel;
  private readonly open = new Set<OpenProfile>();
  private current: OpenProfile | null = null;
  private readonly lost = this.register(new vscode.EventEmitter<OpenProfile>());
  /** The engine ended and with it a profile that cannot be read again. */
  readonly onDidLose = this.lost.event;

  constructor(engine: Engine, log: vscode.LogOutputChannel) {
    super();
    this.engine = engine;
    this.log = log;
    this.register(engine.onDidRestart(() => void this.reopen()));
  }

  /** The profile whose view was used last: what Save Capture and the language features mean. */
  get active(): OpenProfile | null {
    return this.current;
  }

  /** A profile that a recording will begin; `begin` is asked with its id. */
  begin(title: string, fileName: string, begin: (id: string) => Promise<unknown>): OpenProfile {
    let start: (id: string) => void = () => undefined;
    const ready = new Promise<string>((resolve) => (start = resolve)).then(begin);
    const profile = new OpenProfile(title, fileName, ready);
    profile.recording = true;
    start(profile.id);
    this.add(profile);
    return profile;
  }

  /** Opens a capture. Rejects with the engine's message where it cannot be read. */
  async openFile(file: string, title: string, fileName: string): Promise<OpenProfile> {
    const profile = this.begin(title, fileName, (profileId) => this.engine.request('ringside/open', { profileId, path: file }));
    profile.recording = false;
    profile.file = file;
    try {
      await profile.ready;
    } catch (error) {
      this.forget(profile);
      throw error;
    }
    return profile;
  }

  async resymbolize(profile: OpenProfile, symbols: SymbolSource): Promise<ProfileHeader> {
    const header = await this.engine.request('ringside/resymbolize', { profileId: profile.id, symbols });
    profile.grow();
    return header;
  }

  async trustSymbols(profile: OpenProfile): Promise<void> {
    await this.engine.request('ringside/trustSymbols', { profileId: profile.id });
    profile.grow();
  }

  activate(profile: OpenProfile | null): void {
    if (profile === this.current) return;
    this.current = profile;
    void vscode.commands.executeCommand('setContext', 'ringside.profileOpen', profile !== null);
    if (this.engine.started) void this.engine.notify('ringside/activeProfile', { profileId: profile?.id ?? null });
  }

  async close(profile: OpenProfile): Promise<void> {
    if (!this.forget(profile)) return;
    try {
      await this.engine.request('ringside/close', { profileId: profile.id });
    } catch (error) {
      logFailure(error, this.log);
    }
  }

  private add(profile: OpenProfile): void {
    this.open.add(profile);
    profile.ready.then(
      () => {
        if (this.current === profile) void this.engine.notify('ringside/activeProfile', { profileId: profile.id });
      },
      () => undefined,
    );
  }

  private forget(profile: OpenProfile): boolean {
    if (!this.open.delete(profile)) return false;
    profile.dispose();
    if (this.current === profile) this.activate([...this.open].at(-1) ?? null);
    return true;
  }

  /** A new engine knows nothing: give it again what can be read from files. */
  private async reopen(): Promise<void> {
    for (const profile of this.open) {
      if (profile.file === null) {
        this.lost.fire(profile);
        continue;
      }
      try {
        await this.engine.request('ringside/open', { profileId: profile.id, path: profile.file });
        profile.grow();
      } catch (error) {
        logFailure(error, this.log);
      }
    }
    await this.engine.notify('ringside/activeProfile', { profileId: this.current?.id ?? null });
  }
}
