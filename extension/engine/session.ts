/** The open profiles, and the answers to everything that is asked of them. One method a request; protocol.ts says what each means. */
import type {
  EngineEvents,
  EngineRequests,
  LineHeat,
  ProfileHeader,
  SourceQuestion,
  SourceState,
  SymbolSource,
  ViewFilter,
} from '../protocol.ts';
import { assemblyOf, symbolFileOf } from './assembly/assembly.ts';
import { Comparisons } from './comparisons.ts';
import { hoverText } from './features/hover.ts';
import { lineHeat } from './features/lineHeat.ts';
import { countedIn, selectedName, shownTotal, sourceAnswers, type Active, type ActiveFile } from './features/sourceAnswers.ts';
import { SourceMatch } from './features/sourceMatch.ts';
import { SourceStates } from './features/sourceStates.ts';
import { exportComparison, exportProfile } from './formats/export.ts';
import { writePprof } from './formats/pprofWrite.ts';
import { writeWhole } from './formats/wholeFile.ts';
import { openFile } from './openFile.ts';
import { around } from './profile/around.ts';
import { EVERYTHING, shapeKey, topDown, zoomedTo } from './profile/filter.ts';
import type { Profile } from './profile/profile.ts';
import { ProfileViews } from './profile/views.ts';
import { walk } from './profile/walk.ts';
import { inspectElf } from './recording/guestImage.ts';
import { Recording } from './recording/recording.ts';
import { renameLocations } from './recording/renameLocations.ts';
import { Unkept } from './recording/unkept.ts';
import { inSlices } from './slices.ts';
import type { SymbolOptions } from './symbols/symbolizer.ts';

interface Opened {
  views: ProfileViews;
  readonly recording: Recording | null;
  /** How much of its file has been read, while it is. */
  readonly loading: { done: number; stop: AbortController } | null;
}

/** What an answer may tell and hear while it is being worked out, where somebody listens. */
export interface Asked {
  /** Aborted when nobody waits for the answer any more. */
  readonly signal: AbortSignal;
  readonly onOpening: (progress: EngineEvents['ringside/opening']) => void;
}

type Answers = {
  [M in keyof EngineRequests]: (
    params: EngineRequests[M]['params'],
    asked?: Asked,
  ) => Promise<EngineRequests[M]['result']> | EngineRequests[M]['result'];
};

export class Session {
  private readonly opened = new Map<string, Opened>();
  private readonly comparisons = new Comparisons((profileId) => this.views(profileId));
  /** Recordings that would end with this process. */
  readonly unkept = new Unkept();
  private active: string | null = null;
  /** Which files of a profile local files are. */
  readonly sources = new SourceMatch();
  private readonly states = new SourceStates();
  /** Of ELF files that are opened from now on. */
  places: SymbolOptions = {};
  /** Of each profile, the filter and the root of what its view has asked for last. */
  private readonly shown = new Map<string, { readonly filter: ViewFilter; readonly rootNode: number }>();
  /** Of each profile, the frame that is selected in its view, and the filter of whose shape it is a node. */
  private readonly selected = new Map<string, { readonly node: number; readonly filter: ViewFilter }>();
  /** Called when lines of the active profile may cost something else. */
  onHeat: () => void = () => undefined;

