/** The profiles that are open in the engine, and what the host knows of each. */
import { randomUUID } from 'node:crypto';
import * as vscode from 'vscode';
import type { EngineEvents, ProfileHeader, RecordingEnd, RecordingStatus, SymbolSource, ToView, ViewFilter } from '../../protocol.ts';
import { Disposable } from '../base/disposable.ts';
import { logFailure } from '../base/failure.ts';
import type { Engine } from '../languageServer/engine.ts';
import { Opening } from './opening.ts';

/** A capture on disk, and what it is called. */
export interface CaptureFile {
  readonly file: string;
  readonly title: string;
}

/** The selected frame (null where the tree is turned round), its function, and the filter of whose shape the frame is a node. */
export interface Selection {
  readonly node: number | null;
  readonly fn: number | null;
  readonly filter: ViewFilter;
}

export class OpenProfile extends Disposable {
  readonly id = randomUUID();
  /** Of a comparison: the profiles before and after, which are its own. */
  readonly compared: readonly OpenProfile[];
  /** What a tab says. */
  readonly title: string;
  /** Proposed where it is saved. */
  readonly fileName: string;
  /** Where its capture can be read again: the file it came from, or where a finished recording was put. */
  file: string | null = null;
  /** Taken by us and not yet saved where the user wants it. */
  unsaved = false;
  recording = false;
  /** What its view shows; null where none has asked yet. */
  filter: ViewFilter | null = null;
  /** Settles when the engine holds it, the whole of it. */
  readonly ready: Promise<void>;
  private readonly progress: Opening;
  private readonly grown = this.register(new vscode.EventEmitter<void>());
  /** There is more, or other, to see. */
  readonly onDidGrow = this.grown.event;
  private readonly telling = this.register(new vscode.EventEmitter<ToView>());
  /** The recording, or the file that is being opened, said something of itself. */
  readonly onDidTell = this.telling.event;
  /** A frame that its view is to show; it is the view's to clear. */
  wanted: number | null = null;
  private readonly wanting = this.register(new vscode.EventEmitter<void>());
  readonly onDidWant = this.wanting.event;
  /** What is selected in its view. */
  selection: Selection | null = null;
  private readonly selecting = this.register(new vscode.EventEmitter<void>());
  readonly onDidSelect = this.selecting.event;
  /** What it said last. */
  told: ToView | null = null;
  private opening: vscode.CancellationTokenSource | null = null;

  constructor(title: string, fileName: string, ready: Promise<unknown>, compared: readonly OpenProfile[] = []) {
    super();
    this.title = title;
    this.fileName = fileName;
    this.compared = compared;
    this.ready = ready.then(() => undefined);
    this.ready.catch(() => undefined); // whoever waits for it says so
    this.progress = new Opening(this.ready);
  }

  grow(): void {
    this.grown.fire();
  }

  /** Has the view select a frame, by its node in the view's shape, not turned round. */
  reveal(node: number): void {
    this.wanted = node;
    this.wanting.fire();
  }

  select(selection: Selection): void {
    this.selection = selection;
    this.selecting.fire();
  }

  /** Settles when there is something to show: of a file, as soon as a part of it has been read. */
  get shown(): Promise<void> {
    return this.progress.shown;
  }

  get kind(): 'profile' | 'comparison' {
    return this.compared.length > 0 ? 'comparison' : 'profile';
  }

  tellStatus(status: RecordingStatus): void {
    this.tell({ type: 'status', status });
  }

  tellEnd(end: RecordingEnd): void {
    this.recording = false;
    this.tell({ type: 'recordingEnded', end });
  }

  /** Its file is being read: until `opened`, it can be cancelled. */
  beginOpening(): vscode.CancellationToken {
    this.opening = this.register(new vscode.CancellationTokenSource());
    return this.opening.token;
  }

  tellOpening(event: EngineEvents['ringside/opening']): void {
    if (!this.opening) return;
    const { stage, done, total } = event;
    this.tell({ type: 'opening', stage, done, total });
    if (this.progress.told(event)) this.grow();
  }

  /** The file is whole, or cannot be read. */
  opened(): void {
    this.opening = null;
    if (this.told?.type === 'opening') this.told = null;
    this.grow();
  }

  /** False where nothing is being read. */
  cancelOpening(): boolean {
    this.opening?.cancel();
    return this.opening !== null;
  }

