/** The functions, a virtualised table: rows are asked for as they come into sight. One tab stop; arrows move the selection. */
import type { Actions } from '../actions.ts';
import { el, icon, ICONS, setAttribute, setText } from '../dom.ts';
import type { FrameMenu } from '../menu.ts';
import type { RowWindow } from '../requests.ts';
import type { Model, Store } from '../store.ts';
import { COLUMNS, DIFF_COLUMNS, diffRow, FIRST_DIFF_ORDER, FIRST_ORDER, profileRow, type Column, type FunctionRow } from './columns.ts';
import { RowElement } from './rowElement.ts';

const ROW_PX = 24;
const HEAD_PX = 26;
/** Rows asked for above and below those in sight, so that scrolling finds them there. */
const MARGIN = 40;

export class FunctionTable {
  readonly element: HTMLElement;
  private readonly head = el('div', { class: 'fn-row fn-head', role: 'row', 'aria-rowindex': 1 });
  private readonly space = el('div', { class: 'fn-space', role: 'rowgroup' });
  private readonly empty = el('p', { class: 'fn-empty' });
  private readonly store: Store;
  private readonly actions: Actions;
  private readonly scrolled: (rows: RowWindow) => void;
  private rows: RowElement[] = [];
  private columns: readonly Column[] = [];
  /** Row that will be selected when it is there. */
  private wanted: number | null = null;
  /** Function whose row has been brought into sight, and the answer that does not know yet that it was selected. */
  private revealed: number | null = null;
  private outdated: FunctionTable['reply'] = null;

  constructor(store: Store, actions: Actions, menu: FrameMenu, scrolled: (rows: RowWindow) => void) {
    this.store = store;
    this.actions = actions;
    this.scrolled = scrolled;
    const heads = el('div', { class: 'fn-heads', role: 'rowgroup' }, this.head);
    this.element = el('div', { class: 'fn-table', role: 'grid', tabindex: 0, 'aria-label': 'Functions' }, heads, this.space, this.empty);
    this.element.addEventListener('scroll', () => this.show(), { passive: true });
    new ResizeObserver(() => this.show()).observe(this.element);
    this.element.addEventListener('keydown', (event) => this.key(event, menu));
    this.space.addEventListener('click', (event) => {
      const frame = this.rowOf(event)?.frame;
      if (!frame) return;
      this.choose(frame.fn);
      if (event.ctrlKey || event.metaKey) this.actions.openFrame(frame, event.altKey);
    });
    this.space.addEventListener('dblclick', (event) => {
      const frame = this.rowOf(event)?.frame;
      if (frame && !event.ctrlKey && !event.metaKey) this.actions.showTab('flame');
    });
    this.space.addEventListener('contextmenu', (event) => {
      event.preventDefault();
      const frame = this.rowOf(event)?.frame;
      if (!frame) return;
      this.choose(frame.fn);
      menu.openFunction(frame, event.clientX, event.clientY);
    });
    store.subscribe((model, before) => {
      if (model.view.tab !== 'functions') return;
      if (model.view.selectedFunction !== before?.view.selectedFunction) this.outdated = this.reply;
      if (model.view !== before?.view || model.functions !== before.functions || model.diffFunctions !== before.diffFunctions) this.show();
    });
  }

  private get reply(): Model['functions'] | Model['diffFunctions'] {
    const { base, functions, diffFunctions } = this.store.model;
    return base ? diffFunctions : functions;
  }

  private show(): void {
    const { view, base } = this.store.model;
    const heightPx = this.element.clientHeight;
    if (view.tab !== 'functions' || heightPx <= 0) return;
    this.setColumns(base ? DIFF_COLUMNS : COLUMNS);
    const { reply } = this;
    const count = reply?.count ?? 0;
    this.space.style.height = `${count * ROW_PX}px`;
    setAttribute(this.element, 'aria-rowcount', String(count + 1));
    setText(this.empty, !reply ? 'Counting…' : count === 0 ? (view.search === '' ? 'No functions here.' : 'No function matches.') : '');
    if (reply) this.settle(reply);
    const first = Math.floor(this.element.scrollTop / ROW_PX);
    const inSight = Math.ceil(heightPx / ROW_PX) + 1;
    this.fill(first, inSight);
    // In steps, so that scrolling by a row does not ask again.
    const offset = Math.max(0, Math.floor((first - MARGIN / 2) / MARGIN) * MARGIN);
    this.scrolled({ offset, limit: Math.ceil((inSight + 2 * MARGIN) / MARGIN) * MARGIN });
  }

  /** Selects the row that the keyboard went to, and brings a function that was selected elsewhere into sight. */
  private settle(reply: NonNullable<FunctionTable['reply']>): void {
    const { offset, rows, index } = reply;
    const { selectedFunction } = this.store.model.view;
    if (this.wanted !== null) {
      const frame = rows.frames[this.wanted - offset];
      if (!frame) return;
      this.wanted = null;
      this.choose(frame.fn);
    } else if (selectedFunction !== null && selectedFunction !== this.revealed && index !== null && reply !== this.outdated) {
      this.revealed = selectedFunction;
      this.scrollTo(index);
    }
  }

