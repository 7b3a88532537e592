/** The border between the extension host and the engine (the language server): requests and notifications by name. */
import type {
  FlameReply,
  FlameRequest,
  FunctionsReply,
  FunctionsRequest,
  HeatMap,
  HeatMapRequest,
  HotPathReply,
  HotPathRequest,
  NeighboursReply,
  NeighboursRequest,
  SearchQuery,
  SearchResult,
} from './answers.ts';
import type { DiffFlameReply, DiffFlameRequest, DiffFunctionsReply, DiffFunctionsRequest, DiffNeighboursReply } from './comparison.ts';
import type { RecordingEnd, RecordingStatus } from './dom0.ts';
import type { CaptureInfo, FrameInfo, ProfileHeader, SourcePlace, SymbolSource, ViewFilter } from './profile.ts';
import type { Around, Assembly, FileHeat, HotLines, LineHeat, LineHeatMode, SourceQuestion, SourceState, Walk } from './sources.ts';

/** `svg` and `html` are flame graphs in one file that opens in any browser. */
export type ExportFormat = 'pprof' | 'folded' | 'speedscope' | 'svg' | 'html';

/** Custom requests of the language server, by method name: what is asked and what is answered. */
export interface EngineRequests {
  /** Begin an empty profile that `ringside/photographs` will fill. `keepAt`: the file it is put in should the engine have to end before it was saved. */
  'ringside/begin': {
    params: { profileId: string; info: CaptureInfo; symbols: SymbolSource; keepAt?: string };
    result: ProfileHeader;
  };
  /** End a recording: the profile stays open, its header is final. */
  'ringside/end': { params: { profileId: string; end: RecordingEnd }; result: ProfileHeader };
  /**
   * Open a capture or any file an importer knows. Pending until the file is whole; `ringside/opening` tells how far it is, views are answered
   * meanwhile from what has been read, and cancelling the request closes the profile. `symbols` name the addresses of files that hold no
   * names (raw xenctx and uniprof output).
   */
  'ringside/open': { params: { profileId: string; path: string; symbols?: SymbolSource }; result: ProfileHeader };
  /** Look at a profile's symbols again with another source. */
  'ringside/resymbolize': { params: { profileId: string; symbols: SymbolSource }; result: ProfileHeader };
  /** Show a recording's names although the guest's text is not the symbols'. */
  'ringside/trustSymbols': { params: { profileId: string }; result: ProfileHeader };
  'ringside/close': { params: { profileId: string }; result: null };
  'ringside/flame': { params: FlameRequest; result: FlameReply };
  'ringside/hotPaths': { params: HotPathRequest; result: HotPathReply };
  /** What a search finds, and how much of it in each of these nodes (of the table that is shown). */
  'ringside/search': {
    params: { profileId: string; filter: ViewFilter; rootNode: number; widthPx: number; search: SearchQuery; nodes: readonly number[] };
    result: SearchResult;
  };
  'ringside/functions': { params: FunctionsRequest; result: FunctionsReply };
  'ringside/neighbours': { params: NeighboursRequest; result: NeighboursReply };
  'ringside/heatMap': { params: HeatMapRequest; result: HeatMap };
  /** The lines a node's frame stands for: where its time is, and where it was called. */
  'ringside/places': {
    params: { profileId: string; filter: ViewFilter; node: number };
    result: { frame: FrameInfo; hottest: SourcePlace | null; callSite: SourcePlace | null };
  };
  /** Write the capture as a gzipped profile.proto. */
  'ringside/save': { params: { profileId: string; path: string }; result: { bytes: number } };
  /** Write what a view shows, its filter applied (pprof, too; `ringside/save` keeps the whole). A comparison is written as svg or html. */
  'ringside/export': { params: { profileId: string; path: string; format: ExportFormat; filter: ViewFilter }; result: { bytes: number } };
  /**
   * Hold two open profiles against each other. The comparison has an id and function ids of its own, follows a profile that grows, and is
   * closed like one, or with either of the two. It answers the diff requests and ringside/export.
   */
  'ringside/compare': {
    params: { comparisonId: string; baseId: string; otherId: string };
    result: { base: ProfileHeader; other: ProfileHeader };
  };
  /** `profileId` names a comparison. */
  'ringside/diffFlame': { params: DiffFlameRequest; result: DiffFlameReply };
  'ringside/diffFunctions': { params: DiffFunctionsRequest; result: DiffFunctionsReply };
  'ringside/diffNeighbours': { params: NeighboursRequest; result: DiffNeighboursReply };
  /** Lines of a local source file; null where no open profile knows it. */
  'ringside/lineHeat': { params: { path: string }; result: LineHeat | null };
  /** How a local file stands to a file of the profile, which is named as the debug information does. */
  'ringside/sourceState': { params: { profileId: string; file: string; path: string }; result: SourceState };
  /** Lines of any file that cost most, of the active profile under its view's filter; null where no profile is active. */
  'ringside/hotLines': { params: { limit: number; by: 'self' | 'total' }; result: HotLines | null };
  /** The function at a place of a local source, or a function of the active profile, under its view's filter; null where it has no samples. */
  'ringside/around': { params: SourceQuestion | { fn: number }; result: Around | null };
  /** The heaviest chain from the root to a leaf, through a frame or a function where one is named. The filter is not turned round. */
  'ringside/walk': { params: { profileId: string; filter: ViewFilter; through: { node: number } | { fn: number } | null }; result: Walk };
  /** The ELF file that named a profile's addresses, where it is on this machine; else null. */
  'ringside/symbolFile': { params: { profileId: string }; result: string | null };
  /**
   * The disassembly of a function with what its instructions cost under a filter. `symbolFile`: the ELF file that holds the code; `objdump`: the program.
   * Rejects with what is missing.
   */
  'ringside/assembly': {
    params: { profileId: string; filter: ViewFilter; fn: number; symbolFile: string; objdump: string };
    result: Assembly;
  };
  /** Paths as built that have the name of a local file and may be it, or another of that name; empty where it is certain. */
  'ringside/namesakes': { params: { path: string }; result: readonly string[] };
  /** What a local source file costs as a whole; null where the active profile knows nothing of it. */
  'ringside/fileHeat': { params: { path: string }; result: FileHeat | null };
  /** Whether a file can serve as symbols, and what it holds. Fails with a typed message where it cannot be read. */
  'ringside/inspectElf': { params: { path: string }; result: { functions: number; hasLines: boolean; machine: string } };
}

