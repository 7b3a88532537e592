/** One row of the functions table, filled again and again as the table scrolls. */
import type { FrameInfo } from '../../extension/protocol.ts';
import { frameClasses } from '../colours.ts';
import { el, setAttribute, setName, setText } from '../dom.ts';
import type { Column, FunctionRow } from './columns.ts';

export class RowElement {
  readonly element: HTMLElement;
  frame: FrameInfo | null = null;
  index = -1;
  private readonly cells: {
    cell: HTMLElement;
    text: HTMLElement;
    bar: HTMLElement | null;
    swatch: HTMLElement | null;
    word: HTMLElement | null;
  }[];

  constructor(columns: readonly Column[], slot: number) {
    this.cells = columns.map(({ kind, order }) => {
      const text = el('span', { class: 'cell-text' });
      const bar =
        kind === 'cost' || kind === 'change' ? el('span', { class: `cell-bar is-${kind}`, 'aria-hidden': 'true' }, el('i')) : null;
      const swatch = kind === 'name' ? el('span', { class: 'swatch', 'aria-hidden': 'true' }) : null;
      const word = kind === 'name' ? el('span', { class: 'cell-word' }) : null;
      return {
        cell: el('div', { class: `cell is-${kind} of-${order ?? 'none'}`, role: 'gridcell' }, bar, swatch, text, word),
        text,
        bar,
        swatch,
        word,
      };
    });
    this.element = el('div', { class: 'fn-row', role: 'row', id: `function-row-${slot}` }, ...this.cells.map(({ cell }) => cell));
  }

  show(index: number, { frame, swatch, cells }: FunctionRow, selected: boolean, topPx: number): void {
    this.index = index;
    this.frame = frame;
    setAttribute(this.element, 'aria-rowindex', String(index + 2)); // the head is the first
    setAttribute(this.element, 'aria-selected', String(selected));
    this.element.style.transform = `translateY(${topPx}px)`;
    this.element.hidden = false;
    cells.forEach(({ text, word, title, bar }, at) => {
      const parts = this.cells[at]!;
      if (parts.swatch) setName(parts.text, text);
      else setText(parts.text, text);
      if (parts.word) setText(parts.word, word ?? '');
      setAttribute(parts.cell, 'title', title ?? null);
      if (parts.swatch) parts.swatch.className = `swatch ${swatch}`;
      if (parts.bar && bar !== undefined) this.showBar(parts.bar, bar, frame);
    });
  }

  hide(): void {
    this.element.hidden = true;
    this.frame = null;
    this.index = -1;
  }

  private showBar(box: HTMLElement, bar: number, frame: FrameInfo): void {
    const inner = box.firstElementChild as HTMLElement;
    if (box.classList.contains('is-change')) {
      // From the middle: to the right what became more, to the left what became less. A fifth of all fills its half.
      const length = Math.min(1, Math.sqrt(Math.abs(bar) / 0.2)) * 50;
      inner.className = bar < 0 ? 'less' : 'more';
      inner.style.left = `${bar < 0 ? 50 - length : 50}%`;
      inner.style.width = `${length}%`;
    } else {
      inner.className = frameClasses(frame);
      inner.style.width = `${Math.min(1, bar) * 100}%`;
    }
  }
}
