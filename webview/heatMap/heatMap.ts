/**
 * When samples were taken, in FlameScope's manner: a column a second, a row a slice of it. A range that is dragged over, or chosen with the
 * keyboard, narrows every view.
 */
import type { Actions } from '../actions.ts';
import { el, setText } from '../dom.ts';
import { HEAT_LEVELS, onThemeChange, readPalette, type Palette } from '../flame/palette.ts';
import { formatNs, formatSeconds, formatWeight } from '../format.ts';
import type { Model, Store } from '../store.ts';
import { cellAt, cellsOf, heatLevel, timesOf, type CellRange } from './cells.ts';

/** Widest that a column gets: a short recording is no carpet. */
const COLUMN_PX = 64;
const HEIGHT_PX = 100;

export class HeatMapStrip {
  readonly element: HTMLElement;
  /** Takes the keyboard. */
  readonly map: HTMLElement;
  private readonly store: Store;
  private readonly actions: Actions;
  private readonly canvas = el('canvas', { 'aria-hidden': 'true' });
  private readonly axis = el('div', { class: 'heat-axis', 'aria-hidden': 'true' });
  private readonly told = el('output', { class: 'heat-told', 'aria-live': 'polite' });
  private readonly hint = el('span', { class: 'heat-hint' }, 'Drag over a range to narrow every view');
  private palette: Palette = readPalette();
  /** Where the keyboard or the pointer is, and where a range that is being chosen began. */
  private cursor = 0;
  private anchor: number | null = null;

  constructor(store: Store, actions: Actions) {
    this.store = store;
    this.actions = actions;
    const label = 'Time heat map. Arrows move, Shift with arrows chooses a range, Enter narrows the views to it, Delete shows all time';
    this.map = el('div', { class: 'heat-map', role: 'application', tabindex: 0, 'aria-label': label }, this.canvas);
    const legend = el('span', { class: 'heat-legend' }, 'Fewer', el('i', { 'aria-hidden': 'true' }), 'More samples');
    const foot = el('div', { class: 'heat-foot' }, this.told, this.hint, legend);
    this.element = el('section', { class: 'heat', 'aria-label': 'Time' }, this.map, this.axis, foot);
    this.map.addEventListener('pointerdown', (event) => this.press(event));
    this.map.addEventListener('pointermove', (event) => this.move(event));
    this.map.addEventListener('pointerup', () => this.release());
    this.map.addEventListener('pointerleave', () => {
      if (this.anchor === null) this.tell(null);
    });
    this.map.addEventListener('keydown', (event) => this.key(event));
    onThemeChange(() => {
      this.palette = readPalette();
      this.paint();
    });
    new ResizeObserver(() => this.paint()).observe(this.element);
    store.subscribe((model, before) => {
      this.element.hidden = !model.view.heatMap || model.base !== null || model.header?.hasTimes !== true;
      if (model.heatMap !== before?.heatMap || model.view.filter !== before.view.filter || model.view.heatMap !== before.view.heatMap) {
        this.paint();
        if (this.anchor === null) this.tell(null);
      }
    });
  }

  private get heat(): Model['heatMap'] {
    return this.store.model.heatMap;
  }

  private press(event: PointerEvent): void {
    if (event.button !== 0 || !this.heat) return;
    this.map.setPointerCapture(event.pointerId);
    this.anchor = this.cursor = this.cellUnder(event);
    this.paint();
  }

  private move(event: PointerEvent): void {
    if (!this.heat) return;
    const cell = this.cellUnder(event);
    if (this.anchor !== null && cell !== this.cursor) {
      this.cursor = cell;
      this.paint();
    }
    this.tell(this.anchor === null ? [cell, cell] : [this.anchor, cell]);
  }

  /** A click on one cell takes the range off; a drag narrows. */
  private release(): void {
    if (this.anchor === null) return;
    const range = [this.anchor, this.cursor] as const;
    this.anchor = null;
    this.narrow(range[0] === range[1] ? null : range);
  }

  private narrow(range: CellRange | null): void {
    if (this.heat) this.actions.changeFilter({ timeMs: range && timesOf(this.heat, range) });
    this.paint();
  }

  private key(event: KeyboardEvent): void {
    const { heat } = this;
    if (!heat || event.altKey || event.ctrlKey || event.metaKey) return;
    const steps: Record<string, number> = {
      ArrowLeft: -heat.rows,
      ArrowRight: heat.rows,
      ArrowUp: -1,
      ArrowDown: 1,
      Home: -this.cursor,
      End: heat.columns * heat.rows,
    };
    const step = steps[event.key];
    if (step !== undefined) {
      if (event.shiftKey) this.anchor ??= this.cursor;
      else this.anchor = null;
      this.cursor = Math.max(0, Math.min(heat.columns * heat.rows - 1, this.cursor + step));
      this.tell([this.anchor ?? this.cursor, this.cursor]);
      this.paint();
    } else if (event.key === 'Enter' || event.key === ' ') {
      const range = [this.anchor ?? this.cursor, this.cursor] as const;
      this.anchor = null;
      this.narrow(range);
    } else if (event.key === 'Delete' || event.key === 'Backspace') {
      this.anchor = null;
      this.narrow(null);
    } else return;
    event.preventDefault();
    event.stopPropagation();
  }

