/** Asks the engine, through the host, for what the view is about to show; and takes in what comes back. */
import type { ProfileHeader, SearchQuery, ToView, ViewQuestion, ViewState } from '../extension/protocol.ts';
import { filterKey, isSet, sameFilter, topDown } from './filters.ts';
import { indexComparison, indexTable, zoomedTo, type FlameIndex } from './flame/flameIndex.ts';
import { FIRST_DIFF_ORDER, FIRST_ORDER } from './functions/columns.ts';
import { isRegex } from './search.ts';
import type { Channel } from './messages.ts';
import type { Model, Store } from './store.ts';

/** Waiting time after the last change of size, so that dragging a divider asks once. */
const SETTLE_MS = 80;
const HOT_PATHS = 25;
const KEPT_GRAPHS = 8;
const NEIGHBOURS = 200;
/** Rows of the heat map: slices of a column. */
export const HEAT_ROWS = 25;

type Kind = ViewQuestion['type'];
/** The newest question of a kind. */
interface Asked {
  /** The question as text; empty where the answer is out of date. */
  readonly key: string;
  readonly serial: number;
  readonly answered: boolean;
  /** The profile has grown since it was asked. */
  readonly again: boolean;
}
/** Questions without type and serial. */
type Wish = { readonly [K in Kind]?: Omit<Extract<ViewQuestion, { type: K }>, 'type' | 'serial'> };

/** What the functions table shows. */
export interface RowWindow {
  readonly offset: number;
  readonly limit: number;
}

export class Requests {
  private readonly store: Store;
  private readonly post: Channel['post'];
  private readonly reveal: (node: number) => void;
  private readonly asked = new Map<Kind, Asked>();
  private serial = 0;
  private widthPx = 0;
  private rows: RowWindow = { offset: 0, limit: 0 };
  private settling: ReturnType<typeof setTimeout> | undefined;
  /** Graphs that were shown last, by what was asked for them. */
  private readonly graphs = new Map<string, FlameIndex>();

  /** @param reveal what is done where the host wants a frame shown */
  constructor(store: Store, post: Channel['post'], reveal: (node: number) => void) {
    this.store = store;
    this.post = post;
    this.reveal = reveal;
    store.subscribe((model, before) => {
      if (before && model.view.rootNode !== before.view.rootNode) this.foretell(model, before);
      if (model.view !== before?.view || model.base !== before.base || model.header?.hasTimes !== before.header?.hasTimes) this.ask();
    });
  }

  /** The drawing has this width now, in CSS pixels. */
  resized(widthPx: number): void {
    if (widthPx <= 0 || widthPx === this.widthPx) return;
    const first = this.widthPx === 0;
    this.widthPx = widthPx;
    clearTimeout(this.settling);
    if (first) this.ask();
    else this.settling = setTimeout(() => this.ask(), SETTLE_MS);
  }

  /** The functions table shows these rows now. */
  scrolled(rows: RowWindow): void {
    if (rows.offset === this.rows.offset && rows.limit === this.rows.limit) return;
    this.rows = rows;
    this.ask();
  }

  /** A zoom is drawn at once, from a graph that was shown before or from what the one in sight has of the frame; the answer fills in the rest. */
  private foretell({ view, index, carryFrom }: Model, before: Model): void {
    if (!index || index.table.rootNode === view.rootNode || carryFrom || !sameFilter(view.filter, before.view.filter)) return;
    const known = this.graphs.get(graphKey(view)) ?? zoomedTo(index, view.rootNode);
    if (known) this.store.update({ index: known, found: null });
  }

  private ask(): void {
    const wish = this.wish(this.store.model);
    for (const kind of Object.keys(wish) as Kind[]) this.put(kind, wish);
  }

  private put(kind: Kind, wish: Wish): void {
    const question = wish[kind];
    if (!question) return;
    const key = keyOf(question);
    if (this.asked.get(kind)?.key === key) return;
    const serial = ++this.serial;
    this.asked.set(kind, { key, serial, answered: false, again: false });
    this.post({ type: kind, serial, ...question } as unknown as ViewQuestion);
    if (kind === 'flame') this.store.update({ awaiting: true });
  }

  /** Everything that is in sight needs these answers. */
  private wish({ view, base, header, carryFrom }: Model): Wish {
    const { filter, rootNode } = view;
    const width = view.width ?? 'both';
    const search = queryOf(view);
    const carry = carryFrom && { from: carryFrom, nodes: isSet(view.selectedNode) ? [view.selectedNode] : [] };
    const { order = base ? FIRST_DIFF_ORDER : FIRST_ORDER, descending = true, selectedFunction } = view;
    const tableFilter = topDown(filter);
    return {
      ...(this.widthPx > 0 ? { flame: { filter, rootNode, widthPx: this.widthPx, width, search, ...(carry ? { carry } : {}) } } : {}),
      ...(view.tab === 'functions' && this.rows.limit > 0
        ? { functions: { filter: tableFilter, order, descending, search, ...this.rows, find: selectedFunction } }
        : {}),
      ...(view.tab === 'functions' && isSet(selectedFunction)
        ? { neighbours: { filter: tableFilter, fn: selectedFunction, limit: NEIGHBOURS } }
        : {}),
      ...(view.tab === 'hotPaths' && !base ? { hotPaths: { filter: tableFilter, limit: HOT_PATHS } } : {}),
      ...(view.heatMap && !base && header?.hasTimes === true && this.widthPx > 0
        ? { heatMap: { filter: { ...filter, timeMs: null }, maxColumns: Math.max(1, this.widthPx), rows: HEAT_ROWS } }
        : {}),
    };
  }