/** Requests of the engine to the host, by method name. */
export interface HostRequests {
  /**
   * Which of these paths as built a local file stands for: only the host knows the workspace's other files, and what a person has said. The answer holds
   * until the next `ringside/sourceMap`.
   */
  'ringside/locate': { params: { path: string; built: readonly string[] }; result: readonly string[] };
}

/** Notifications to the engine. */
export interface EngineNotifications {
  /** Bytes of the agent's photograph stream (see dom0/agent), in order, base64. */
  'ringside/photographs': { profileId: string; data: string };
  'ringside/status': { profileId: string; status: RecordingStatus };
  /** What inlay hints tell. Also given at start, as `initializationOptions.lineHeat`. */
  'ringside/lineHeatMode': { mode: LineHeatMode };
  /** The frame of a profile's view that lines and hot lines are counted within: a node of the filter's shape; null: none, all that is shown counts. */
  'ringside/selected': { profileId: string; node: number | null; filter: ViewFilter };
  /** Which profile the language features answer from; null: none. */
  'ringside/activeProfile': { profileId: string | null };
  /**
   * The `ringside.debugFileDirectories` setting: absolute local folders, for ELF files opened from now on. Also given at start, in
   * `initializationOptions`, with `symbolsFolder`: where answers about ELF files are kept from one session to the next.
   */
  'ringside/debugFileDirectories': { debugFileDirectories: readonly string[] };
  /**
   * The `ringside.sourceMap` setting: path prefix as built, to absolute local folder. Also given at start, as `initializationOptions.sourceMap`, and again
   * whenever local files may stand for others than before.
   */
  'ringside/sourceMap': { sourceMap: Readonly<Record<string, string>> };
}

/** Notifications from the engine. */
export interface EngineEvents {
  /** Lines of the open profile's sources cost something else than before, or nothing any more. */
  'ringside/heatChanged': Record<string, never>;
  /** How far a `ringside/open` is, a few times a second. `canShow`: views are answered, from what has been read. */
  'ringside/opening': { profileId: string; stage: 'reading' | 'parsing'; done: number; total: number; canShow: boolean };
}