  readonly answers: Answers = {
    'ringside/begin': ({ profileId, info, symbols, keepAt }) => {
      const recording = new Recording(info, symbols, { places: this.places });
      if (keepAt !== undefined) this.unkept.add(profileId, recording, keepAt);
      return this.put(profileId, recording.profile, recording);
    },
    'ringside/end': async ({ profileId, end }) => {
      await this.recordingOf(profileId).end(end);
      return this.header(profileId);
    },
    'ringside/open': ({ profileId, path: file, symbols }, asked) => this.open(profileId, file, symbols, asked),
    'ringside/resymbolize': async ({ profileId, symbols }) => {
      const { recording, views: shown } = this.get(profileId);
      if (recording) await recording.resymbolize(symbols);
      const views = recording ? this.views(profileId) : new ProfileViews(await renameLocations(shown.profile, symbols, this.places));
      await inSlices(views.preparing());
      return this.hold(profileId, views, recording);
    },
    'ringside/trustSymbols': async ({ profileId }) => {
      const { recording } = this.get(profileId);
      if (!recording) throw new Error('A capture keeps no more than it shows: choose the ELF file to name its addresses by');
      await recording.trustSymbols();
      return this.header(profileId);
    },
    'ringside/close': ({ profileId }) => {
      this.unkept.forget(profileId);
      this.opened.get(profileId)?.recording?.close();
      this.opened.get(profileId)?.loading?.stop.abort(new Error('The profile was closed while it was being opened'));
      this.opened.delete(profileId);
      this.shown.delete(profileId);
      this.selected.delete(profileId);
      if (profileId === this.active) this.onHeat();
      this.comparisons.close(profileId);
      return null;
    },
    'ringside/flame': ({ profileId, ...request }) => {
      const reply = this.views(profileId).flame(request);
      this.shown.set(profileId, { filter: request.filter, rootNode: reply.carried?.[0] ?? request.rootNode });
      if (profileId === this.active) this.onHeat();
      return { ...reply, header: this.header(profileId) };
    },
    'ringside/hotPaths': ({ profileId, ...request }) => this.views(profileId).hotPaths(request),
    'ringside/search': ({ profileId, ...request }) => this.views(profileId).search(request),
    'ringside/functions': ({ profileId, ...request }) => this.views(profileId).functions(request),
    'ringside/neighbours': ({ profileId, ...request }) => this.views(profileId).neighbours(request),
    'ringside/heatMap': ({ profileId, ...request }) => this.views(profileId).heatMap(request),
    'ringside/places': ({ profileId, filter, node }) => this.views(profileId).places(filter, node),
    'ringside/walk': ({ profileId, filter, through }) => {
      const placed = this.views(profileId).placed(topDown(filter));
      const node = through && 'fn' in through ? (around(placed, through.fn, 0)?.node ?? null) : (through?.node ?? null);
      return walk(placed, node);
    },
    'ringside/symbolFile': ({ profileId }) => symbolFileOf(this.views(profileId).profile),
    'ringside/assembly': ({ profileId, filter, ...question }, asked) => {
      const placed = this.views(profileId).placed(topDown(filter));
      return assemblyOf(placed, { ...question, signal: asked?.signal ?? new AbortController().signal });
    },
    'ringside/export': async ({ profileId, path: file, format, filter }) => {
      const pieces: Uint8Array[] = [];
      const written = this.comparisons.has(profileId)
        ? exportComparison(this.comparisons.get(profileId), filter, format)
        : exportProfile(this.views(profileId), filter, format);
      for await (const piece of written) pieces.push(Buffer.from(piece));
      const bytes = Buffer.concat(pieces);
      await writeWhole(file, bytes);
      return { bytes: bytes.length };
    },
    'ringside/compare': ({ comparisonId, baseId, otherId }) => {
      const { base, other } = this.comparisons.open(comparisonId, baseId, otherId);
      return { base: base.header(), other: other.header() };
    },
    'ringside/diffFlame': ({ profileId, ...request }) => this.comparisons.get(profileId).flame(request),
    'ringside/diffFunctions': ({ profileId, ...request }) => this.comparisons.get(profileId).functionTable(request),
    'ringside/diffNeighbours': ({ profileId, ...request }) => this.comparisons.get(profileId).neighbours(request),
    'ringside/save': async ({ profileId, path: file }) => {
      const bytes = await writePprof(this.views(profileId).profile);
      await writeWhole(file, bytes);
      this.unkept.saved(profileId);
      return { bytes: bytes.length };
    },
    'ringside/lineHeat': ({ path }) => this.lineHeat(path),
    'ringside/sourceState': ({ profileId, file, path }) => this.sourceState(this.views(profileId).profile, [file], path),
    'ringside/namesakes': ({ path }) => {
      const active = this.activeProfile();
      return active ? this.sources.namesakes(active.views, path) : [];
    },
    ...sourceAnswers((path) => this.activeFile(path)),
    'ringside/inspectElf': ({ path: file }) => inspectElf(file, this.places),
  };

  /** The next piece of a recording's photographs. */
  async photographs(profileId: string, data: string): Promise<void> {
    await this.recordingOf(profileId).push(Buffer.from(data, 'base64'));
  }

  status(profileId: string, status: Parameters<Recording['status']>[0]): void {
    this.opened.get(profileId)?.recording?.status(status);
  }

  select(profileId: string, node: number | null, filter: ViewFilter): void {
    if (node !== null && node > 0) this.selected.set(profileId, { node, filter });
    else this.selected.delete(profileId);
    if (profileId === this.active) this.onHeat();
  }

  activate(profileId: string | null): void {
    this.active = profileId;
    this.onHeat();
  }

