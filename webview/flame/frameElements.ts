/**
 * The frames as elements without paint, over the canvas: what a screen reader walks, and what says of each frame what the canvas cannot. Made
 * when the page is idle, after the frames have been painted.
 */
import { el, setAttribute } from '../dom.ts';
import type { FlameIndex } from './flameIndex.ts';
import { frameSpoken } from './labels.ts';
import { ROW_PX, type FlameLayout } from './layout.ts';

/** Narrower frames are reached by the keyboard and by zooming. */
const NARROWEST_PX = 3;
const MOST = 1500;
/** Work at a time, in ms. */
const SLICE_MS = 4;

export interface Placed {
  readonly index: FlameIndex;
  readonly layout: FlameLayout;
  readonly widthPx: number;
  readonly topOf: (depth: number) => number;
}

export class FrameElements {
  readonly element = el('div', { class: 'frame-elements', role: 'presentation' });
  private readonly byNode = new Map<number, HTMLElement>();
  private pending = 0;
  private placed: Placed | null = null;
  private selected: HTMLElement | null = null;

  /** Brings the elements up to date, soon. */
  show(placed: Placed): void {
    this.placed = placed;
    cancelIdleCallback(this.pending);
    const { index, layout, widthPx } = placed;
    const rows: number[] = [];
    for (let row = 0; row < index.table.node.length && rows.length < MOST; row++)
      if ((layout.right[row]! - layout.left[row]!) * widthPx >= NARROWEST_PX) rows.push(row);
    const kept = new Set(rows.map((row) => index.table.node[row]!));
    let at = 0;
    const work = (): void => {
      const end = performance.now() + SLICE_MS;
      while (at < rows.length && performance.now() < end) this.place(rows[at++]!);
      if (at < rows.length) this.pending = requestIdleCallback(work, { timeout: 200 });
      else this.drop(kept);
      setAttribute(this.element, 'data-settled', String(at >= rows.length));
    };
    setAttribute(this.element, 'data-settled', 'false');
    this.pending = requestIdleCallback(work, { timeout: 200 });
  }

  clear(): void {
    cancelIdleCallback(this.pending);
    this.placed = null;
    this.byNode.clear();
    this.selected = null;
    this.element.replaceChildren();
  }

  /** Marks the selected frame, which has its element at once; returns the element's id. */
  select(row: number | undefined): string | null {
    const element = row === undefined || !this.placed ? null : this.place(row);
    if (this.selected !== element) {
      if (this.selected) setAttribute(this.selected, 'aria-selected', 'false');
      this.selected = element;
    }
    if (element) setAttribute(element, 'aria-selected', 'true');
    return element?.id ?? null;
  }

  private place(row: number): HTMLElement {
    const { index, layout, widthPx, topOf } = this.placed!;
    const node = index.table.node[row]!;
    let element = this.byNode.get(node);
    if (!element) {
      element = el('div', { role: 'treeitem', id: `frame-${node}`, 'data-node': node, 'aria-selected': false });
      this.byNode.set(node, element);
      this.element.append(element);
    }
    setAttribute(element, 'aria-level', String(index.depths[row]! + 1));
    setAttribute(element, 'aria-label', frameSpoken(index, row));
    const { style } = element;
    style.left = `${layout.left[row]! * widthPx}px`;
    style.width = `${Math.max(1, (layout.right[row]! - layout.left[row]!) * widthPx - 1)}px`;
    style.top = `${topOf(index.depths[row]!)}px`;
    style.height = `${ROW_PX - 1}px`;
    return element;
  }

  private drop(kept: ReadonlySet<number>): void {
    for (const [node, element] of this.byNode) {
      if (kept.has(node) || element === this.selected) continue;
      element.remove();
      this.byNode.delete(node);
    }
  }
}
