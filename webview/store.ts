/** Everything the view knows, in one read-only object; parts redraw what changed. */
import type {
  DiffFunctionsReply,
  DiffNeighboursReply,
  FunctionsReply,
  HeatMap,
  HotPathReply,
  NeighboursReply,
  ProfileHeader,
  RecordingEnd,
  RecordingStatus,
  SearchResult,
  ToView,
  ViewFilter,
  ViewState,
} from '../extension/protocol.ts';
import type { FlameIndex } from './flame/flameIndex.ts';
import { findMatches, type Matches } from './search.ts';

/** A stop in the history of zooms, filters and ranges of time. Its nodes are of its filter's shape. */
export interface Stop {
  readonly rootNode: number;
  readonly filter: ViewFilter;
  readonly selectedNode: number | null;
}

export interface Model {
  readonly view: ViewState;
  /** What the host calls it; null until it has said so. */
  readonly title: string | null;
  /** Of the profile; in a comparison, of the one after. */
  readonly header: ProfileHeader | null;
  /** Present in a comparison: the header of the one before. */
  readonly base: ProfileHeader | null;
  readonly index: FlameIndex | null;
  readonly functions: FunctionsReply | null;
  readonly diffFunctions: DiffFunctionsReply | null;
  readonly neighbours: NeighboursReply | null;
  readonly diffNeighbours: DiffNeighboursReply | null;
  readonly hotPaths: HotPathReply | null;
  readonly heatMap: HeatMap | null;
  readonly status: RecordingStatus | null;
  readonly end: RecordingEnd | null;
  readonly opening: Extract<ToView, { type: 'opening' }> | null;
  readonly error: string | null;
  /** Node under the pointer. */
  readonly hovered: number | null;
  /** The engine's search of the whole, for `index` and the text that is searched for; null until it is there. */
  readonly found: SearchResult | null;
  /** What the search finds; null where nothing is searched for. */
  readonly matches: Matches | null;
  readonly past: readonly Stop[];
  readonly future: readonly Stop[];
  /** Filter whose shape the view's nodes are still of, until the engine has carried them over. */
  readonly carryFrom: ViewFilter | null;
  /** An answer about frames is on its way. */
  readonly awaiting: boolean;
}

export type Listener = (model: Model, before: Model | null) => void;

export class Store {
  private current: Model;
  private readonly listeners: Listener[] = [];

  constructor(view: ViewState) {
    const tables = { functions: null, diffFunctions: null, neighbours: null, diffNeighbours: null };
    const answers = { index: null, ...tables, hotPaths: null, heatMap: null, found: null };
    const told = { title: null, header: null, base: null, status: null, end: null, opening: null, error: null };
    this.current = { view, ...answers, ...told, hovered: null, matches: null, past: [], future: [], carryFrom: null, awaiting: false };
  }

  get model(): Model {
    return this.current;
  }

  update(change: Partial<Model>): void {
    const before = this.current;
    const next = { ...before, ...change };
    const { view } = next;
    const searchChanged =
      view.search !== before.view.search || view.searchCase !== before.view.searchCase || view.searchRegex !== before.view.searchRegex;
    const found = searchChanged ? null : next.found; // of another text
    const stale = searchChanged || next.index !== before.index || found !== before.found;
    this.current = { ...next, found, matches: stale ? search(next.index, view, found) : before.matches };
    for (const listener of this.listeners) listener(this.current, before);
  }

  updateView(change: Partial<ViewState>): void {
    this.update({ view: { ...this.current.view, ...change } });
  }

  /** Calls at once, and after every change. */
  subscribe(listener: Listener): void {
    this.listeners.push(listener);
    listener(this.current, null);
  }
}

function search(index: FlameIndex | null, view: ViewState, found: SearchResult | null): Matches | null {
  if (index === null) return null;
  return findMatches(index, { text: view.search, matchCase: view.searchCase === true, regex: view.searchRegex === true }, found);
}

/** Whether samples are still coming in. */
export function isRecording({ header, status, end }: Pick<Model, 'header' | 'status' | 'end'>): boolean {
  if (end !== null) return false;
  return header?.recording ?? status !== null;
}
