/** The hot paths: the heaviest chains, each a line that opens into its steps from root to leaf. */
import type { Actions } from '../actions.ts';
import { chainRows, cumulative, leafOf, openPathsOf } from './chains.ts';
import { el, setText } from '../dom.ts';
import { formatCount, formatShare, formatWeight } from '../format.ts';
import type { FrameMenu } from '../menu.ts';
import { HotPathRow, type RowTarget } from './hotPathRow.ts';
import { matcher, type Matcher } from '../search.ts';
import type { Model, Store } from '../store.ts';

export class HotPaths {
  readonly element: HTMLElement;
  readonly tree: HTMLElement;
  /** What the paths cover, for the row above. */
  readonly summary = el('p', { class: 'paths-summary' });
  private readonly store: Store;
  private readonly actions: Actions;
  private readonly menu: FrameMenu;
  private rows = new Map<string, HotPathRow>();
  /** Chains whose gap has been opened. */
  private readonly whole = new Set<number>();
  private focused: string | null = null;

  constructor(store: Store, actions: Actions, menu: FrameMenu) {
    this.store = store;
    this.actions = actions;
    this.menu = menu;
    this.tree = el('div', { class: 'paths', role: 'tree', 'aria-label': 'Hot paths' });
    const heads = ['Share', 'Cumulative', 'Function', 'Source'].map((text) => el('span', { class: `head-${text.toLowerCase()}` }, text));
    const captions = el('div', { class: 'row paths-head', 'aria-hidden': 'true' }, el('span'), el('span'), ...heads);
    this.element = el('div', { class: 'hot-paths' }, captions, this.tree);
    this.tree.addEventListener('click', (event) => this.click(event));
    this.tree.addEventListener('dblclick', (event) => {
      const row = this.rowOf(event);
      if (row?.target.kind === 'step' && !event.ctrlKey && !event.metaKey) this.showInGraph(row.target);
    });
    this.tree.addEventListener('keydown', (event) => this.key(event));
    this.tree.addEventListener('focusin', (event) => this.focusRow(this.rowOf(event) ?? undefined, false));
    this.tree.addEventListener('pointerover', (event) => {
      const row = this.rowOf(event);
      actions.hover(row && row.target.kind !== 'gap' ? row.target.node : null);
    });
    this.tree.addEventListener('pointerleave', () => actions.hover(null));
    this.tree.addEventListener('contextmenu', (event) => {
      event.preventDefault();
      const row = this.rowOf(event);
      if (row && row.target.kind !== 'gap') this.openMenu(row, event.clientX, event.clientY);
    });
    store.subscribe((model, before) => {
      const { view, hotPaths } = model;
      if (view.tab !== 'hotPaths') return;
      if (view !== before?.view || hotPaths !== before.hotPaths || model.matches !== before.matches) this.show();
    });
  }

  private show(): void {
    const { model } = this.store;
    const { hotPaths } = model;
    this.element.classList.toggle('is-empty', (hotPaths?.paths.length ?? 0) === 0);
    if (!hotPaths) return;
    const open = new Set(openPathsOf(model));
    const sums = cumulative(hotPaths.paths);
    const matches = searchIn(model);
    const wanted: HotPathRow[] = [];
    const put = (key: string, target: RowTarget): HotPathRow => {
      const row = this.rows.get(key) ?? new HotPathRow(key, target);
      wanted.push(row);
      return row;
    };
    hotPaths.paths.forEach((path, at) => {
      const leaf = leafOf(path);
      const frame = path.steps.at(-1)?.frame;
      if (!frame) return;
      const isOpen = open.has(leaf);
      const head = put(`path-${leaf}`, { node: leaf, leaf, kind: 'path' });
      head.showPath(frame, { weight: path.weight, cumulative: sums[at]!, whole: hotPaths.grandTotal }, isOpen);
      const found = matches !== null && path.steps.some(({ frame: { name } }) => matches(name));
      head.mark(!isOpen && model.view.selectedNode === leaf, found);
      if (!isOpen) return;
      put(`caption-${leaf}`, { node: leaf, leaf, kind: 'caption' }).showCaption();
      for (const item of chainRows(path, this.whole.has(leaf))) {
        if (item.kind === 'gap') {
          put(`gap-${leaf}`, { node: leaf, leaf, kind: 'gap' }).showGap(item.hidden);
        } else {
          const { node } = item.step;
          const row = put(`step-${leaf}-${node}`, { node, leaf, kind: 'step' });
          row.showStep(item.step, item.times, hotPaths.grandTotal);
          row.mark(model.view.selectedNode === node, matches?.(item.step.frame.name) ?? false);
        }
      }
    });
    this.place(wanted);
    setText(this.summary, summaryText(model, sums.at(-1) ?? 0));
  }

