/** The border between the extension host and a webview. */
import type {
  FlameReply,
  FlameRequest,
  FunctionsReply,
  HeatMap,
  HeatMapRequest,
  HotPathReply,
  HotPathRequest,
  NeighboursReply,
  NeighboursRequest,
} from './answers.ts';
import type { DiffFlameReply, DiffFunctionsReply, DiffFunctionsRequest, DiffNeighboursReply, DiffWidth } from './comparison.ts';
import type { RecordingEnd, RecordingStatus } from './dom0.ts';
import type { EngineEvents } from './engine.ts';
import type { SourcePlace, ViewFilter } from './profile.ts';

/** Views of one profile; a comparison has the first two. */
export type ViewTab = 'flame' | 'functions' | 'hotPaths';

/** What a view keeps over hiding, reload and restart (webview state). */
export interface ViewState {
  readonly tab: ViewTab;
  readonly filter: ViewFilter;
  readonly rootNode: number;
  readonly selectedNode: number | null;
  /** Function that is selected in every view: the selected node's, or one chosen in the table. */
  readonly selectedFunction: number | null;
  /** Root at the bottom instead of at the top. */
  readonly flipped: boolean;
  /** The time heat map stands above the views. */
  readonly heatMap: boolean;
  readonly search: string;
  readonly searchCase?: boolean;
  readonly searchRegex?: boolean;
  /** Last node of each hot path that is open. */
  readonly openPaths?: readonly number[];
  /** Names of the functions that the filter speaks of, by id: what is applied can be told before anything is answered. */
  readonly names?: Readonly<Record<number, string>>;
  readonly order?: DiffFunctionsRequest['order'];
  readonly descending?: boolean;
  readonly width?: DiffWidth;
}

export type ToView =
  /** What is shown, as its tab says, before any of it has been read. */
  | { readonly type: 'named'; readonly title: string }
  /** Answers. `serial` repeats the question's: a view passes over answers to questions it no longer asks. */
  | { readonly type: 'flame'; readonly reply: FlameReply; readonly serial: number }
  | { readonly type: 'diffFlame'; readonly reply: DiffFlameReply; readonly serial: number }
  | { readonly type: 'hotPaths'; readonly reply: HotPathReply; readonly serial: number }
  | { readonly type: 'functions'; readonly reply: FunctionsReply; readonly serial: number }
  | { readonly type: 'diffFunctions'; readonly reply: DiffFunctionsReply; readonly serial: number }
  | { readonly type: 'neighbours'; readonly reply: NeighboursReply; readonly serial: number }
  | { readonly type: 'diffNeighbours'; readonly reply: DiffNeighboursReply; readonly serial: number }
  | { readonly type: 'heatMap'; readonly reply: HeatMap; readonly serial: number }
  /** The profile has changed: what is shown is to be asked for again. */
  | { readonly type: 'grown' }
  /** How far the file is that is being opened. */
  | { readonly type: 'opening'; readonly stage: EngineEvents['ringside/opening']['stage']; readonly done: number; readonly total: number }
  /** Progress of the recording this view shows. */
  | { readonly type: 'status'; readonly status: RecordingStatus }
  | { readonly type: 'recordingEnded'; readonly end: RecordingEnd }
  /** Select this frame and bring it into sight. Its node is of the view's shape, not turned round. */
  | { readonly type: 'reveal'; readonly node: number }
  /** Something the user asked of the view failed. */
  | { readonly type: 'error'; readonly message: string };

/** What a view asks of the engine, by way of the host. A comparison's `flame`, `functions` and `neighbours` are answered by `diffFlame`, `diffFunctions` and `diffNeighbours`. */
export type ViewQuestion =
  | ({ readonly type: 'flame'; readonly serial: number; readonly width: DiffWidth } & Omit<FlameRequest, 'profileId'>)
  | ({ readonly type: 'functions'; readonly serial: number } & Omit<DiffFunctionsRequest, 'profileId'>)
  | ({ readonly type: 'neighbours'; readonly serial: number } & Omit<NeighboursRequest, 'profileId'>)
  | ({ readonly type: 'heatMap'; readonly serial: number } & Omit<HeatMapRequest, 'profileId'>)
  | ({ readonly type: 'hotPaths'; readonly serial: number } & Omit<HotPathRequest, 'profileId'>);

export type ViewCommand =
  'stop' | 'cancel' | 'again' | 'save' | 'export' | 'compare' | 'swap' | 'chooseSymbols' | 'trustSymbols' | 'showLog';

export type FromView =
  /** The page has loaded and listens. */
  | { readonly type: 'ready' }
  | ViewQuestion
  /** Open a frame's source; `callSite` opens the line in its caller. */
  | {
      readonly type: 'openSource';
      readonly filter: ViewFilter;
      readonly node: number;
      readonly where: 'hottest' | 'callSite';
      readonly aside: boolean;
    }
  /** Open a line that a frame told, where there is no node to ask about. */
  | { readonly type: 'openPlace'; readonly place: SourcePlace; readonly aside: boolean }
  /** What is selected now: the frame, null where the tree is turned round, its function, and the filter of whose shape the frame is a node. */
  | { readonly type: 'selected'; readonly node: number | null; readonly fn: number | null; readonly filter: ViewFilter }
  /** The root is at the bottom from now on, in views to come too, or at the top again. */
  | { readonly type: 'flipped'; readonly flipped: boolean }
  /** Open the disassembly of a function. */
  | { readonly type: 'assembly'; readonly fn: number }
  | { readonly type: 'copy'; readonly text: string }
  /** Copy an address that opens this line in the editor. */
  | { readonly type: 'copyLink'; readonly place: SourcePlace }
  /** `filter`: what the view shows. */
  | { readonly type: 'command'; readonly command: ViewCommand; readonly filter: ViewFilter };