  /** Of the active profile; null where there is none, or where it knows nothing of the file. */
  async lineHeat(path: string): Promise<LineHeat | null> {
    const active = await this.activeFile(path);
    if (!active) return null;
    const { views, files } = active;
    const within = selectedName(active);
    const costs = lineHeat(views, countedIn(active), files);
    // a file that the selected frame does not lead through is a source of the profile all the same
    if (!costs && (within === null || !lineHeat(views, zoomedTo(active.filter, active.rootNode), files))) return null;
    const source = await this.sourceState(views.profile, files, path);
    return { line: [], self: [], total: [], ...costs, grandTotal: shownTotal(active), source, within };
  }

  /** @param files those of the profile that the path stands for */
  private sourceState({ table, facts }: Profile, files: readonly string[], path: string): Promise<SourceState> {
    const checksums = files.flatMap((file) => table.checksums.of(file));
    return this.states.of(path, { checksums, startedAt: facts.info?.startedAt ?? null });
  }

  async hover(question: SourceQuestion): Promise<string | null> {
    const active = await this.activeFile(question.path);
    return active && hoverText(active, question);
  }

  /** The active profile as it is when it is known which of its files a path stands for; null where it is another one by then. */
  private async activeFile(path?: string): Promise<ActiveFile | null> {
    const asked = this.activeProfile();
    if (!asked) return null;
    const files = path === undefined ? [] : await this.sources.filesOf(asked.views, path);
    const active = this.activeProfile();
    return active?.views === asked.views ? { ...active, files } : null;
  }

  private activeProfile(): Active | null {
    if (this.active === null || !this.opened.has(this.active)) return null;
    const shown = this.shown.get(this.active) ?? { filter: EVERYTHING, rootNode: 0 };
    const selected = this.selected.get(this.active);
    // a frame of another shape is no node of this one: the view is about to say what it is here
    const selectedNode = selected && shapeKey(selected.filter) === shapeKey(shown.filter) ? selected.node : 0;
    return { views: this.views(this.active), ...shown, selectedNode };
  }

  private async open(profileId: string, file: string, symbols: SymbolSource | undefined, asked: Asked | undefined): Promise<ProfileHeader> {
    const loading = { done: 0, stop: new AbortController() };
    const signal = asked ? AbortSignal.any([asked.signal, loading.stop.signal]) : loading.stop.signal;
    try {
      const profile = await openFile({
        file,
        symbols,
        places: this.places,
        signal,
        onProgress: (progress) => {
          loading.done = progress.stage === 'parsing' ? progress.done / progress.total : 0;
          asked?.onOpening({ profileId, ...progress, canShow: this.opened.get(profileId)?.loading === loading });
        },
        onProfile: (part) => this.opened.set(profileId, { views: new ProfileViews(part), recording: null, loading }),
      });
      signal.throwIfAborted();
      const shown = this.opened.get(profileId)?.views;
      // what was answered from while the file was read goes on where it is the same profile, with all that it has worked out
      const views = shown?.profile === profile ? shown : new ProfileViews(profile);
      await inSlices(views.preparing(), signal);
      return this.hold(profileId, views, null);
    } catch (error) {
      if (this.opened.get(profileId)?.loading === loading) this.opened.delete(profileId);
      throw error;
    }
  }

  /** Holds a profile under an id, in the place of what it held before. */
  put(profileId: string, profile: Profile, recording: Recording | null = null): ProfileHeader {
    return this.hold(profileId, new ProfileViews(profile), recording);
  }

  private hold(profileId: string, views: ProfileViews, recording: Recording | null): ProfileHeader {
    this.opened.set(profileId, { views, recording, loading: null });
    return this.header(profileId);
  }

  private get(profileId: string): Opened {
    const entry = this.opened.get(profileId);
    if (!entry) throw new Error('This profile is no longer open: open the capture again');
    const { recording } = entry;
    // the guest's text has told of other symbols or addresses: everything was unwound anew
    if (recording && recording.profile !== entry.views.profile) entry.views = new ProfileViews(recording.profile);
    return entry;
  }

  private views(profileId: string): ProfileViews {
    return this.get(profileId).views;
  }

  private recordingOf(profileId: string): Recording {
    const { recording } = this.get(profileId);
    if (!recording) throw new Error('This profile is a file, not a recording');
    return recording;
  }

  private header(profileId: string): ProfileHeader {
    const { views, loading } = this.get(profileId);
    return { ...views.header(), ...(loading ? { loading: loading.done } : {}) };
  }
}
