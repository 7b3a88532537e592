/**
 * The flame graph: the engine's pruned table, painted on a canvas as large as what is in sight, in an element as high as the whole. The tree
 * takes the keyboard; rings show what is selected and pointed at without painting again.
 */
import { el, setAttribute } from '../dom.ts';
import type { Model, Store } from '../store.ts';
import type { FlameIndex } from './flameIndex.ts';
import { FrameElements } from './frameElements.ts';
import { labelFont, type LabelFont } from './labels.ts';
import { layOut, rowAt, ROW_PX, type FlameLayout } from './layout.ts';
import { Painter } from './painter.ts';
import { onThemeChange, readPalette } from './palette.ts';

export class Flame {
  /** Scrolls; holds the tree. */
  readonly element: HTMLElement;
  /** Takes the keyboard. */
  readonly tree: HTMLElement;
  private readonly store: Store;
  private readonly canvas = el('canvas', { class: 'flame-canvas', 'aria-hidden': 'true' });
  private readonly frames = new FrameElements();
  private readonly selectedRing = el('div', { class: 'ring is-selected', 'aria-hidden': 'true' });
  private readonly hoveredRing = el('div', { class: 'ring is-hovered', 'aria-hidden': 'true' });
  private readonly painter: Painter;
  private font: LabelFont = { css: '12px monospace', charPx: 7 };
  private widthPx = 0;
  private sightPx = 0;
  /** Of the graph, below what is in sight. */
  private belowPx = 0;
  /** Height of what was in sight when it was drawn. */
  private drawnPx = 0;
  private index: FlameIndex | null = null;
  private layout: FlameLayout | null = null;
  private painting = 0;

  /** `resized` is told the width of the drawing, at first and whenever it changes. */
  constructor(store: Store, resized: (widthPx: number) => void) {
    this.store = store;
    this.tree = el(
      'div',
      { class: 'flame-tree', role: 'tree', tabindex: 0, 'aria-label': 'Flame graph' },
      this.canvas,
      this.frames.element,
      this.hoveredRing,
      this.selectedRing,
    );
    this.element = el('div', { class: 'flame' }, this.tree);
    this.painter = new Painter(this.canvas, readPalette());
    onThemeChange(() => {
      this.painter.use(readPalette());
      this.font = labelFont(this.tree);
      this.repaint();
    });
    const scrolled = (): void => {
      // where the height is another than it was, the graph is drawn again in a moment, and scrolled to where it was
      if (Math.abs(this.element.clientHeight - this.drawnPx) <= 1) this.rememberFoot();
      this.repaint();
    };
    this.element.addEventListener('scroll', scrolled, { passive: true });
    new ResizeObserver(([entry]) => {
      const widthPx = Math.floor(entry?.contentRect.width ?? 0);
      const sightPx = Math.floor(entry?.contentRect.height ?? 0);
      if (widthPx <= 0 || (widthPx === this.widthPx && sightPx === this.sightPx)) return;
      const wider = widthPx !== this.widthPx;
      this.widthPx = widthPx;
      this.sightPx = sightPx;
      this.font = labelFont(this.tree);
      this.draw(this.store.model);
      if (wider) resized(widthPx);
    }).observe(this.element);
    store.subscribe((model, before) => this.show(model, before));
  }

  /** Row of the table under a place of the window. */
  rowUnder({ clientX, clientY }: Pick<MouseEvent, 'clientX' | 'clientY'>): number | undefined {
    if (!this.index || !this.layout || this.widthPx <= 0) return undefined;
    const box = this.tree.getBoundingClientRect();
    const depth = this.depthAt(clientY - box.top);
    return rowAt(this.index, this.layout, depth, (clientX - box.left) / this.widthPx);
  }

  /** Where the frame of a node is in the window; null where it is not drawn. */
  placeOf(node: number): DOMRect | null {
    const row = this.index?.rows.get(node);
    if (!this.index || !this.layout || row === undefined) return null;
    const box = this.tree.getBoundingClientRect();
    const left = this.layout.left[row]! * this.widthPx;
    const width = this.layout.right[row]! * this.widthPx - left;
    return new DOMRect(box.left + left, box.top + this.topOf(this.index.depths[row]!), width, ROW_PX);
  }

