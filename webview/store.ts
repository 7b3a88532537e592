/** Everything the view knows, in one read-only object; parts redraw what changed. */
import type { HotPathReply, ProfileHeader, RecordingEnd, RecordingStatus, ViewFilter, ViewState } from '../extension/protocol.ts';
import type { FlameIndex } from './flameIndex.ts';
import { findMatches, type Matches } from './search.ts';

/** A stop in the history of zooms and filters. */
export interface Stop {
  readonly rootNode: number;
  readonly filter: ViewFilter;
}

export interface Model {
  readonly view: ViewState;
  readonly header: ProfileHeader | null;
  readonly index: FlameIndex | null;
  readonly hotPaths: HotPathReply | null;
  readonly status: RecordingStatus | null;
  readonly end: RecordingEnd | null;
  readonly error: string | null;
  /** Node under the pointer. */
  readonly hovered: number | null;
  /** What the search finds in `index`; null where nothing is searched for. */
  readonly matches: Matches | null;
  readonly past: readonly Stop[];
  readonly future: readonly Stop[];
  /** An answer about frames is on its way. */
  readonly awaiting: boolean;
}

export type Listener = (model: Model, before: Model | null) => void;

export class Store {
  private current: Model;
  private readonly listeners: Listener[] = [];

  constructor(view: ViewState) {
    const nothing = { header: null, index: null, hotPaths: null, status: null, end: null, error: null, hovered: null, matches: null };
    this.current = { view, ...nothing, past: [], future: [], awaiting: false };
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
    const matches = next.index !== before.index || searchChanged ? search(next.index, view) : before.matches;
    this.current = { ...next, matches };
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

function search(index: FlameIndex | null, view: ViewState): Matches | null {
  if (index === null) return null;
  return findMatches(index, { text: view.search, matchCase: view.searchCase === true, regex: view.searchRegex === true });
}

/** Whether samples are still coming in. */
export function isRecording({ header, status, end }: Model): boolean {
  if (end !== null) return false;
  return header?.recording ?? status !== null;
}