  /** Puts rows into the tree with as few moves as can be: a row that is moved loses the focus. */
  private place(wanted: readonly HotPathRow[]): void {
    const kept = new Map(wanted.map((row) => [row.key, row]));
    for (const [key, row] of this.rows) if (!kept.has(key)) row.element.remove();
    const active = document.activeElement;
    let at = this.tree.firstElementChild;
    for (const { element } of wanted) {
      if (element === at) at = at.nextElementSibling;
      else this.tree.insertBefore(element, at);
    }
    this.rows = kept;
    if (active instanceof HTMLElement && active !== document.activeElement && this.tree.contains(active))
      active.focus({ preventScroll: true });
    if (this.focused === null || !kept.has(this.focused)) this.focused = wanted[0]?.key ?? null;
    for (const row of wanted) if (isFocusable(row)) row.element.tabIndex = row.key === this.focused ? 0 : -1;
  }

  private click(event: MouseEvent): void {
    const row = this.rowOf(event);
    if (!row) return;
    const { node, leaf, kind } = row.target;
    if (kind === 'gap') return this.openGap(leaf);
    this.actions.select(node);
    if (event.ctrlKey || event.metaKey) this.actions.openSource(node, 'hottest', event.altKey);
    else if (kind === 'path') this.toggle(row);
  }

  private key(event: KeyboardEvent): void {
    const row = this.rowOf(event);
    if (!row) return;
    const { node, leaf, kind } = row.target;
    const isOpen = openPathsOf(this.store.model).includes(leaf);
    const mod = event.ctrlKey || event.metaKey;
    switch (event.key) {
      case 'ArrowDown':
        this.walk(row, 1);
        break;
      case 'ArrowUp':
        this.walk(row, -1);
        break;
      case 'Home':
        this.focusRow(this.rows.values().next().value);
        break;
      case 'End':
        this.focusRow([...this.rows.values()].at(-1));
        break;
      case 'ArrowRight':
        if (event.altKey) return;
        if (kind === 'path' && !isOpen) this.toggle(row);
        else this.walk(row, 1);
        break;
      case 'ArrowLeft':
        if (event.altKey) return;
        if (kind !== 'path') this.focusRow(this.rows.get(`path-${leaf}`));
        else if (isOpen) this.toggle(row);
        break;
      case ' ':
      case 'Enter':
        if (mod) this.actions.openSource(node, 'hottest', event.altKey);
        else if (kind === 'path') this.toggle(row);
        else if (kind === 'gap') this.openGap(leaf);
        else this.showInGraph(row.target);
        break;
      case 'F10':
      case 'ContextMenu': {
        if (event.key === 'F10' && !event.shiftKey) return;
        const { left, bottom } = row.element.getBoundingClientRect();
        if (kind !== 'gap') this.openMenu(row, left + 40, bottom);
        break;
      }
      default:
        return;
    }
    event.preventDefault();
    event.stopPropagation();
  }

  private walk(from: HotPathRow, direction: 1 | -1): void {
    const rows = [...this.rows.values()].filter(isFocusable);
    this.focusRow(rows[rows.indexOf(from) + direction]);
  }

  /** The row takes the focus, and with it the selection. */
  private focusRow(row: HotPathRow | undefined, move = true): void {
    if (!row) return;
    const before = this.focused === null ? undefined : this.rows.get(this.focused);
    if (before) before.element.tabIndex = -1;
    this.focused = row.key;
    row.element.tabIndex = 0;
    if (!move) return;
    row.element.focus();
    if (row.target.kind !== 'gap') this.actions.select(row.target.node);
  }

  private toggle({ target: { leaf } }: HotPathRow): void {
    this.actions.togglePath(leaf, !openPathsOf(this.store.model).includes(leaf));
  }

  private openGap(leaf: number): void {
    const path = this.store.model.hotPaths?.paths.find((one) => leafOf(one) === leaf);
    this.whole.add(leaf);
    this.show();
    if (path) this.focusRow(this.rows.get(`path-${leaf}`));
  }

  private showInGraph({ node }: RowTarget): void {
    this.actions.showInGraph(node);
  }

  private openMenu(row: HotPathRow, x: number, y: number): void {
    this.actions.select(row.target.node);
    row.element.focus();
    this.menu.openNode(row.target.node, x, y);
  }

  private rowOf(event: Event): HotPathRow | null {
    const element = event.target instanceof Element ? event.target.closest('.row') : null;
    if (!element) return null;
    for (const row of this.rows.values()) if (row.element === element && isFocusable(row)) return row;
    return null;
  }
}

function isFocusable({ target }: HotPathRow): boolean {
  return target.kind !== 'caption';
}

function searchIn({ view, matches }: Model): Matcher | null {
  if (matches?.error !== undefined) return null;
  return matches && matcher({ text: view.search, matchCase: view.searchCase === true, regex: view.searchRegex === true });
}

function summaryText({ hotPaths, header }: Model, sum: number): string {
  if (!hotPaths?.paths.length) return '';
  const count = hotPaths.paths.length;
  const chains = count === 1 ? 'The heaviest chain covers' : `The ${formatCount(count)} heaviest chains cover`;
  return `${chains} ${formatShare(sum, hotPaths.grandTotal)} of ${formatWeight(hotPaths.grandTotal, header?.unit ?? 'samples')}.`;
}