  private tell(told: ToView): void {
    this.told = told;
    this.telling.fire(told);
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
    this.register(engine.onDidTell((event) => [...this.open].find(({ id }) => id === event.profileId)?.tellOpening(event)));
  }

  private readonly closing = this.register(new vscode.EventEmitter<OpenProfile>());
  /** A profile is closed, or could not be opened. */
  readonly onDidClose = this.closing.event;

  private readonly activating = this.register(new vscode.EventEmitter<void>());
  /** Another profile is the active one, or none is. */
  readonly onDidActivate = this.activating.event;

  /** The profile whose view was used last: what Save Capture and the language features mean. */
  get active(): OpenProfile | null {
    return this.current;
  }

  /** The profile that the language features answer from: of a comparison, the one after. */
  get answering(): OpenProfile | null {
    return this.current?.compared[1] ?? this.current;
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

  /** Opens a capture; `ready` rejects with the engine's message where it cannot be read. */
  openFile(file: string | Promise<string>, title: string, fileName: string): OpenProfile {
    let token: vscode.CancellationToken | undefined;
    const profile = this.begin(title, fileName, async (profileId) => {
      token = profile.beginOpening();
      profile.file = await file;
      return this.engine.request('ringside/open', { profileId, path: profile.file }, token);
    });
    profile.recording = false;
    profile.ready.then(
      () => profile.opened(),
      () => {
        profile.opened();
        this.forget(profile);
      },
    );
    return profile;
  }

  /** Holds two captures against each other. Both are opened anew: a comparison does not end with the tabs it was made from. */
  compare(before: CaptureFile, after: CaptureFile): OpenProfile {
    const parts = [before, after].map(({ file, title }) => this.openFile(file, title, title));
    const [base, other] = parts as [OpenProfile, OpenProfile];
    const ready: Promise<unknown> = Promise.all([base.ready, other.ready]).then(() => this.askToCompare(comparison));
    const fileName = [before, after].map(({ title }) => title.replace(/(\.pb)?\.gz$|\.pprof$/, '')).join(' and ');
    const comparison: OpenProfile = new OpenProfile(`${before.title} ↔ ${after.title}`, fileName, ready, parts);
    this.add(comparison);
    return comparison;
  }

  private askToCompare({ id: comparisonId, compared: [base, other] }: OpenProfile): Promise<unknown> {
    return this.engine.request('ringside/compare', { comparisonId, baseId: base!.id, otherId: other!.id });
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
    void vscode.commands.executeCommand('setContext', 'ringside.comparisonOpen', profile?.kind === 'comparison');
    if (this.engine.started) void this.tellActive();
    this.activating.fire();
  }

  async close(profile: OpenProfile): Promise<void> {
    if (!this.forget(profile)) return;
    try {
      await this.engine.request('ringside/close', { profileId: profile.id });
    } catch (error) {
      logFailure(error, this.log);
    }
    await Promise.all(profile.compared.map((part) => this.close(part)));
  }

  private tellActive(): Promise<void> {
    return this.engine.notify('ringside/activeProfile', { profileId: this.answering?.id ?? null });
  }

  private add(profile: OpenProfile): void {
    this.open.add(profile);
    profile.ready.then(
      () => {
        if (this.current === profile) void this.tellActive();
      },
      () => undefined,
    );
  }

  private forget(profile: OpenProfile): boolean {
    if (!this.open.delete(profile)) return false;
    profile.dispose();
    this.closing.fire(profile);
    if (this.current !== profile) return true;
    const ownedByOthers = new Set([...this.open].flatMap(({ compared }) => compared));
    this.activate([...this.open].filter((each) => !ownedByOthers.has(each)).at(-1) ?? null);
    return true;
  }

  /** A new engine knows nothing: give it again what can be read from files. */
  private async reopen(): Promise<void> {
    for (const profile of this.open) {
      if (profile.kind === 'profile' && profile.file === null) {
        this.lost.fire(profile);
        continue;
      }
      try {
        // Comparisons come after their profiles.
        if (profile.kind === 'comparison') await this.askToCompare(profile);
        else await this.engine.request('ringside/open', { profileId: profile.id, path: profile.file! });
        profile.grow();
      } catch (error) {
        logFailure(error, this.log);
      }
    }
    await this.tellActive();
  }
}