  private show(model: Model, before: Model | null): void {
    const { view, index, matches } = model;
    if (view.tab === 'flame') {
      const flipped = view.flipped !== before?.view.flipped;
      const shown = before?.view.tab !== 'flame';
      if (index !== this.index || flipped) {
        this.draw(model);
        if (before?.index?.table.rootNode !== index?.table.rootNode || flipped) this.scrollToRoot(model);
      } else if (matches !== before.matches || view.selectedFunction !== before.view.selectedFunction || shown) this.repaint();
      if (view.selectedNode !== before?.view.selectedNode || index !== before.index || shown) this.select(model);
      if (before && view.selectedNode !== before.view.selectedNode) this.scrollToSelected(model);
    }
    if (model.hovered !== before?.hovered) this.ring(this.hoveredRing, model.hovered);
    setAttribute(this.tree, 'aria-busy', String(model.awaiting));
  }

  private draw(model: Model): void {
    const { index, view } = model;
    const drawable = index !== null && index.table.grandTotal > 0 && this.widthPx > 0;
    this.tree.hidden = !drawable;
    this.element.classList.toggle('is-flipped', view.flipped);
    if (!drawable) {
      this.index = this.layout = null;
      this.frames.clear();
      return;
    }
    this.index = index;
    this.layout = layOut(index);
    this.tree.style.height = `${Math.max(index.levels.length * ROW_PX, view.flipped ? this.sightPx : 0)}px`;
    this.canvas.style.width = `${this.widthPx}px`;
    this.canvas.style.height = `${this.sightPx}px`;
    this.frames.show({ index, layout: this.layout, widthPx: this.widthPx, topOf: (depth) => this.topOf(depth) });
    this.select(model);
    this.ring(this.hoveredRing, model.hovered);
    this.drawnPx = this.element.clientHeight;
    // Standing on its root, a graph that grows, or is given another height, keeps what is in sight by its distance from the bottom.
    if (view.flipped) this.element.scrollTop = this.element.scrollHeight - this.element.clientHeight - this.belowPx;
    this.repaint();
  }

  private repaint(): void {
    if (this.painting === 0) this.painting = requestAnimationFrame(() => this.paint());
  }

  private paint(): void {
    this.painting = 0;
    const { index, layout, widthPx } = this;
    if (!index || !layout) return this.painter.clear();
    const { matches, view } = this.store.model;
    const { scrollTop } = this.element;
    const topOf = (depth: number): number => this.topOf(depth);
    const { selectedFunction } = view;
    this.painter.paint({ index, layout, widthPx, topOf, scrollTop, heightPx: this.sightPx, matches, selectedFunction }, this.font);
  }

  private select({ view }: Model): void {
    const row = view.selectedNode === null ? undefined : this.index?.rows.get(view.selectedNode);
    setAttribute(this.tree, 'aria-activedescendant', this.index ? this.frames.select(row) : null);
    this.ring(this.selectedRing, view.selectedNode);
  }

  private ring(ring: HTMLElement, node: number | null): void {
    const row = node === null ? undefined : this.index?.rows.get(node);
    ring.hidden = row === undefined;
    if (!this.index || !this.layout || row === undefined) return;
    const left = this.layout.left[row]! * this.widthPx;
    ring.style.transform = `translate(${left}px, ${this.topOf(this.index.depths[row]!)}px)`;
    ring.style.width = `${Math.max(2, this.layout.right[row]! * this.widthPx - left - 1)}px`;
  }

  private scrollToRoot({ index, view }: Model): void {
    if (!index) return;
    const top = Math.max(0, index.depths[index.rootRow]! - 2) * ROW_PX;
    this.scrollTo(view.flipped ? this.element.scrollHeight - this.element.clientHeight - top : top);
  }

  private scrollToSelected({ view }: Model): void {
    const row = view.selectedNode === null ? undefined : this.index?.rows.get(view.selectedNode);
    if (!this.index || row === undefined) return;
    const top = this.topOf(this.index.depths[row]!);
    const { scrollTop, clientHeight } = this.element;
    if (top < scrollTop) this.scrollTo(top);
    else if (top + ROW_PX > scrollTop + clientHeight) this.scrollTo(top + ROW_PX - clientHeight);
  }

  private scrollTo(top: number): void {
    this.element.scrollTop = top;
    this.rememberFoot();
  }

  private rememberFoot(): void {
    const { scrollHeight, clientHeight, scrollTop } = this.element;
    this.belowPx = scrollHeight - clientHeight - scrollTop;
  }

  private heightPx(): number {
    const rows = (this.index?.levels.length ?? 0) * ROW_PX;
    return this.store.model.view.flipped ? Math.max(rows, this.sightPx) : rows;
  }

  private topOf(depth: number): number {
    return this.store.model.view.flipped ? this.heightPx() - (depth + 1) * ROW_PX : depth * ROW_PX;
  }

  private depthAt(y: number): number {
    return Math.floor((this.store.model.view.flipped ? this.heightPx() - y : y) / ROW_PX);
  }
}
