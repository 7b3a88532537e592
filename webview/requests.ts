/** Asks the engine, through the host, for what the view is about to show; and takes in what comes back. */
import type { ToView, ViewFilter } from '../extension/protocol.ts';
import { indexTable } from './flameIndex.ts';
import type { Channel } from './messages.ts';
import type { Store } from './store.ts';
import { sameFilter } from './viewState.ts';

/** Waiting time after the last change of size, so that dragging a divider asks once. */
const SETTLE_MS = 80;

export class Requests {
  private readonly store: Store;
  private readonly post: Channel['post'];
  private serial = 0;
  private flame: { serial: number; filter: ViewFilter; rootNode: number; widthPx: number } | null = null;
  private hotPaths: { serial: number; filter: ViewFilter } | null = null;
  private widthPx = 0;
  private settling: ReturnType<typeof setTimeout> | undefined;

  constructor(store: Store, post: Channel['post']) {
    this.store = store;
    this.post = post;
    store.subscribe(() => this.ask());
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

  private ask(): void {
    const { view } = this.store.model;
    const { filter, rootNode } = view;
    const { widthPx, flame, hotPaths } = this;
    const sameFlame = flame && sameFilter(flame.filter, filter) && flame.rootNode === rootNode && flame.widthPx === widthPx;
    if (widthPx > 0 && !sameFlame) {
      this.flame = { serial: ++this.serial, filter, rootNode, widthPx };
      this.post({ type: 'flame', ...this.flame });
      this.store.update({ awaiting: true });
    }
    if (view.tab === 'hotPaths' && !(hotPaths && sameFilter(hotPaths.filter, filter))) {
      this.hotPaths = { serial: ++this.serial, filter };
      this.post({ type: 'hotPaths', ...this.hotPaths });
    }
  }

  receive(message: ToView): void {
    const { store } = this;
    switch (message.type) {
      case 'flame': {
        if (isStale(message.serial, this.flame)) return;
        const { header, table } = message.reply;
        const index = indexTable(table);
        const { view } = store.model;
        // A node that the engine does not know (kept from an earlier profile) is answered with the root.
        const unknown = message.serial !== undefined && table.rootNode !== view.rootNode;
        if (unknown && this.flame) this.flame.rootNode = table.rootNode;
        store.update({ header, index, awaiting: false, ...(unknown ? { view: { ...view, rootNode: table.rootNode } } : {}) });
        return;
      }
      case 'hotPaths':
        if (!isStale(message.serial, this.hotPaths)) store.update({ hotPaths: message.reply });
        return;
      case 'status':
        store.update({ status: message.status, end: null }); // a status after an end is another recording's
        return;
      case 'recordingEnded':
        store.update({ end: message.end, status: message.end.status });
        return;
      case 'error':
        store.update({ error: message.message, awaiting: false });
        return;
      default:
        message satisfies never;
    }
  }
}

function isStale(serial: number | undefined, newest: { serial: number } | null): boolean {
  return serial !== undefined && newest !== null && serial < newest.serial;
}