  private fill(first: number, inSight: number): void {
    const { view, header, functions, diffFunctions, base } = this.store.model;
    const { reply } = this;
    while (this.rows.length < inSight) {
      const row = new RowElement(this.columns, this.rows.length);
      this.rows.push(row);
      this.space.append(row.element);
    }
    let active: string | null = null;
    this.rows.forEach((row, slot) => {
      const index = first + slot;
      const at = index - (reply?.offset ?? 0);
      const known = reply && at >= 0 && at < reply.rows.frames.length && slot < inSight;
      if (!known) return row.hide();
      const shown: FunctionRow = base ? diffRow(diffFunctions!, at) : profileRow(functions!, at, header?.unit ?? 'samples');
      const selected = shown.frame.fn === view.selectedFunction;
      row.show(index, shown, selected, index * ROW_PX);
      if (selected) active = row.element.id;
    });
    setAttribute(this.element, 'aria-activedescendant', active);
  }

  private setColumns(columns: readonly Column[]): void {
    if (columns !== this.columns) {
      this.columns = columns;
      for (const { element } of this.rows) element.remove();
      this.rows = [];
      this.element.classList.toggle('is-diff', columns === DIFF_COLUMNS);
      this.head.replaceChildren(...columns.map((column) => this.headCell(column)));
    }
    const { order = columns === DIFF_COLUMNS ? FIRST_DIFF_ORDER : FIRST_ORDER, descending = true } = this.store.model.view;
    [...this.head.children].forEach((cell, at) => {
      const chosen = columns[at]!.order === order;
      if (columns[at]!.order !== null) setAttribute(cell, 'aria-sort', chosen ? (descending ? 'descending' : 'ascending') : 'none');
    });
  }

  private headCell({ title, order, kind, descendingFirst }: Column): HTMLElement {
    if (order === null) return el('div', { class: `cell is-${kind}`, role: 'columnheader' }, el('span', { class: 'fn-sort' }, title));
    const button = el(
      'button',
      { class: 'fn-sort', type: 'button', title: `Sort by ${title.toLowerCase()}` },
      title,
      icon(ICONS.descending),
    );
    button.addEventListener('click', () => {
      const { view, base } = this.store.model;
      const { order: now = base ? FIRST_DIFF_ORDER : FIRST_ORDER, descending = true } = view;
      this.revealed = null;
      this.outdated = this.reply;
      this.actions.sort(order, now === order ? !descending : descendingFirst);
    });
    return el('div', { class: `cell is-${kind} of-${order}`, role: 'columnheader' }, button);
  }

  private key(event: KeyboardEvent, menu: FrameMenu): void {
    if (event.target !== this.element) return;
    const { reply } = this;
    if (!reply || reply.count === 0) return;
    const { selectedFunction } = this.store.model.view;
    const at = this.selectedIndex(reply);
    const page = Math.max(1, Math.floor((this.element.clientHeight - HEAD_PX) / ROW_PX) - 1);
    const moves: Record<string, number> = {
      ArrowDown: at + 1,
      ArrowUp: at - 1,
      PageDown: at + page,
      PageUp: at - page,
      Home: 0,
      End: reply.count - 1,
    };
    const to = event.altKey || event.ctrlKey || event.metaKey ? undefined : moves[event.key];
    const row = this.rows.find(({ frame }) => frame !== null && frame.fn === selectedFunction);
    if (to !== undefined) this.goTo(Math.max(0, Math.min(reply.count - 1, to)));
    else if (row?.frame && event.key === 'Enter') {
      if (event.ctrlKey || event.metaKey) this.actions.openFrame(row.frame, event.altKey);
      else this.actions.showTab('flame');
    } else if (row?.frame && (event.key === 'ContextMenu' || (event.key === 'F10' && event.shiftKey))) {
      const { left, bottom } = row.element.getBoundingClientRect();
      menu.openFunction(row.frame, left + 40, bottom);
    } else if (row?.frame && event.code === 'KeyC' && (event.ctrlKey || event.metaKey)) this.actions.copy(row.frame.name);
    else return;
    event.preventDefault();
    event.stopPropagation();
  }

  private selectedIndex(reply: NonNullable<FunctionTable['reply']>): number {
    if (this.wanted !== null) return this.wanted;
    const { selectedFunction } = this.store.model.view;
    const at = reply.rows.frames.findIndex(({ fn }) => fn === selectedFunction);
    return at >= 0 ? reply.offset + at : (reply.index ?? -1);
  }

  private goTo(index: number): void {
    this.wanted = index;
    this.scrollTo(index);
    this.show();
  }

  private choose(fn: number): void {
    this.revealed = fn; // it is in sight already
    this.actions.selectFunction(fn);
  }

  private scrollTo(index: number): void {
    const top = index * ROW_PX;
    const { scrollTop, clientHeight } = this.element;
    if (top < scrollTop) this.element.scrollTop = top;
    else if (top + ROW_PX + HEAD_PX > scrollTop + clientHeight) this.element.scrollTop = top + ROW_PX + HEAD_PX - clientHeight;
  }

  private rowOf(event: Event): RowElement | undefined {
    const element = event.target instanceof Element ? event.target.closest('.fn-row') : null;
    return this.rows.find((row) => row.element === element);
  }
}