  private cellUnder({ clientX, clientY }: PointerEvent): number {
    const box = this.canvas.getBoundingClientRect();
    return cellAt(this.heat!, (clientX - box.left) / box.width, (clientY - box.top) / box.height);
  }

  /** What the cells hold; null: what is applied. */
  private tell(range: CellRange | null): void {
    const { heat } = this;
    const { view, header } = this.store.model;
    const { timeMs } = view.filter;
    const cells = range ?? (heat && timeMs ? cellsOf(heat, timeMs) : null);
    this.hint.hidden = cells !== null;
    if (!heat || !cells) return setText(this.told, '');
    const [first, last] = [Math.min(...cells), Math.max(...cells)];
    const weight = heat.weights.slice(first, last + 1).reduce((sum, part) => sum + part, 0);
    const [from, to] = timesOf(heat, cells);
    const length = formatNs((to - from) * 1e6);
    setText(this.told, `${formatSeconds(from)} – ${formatSeconds(to)} s (${length}): ${formatWeight(weight, header?.unit ?? 'samples')}`);
  }

  private paint(): void {
    const { heat, canvas, palette } = this;
    if (!heat || this.element.hidden || this.map.clientWidth <= 0) return;
    const widthPx = Math.min(this.map.clientWidth, heat.columns * COLUMN_PX);
    const scale = window.devicePixelRatio;
    canvas.style.width = `${widthPx}px`;
    canvas.style.height = `${HEIGHT_PX}px`;
    canvas.width = Math.round(widthPx * scale);
    canvas.height = Math.round(HEIGHT_PX * scale);
    const context = canvas.getContext('2d')!;
    context.scale(scale, scale);
    const { timeMs } = this.store.model.view.filter;
    const choosing: CellRange | null = this.anchor === null ? null : [this.anchor, this.cursor];
    const chosen = choosing ?? (timeMs ? cellsOf(heat, timeMs) : null);
    const [first, last] = chosen ? [Math.min(...chosen), Math.max(...chosen)] : [0, heat.columns * heat.rows - 1];
    const [cellWidth, cellHeight] = [widthPx / heat.columns, HEIGHT_PX / heat.rows];
    for (let cell = 0; cell < heat.columns * heat.rows; cell++) {
      const column = Math.floor(cell / heat.rows);
      context.fillStyle = palette.heat[heatLevel(heat.weights[cell] ?? 0, heat.max, HEAT_LEVELS)]!;
      context.globalAlpha = cell >= first && cell <= last ? 1 : 0.3;
      context.fillRect(column * cellWidth, (cell % heat.rows) * cellHeight, cellWidth - (cellWidth > 4 ? 1 : 0), cellHeight - 0.5);
    }
    context.globalAlpha = 1;
    if (chosen) this.edge(context, [first, last], cellWidth, cellHeight);
    const column = Math.floor(this.cursor / heat.rows);
    this.map.style.setProperty('--cursor-left', `${column * cellWidth}px`);
    this.map.style.setProperty('--cursor-top', `${(this.cursor % heat.rows) * cellHeight}px`);
    this.map.style.setProperty('--cell-width', `${cellWidth}px`);
    this.map.style.setProperty('--cell-height', `${cellHeight}px`);
    this.showAxis(widthPx);
  }

  /** Lines where the chosen range begins and ends. */
  private edge(context: CanvasRenderingContext2D, [first, last]: CellRange, cellWidth: number, cellHeight: number): void {
    const { rows } = this.heat!;
    context.fillStyle = this.palette.ring;
    const [from, to] = [Math.floor(first / rows), Math.floor(last / rows)];
    context.fillRect(from * cellWidth, (first % rows) * cellHeight, 2, HEIGHT_PX);
    context.fillRect(from * cellWidth, (first % rows) * cellHeight, cellWidth, 1.5);
    context.fillRect((to + 1) * cellWidth - 2, 0, 2, ((last % rows) + 1) * cellHeight);
    context.fillRect(to * cellWidth, ((last % rows) + 1) * cellHeight - 1.5, cellWidth, 1.5);
  }

  /** A handful of moments along the foot. */
  private showAxis(widthPx: number): void {
    const { columns, columnMs } = this.heat!;
    const most = Math.max(1, Math.floor(widthPx / 70));
    const step = [1, 2, 5, 10, 20, 30, 60, 120, 300, 600, 1200, 3600].find((each) => columns / each <= most) ?? Math.ceil(columns / most);
    const marks: HTMLElement[] = [];
    for (let column = 0; column < columns; column += step) {
      const mark = el('span', {}, `${formatSeconds(column * columnMs)} s`);
      mark.style.left = `${(column * widthPx) / columns}px`;
      marks.push(mark);
    }
    this.axis.replaceChildren(...marks);
  }
}