  receive(message: ToView): void {
    const { store } = this;
    if ('serial' in message && this.isStale(message.type, message.serial)) return;
    switch (message.type) {
      case 'flame':
        return this.showGraph(indexTable(message.reply.table), message.reply, message.reply.header, null);
      case 'diffFlame': {
        const { reply } = message;
        return this.showGraph(indexComparison(reply, store.model.view.width ?? 'both'), reply, reply.other, reply.base);
      }
      case 'functions':
        return store.update({ functions: message.reply });
      case 'diffFunctions':
        return store.update({ diffFunctions: message.reply });
      case 'neighbours':
        return store.update({ neighbours: message.reply });
      case 'diffNeighbours':
        return store.update({ diffNeighbours: message.reply });
      case 'heatMap':
        return store.update({ heatMap: message.reply });
      case 'hotPaths':
        return store.update({ hotPaths: message.reply });
      case 'named':
        return store.update({ title: message.title });
      case 'grown':
        return this.askAgain();
      case 'opening':
        return store.update({ opening: message });
      case 'status':
        return store.update({ status: message.status, end: null }); // a status after an end is another recording's
      case 'recordingEnded':
        return store.update({ end: message.end, status: message.end.status });
      case 'reveal':
        return this.reveal(message.node);
      case 'error':
        for (const [kind, asked] of this.asked) this.asked.set(kind, { ...asked, answered: true });
        return store.update({ error: message.message, awaiting: false });
      default:
        message satisfies never;
    }
  }

  private showGraph(
    index: FlameIndex,
    { search, carried }: { search?: Model['found']; carried?: readonly (number | null)[] },
    header: ProfileHeader,
    base: ProfileHeader | null,
  ): void {
    const { model } = this.store;
    const { view, carryFrom } = model;
    const { rootNode } = index.table;
    // Carried to another shape; or a node that the engine does not know (kept from an earlier profile), answered with the root.
    const selectedNode = carryFrom ? (carried?.[0] ?? null) : view.selectedNode;
    const moved = rootNode !== view.rootNode || selectedNode !== view.selectedNode;
    const change = { header, base, carryFrom: null, ...(moved ? { view: { ...view, rootNode, selectedNode } } : {}) };
    const asked = this.asked.get('flame');
    // What is answered is what would be asked from where the view stands now.
    const { flame } = this.wish({ ...model, ...change });
    if (asked && asked.key !== '' && flame) this.asked.set('flame', { ...asked, key: keyOf(flame) });
    this.remember(graphKey({ ...view, rootNode }), index);
    this.store.update({
      ...change,
      index,
      found: search ?? null,
      awaiting: false,
      ...(header.loading === undefined ? { opening: null } : {}),
    });
  }

  private remember(key: string, index: FlameIndex): void {
    this.graphs.delete(key);
    this.graphs.set(key, index);
    for (const oldest of this.graphs.keys()) {
      if (this.graphs.size <= KEPT_GRAPHS) break;
      this.graphs.delete(oldest);
    }
  }

  /** The profile has grown. A question that is still open is asked again when it has been answered. */
  private askAgain(): void {
    for (const [kind, asked] of this.asked) this.asked.set(kind, asked.answered ? { ...asked, key: '' } : { ...asked, again: true });
    this.ask();
  }

  /** Answers to questions that are no longer asked are passed over. */
  private isStale(type: ToView['type'], serial: number): boolean {
    const kind = QUESTION_OF[type] ?? (type as Kind);
    const asked = this.asked.get(kind);
    if (!asked || serial < asked.serial) return true;
    this.asked.set(kind, { ...asked, answered: true, again: false });
    if (asked.again) queueMicrotask(() => this.askAgain());
    return false;
  }
}

/** What a comparison's answers answer. */
const QUESTION_OF: Readonly<Partial<Record<ToView['type'], Kind>>> = {
  diffFlame: 'flame',
  diffFunctions: 'functions',
  diffNeighbours: 'neighbours',
};

function graphKey({ filter, rootNode, width = 'both' }: Pick<ViewState, 'filter' | 'rootNode' | 'width'>): string {
  return `${filterKey(filter)} ${rootNode} ${width}`;
}

function keyOf(question: object): string {
  return JSON.stringify(question, (name, value: unknown) => (name === 'filter' ? filterKey(value as ViewState['filter']) : value));
}

/** null where nothing is searched for, or the pattern cannot be used: that is told without the engine. */
function queryOf({ search, searchCase, searchRegex }: ViewState): SearchQuery | null {
  if (search === '' || (searchRegex === true && !isRegex(search))) return null;
  return { text: search, matchCase: searchCase === true, regex: searchRegex === true };
}
