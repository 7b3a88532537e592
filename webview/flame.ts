/**
 * The flame graph. d3-flame-graph 5 lays out the engine's pruned table and draws a `g` with a `rect` and a label for each frame. What it
 * could not carry, and what is done here instead:
 * - zoom: its own hides siblings in the tree it has, so frames pruned before never appear; here a zoom asks the engine for another root;
 * - identity: it numbers frames by place, so an update would turn one frame's element into another's under the pointer; its data join is
 *   given the engine's node ids through getDelta, the only hook that sees each frame before the join;
 * - time: it draws through d3-transition even at zero duration, one frame late, and lets new frames grow for a quarter of a second whatever
 *   duration is set; the timers are flushed at once and what still moves is stopped;
 * - search (compiles what is typed as a regular expression), tooltip, details, colours, keyboard, ARIA: none of its own are used.
 */
import flamegraph, { type FlameGraph, type LaidOut, type Tooltip } from 'd3-flame-graph';
import { select } from 'd3-selection';
import { timerFlush } from 'd3-timer';
import { frameClasses } from './colours.ts';
import { el, setAttribute, svgEl } from './dom.ts';
import { frameOf, isAncestorOfRoot, type FlameIndex } from './flameIndex.ts';
import { frameLabel, frameSpoken, labelFont, type LabelFont } from './flameLabels.ts';
import { flameTree, type FlameNode } from './flameTree.ts';
import type { Model, Store } from './store.ts';

declare module 'd3-selection' {
  // eslint-disable-next-line @typescript-eslint/no-unused-vars -- declared with the parameters of the interface that it widens
  interface Selection<GElement extends BaseType, Datum, PElement extends BaseType, PDatum> {
    /** Stops transitions where they are. From d3-transition, which d3-flame-graph loads. */
    interrupt(): this;
  }
}

export const ROW_PX = 20;

/** Taking the place of the SVG titles, which a browser shows late and over the graph. */
const NO_TOOLTIP: Tooltip = Object.assign(() => undefined, { show: () => undefined, hide: () => undefined });

export class Flame {
  /** Scrolls; holds the tree. */
  readonly element: HTMLElement;
  /** Takes the keyboard. */
  readonly tree: HTMLElement;
  private readonly chart: FlameGraph<FlameNode>;
  private readonly store: Store;
  private font: LabelFont = { charPx: 7 };
  private widthPx = 0;
  private drawn: FlameIndex | null = null;

  /** `resized` is told the width of the drawing, at first and whenever it changes. */
  constructor(store: Store, resized: (widthPx: number) => void) {
    this.store = store;
    this.tree = el('div', { class: 'flame-tree', role: 'tree', tabindex: 0, 'aria-label': 'Flame graph' });
    this.element = el('div', { class: 'flame' }, this.tree);
    this.chart = flamegraph<FlameNode>()
      .cellHeight(ROW_PX)
      .transitionDuration(0)
      .sort(false)
      .tooltip(NO_TOOLTIP)
      .computeDelta(true)
      .getDelta((frame) => {
        frame.id = frame.data.node;
        return 0;
      })
      .getName((frame) => frameLabel(frame.data.name, this.widthOf(frame), this.font))
      .setColorMapper(() => 'none'); // styles/flame.css has the colours
    new ResizeObserver(([entry]) => {
      const widthPx = Math.floor(entry?.contentRect.width ?? 0);
      if (widthPx <= 0 || widthPx === this.widthPx) return; // only higher
      this.widthPx = widthPx;
      this.font = labelFont(this.tree);
      if (this.store.model.view.tab === 'flame') this.draw(this.store.model);
      resized(widthPx);
    }).observe(this.element);
    store.subscribe((model, before) => this.show(model, before));
  }

  private show(model: Model, before: Model | null): void {
    const { view, index } = model;
    if (view.tab !== 'flame') return;
    if (index !== this.drawn || view.flipped !== before?.view.flipped) {
      this.draw(model);
      if (before?.index?.table.rootNode !== index?.table.rootNode || view.flipped !== before?.view.flipped) this.scrollToRoot(model);
    } else if (view !== before.view || model.matches !== before.matches) {
      this.mark(model);
    }
    if (before && view.selectedNode !== before.view.selectedNode) this.scrollToSelected(model);
    setAttribute(this.tree, 'aria-busy', String(model.awaiting));
  }

  private draw(model: Model): void {
    const { index, view } = model;
    const tree = index && flameTree(index);
    this.tree.hidden = tree === null;
    this.element.classList.toggle('is-flipped', view.flipped);
    if (!index || !tree || this.widthPx <= 0) return;
    const heightPx = index.levels.length * ROW_PX;
    const fromBottom = this.element.scrollHeight - this.element.scrollTop;
    this.chart.width(this.widthPx).height(heightPx).inverted(!view.flipped);
    if (this.drawn) this.chart.update(tree);
    else select(this.tree).datum(tree).call(this.chart);
    timerFlush();
    const svg = this.svg();
    select(svg).selectAll('*').interrupt();
    this.drawn = index;
    svg.setAttribute('height', String(heightPx));
    svg.setAttribute('role', 'presentation');
    if (!svg.querySelector('defs')) svg.prepend(hatching());
    for (const [g, frame] of this.frames()) shape(g, this.widthOf(frame), index, frame.data.row);
    this.mark(model);
    // Standing on its root, a growing graph keeps what is in sight by its distance from the bottom.
    if (view.flipped) this.element.scrollTop = this.element.scrollHeight - fromBottom;
  }

  /** Selection and search, without another layout. */
  private mark({ view, matches }: Model): void {
    const index = this.drawn;
    if (!index) return;
    const found = matches && matches.error === undefined ? new Set(matches.rows) : null;
    let selected: Element | null = null;
    for (const [g, { data }] of this.frames()) {
      const frame = frameOf(index, data.row);
      const isSelected = data.node === view.selectedNode;
      const classes = ['frame', frameClasses(frame)];
      if (isAncestorOfRoot(index, data.row)) classes.push('is-ancestor');
      if (found) classes.push(found.has(data.row) ? 'is-match' : 'is-dimmed');
      if (isSelected) classes.push('is-selected');
      setAttribute(g, 'class', classes.join(' '));
      setAttribute(g, 'aria-selected', String(isSelected));
      if (isSelected) selected = g;
    }
    setAttribute(this.tree, 'aria-activedescendant', selected?.id ?? null);
  }

  private scrollToRoot({ index, view }: Model): void {
    if (!index) return;
    const top = Math.max(0, index.depths[index.rootRow]! - 2) * ROW_PX;
    this.element.scrollTop = view.flipped ? this.element.scrollHeight - this.element.clientHeight - top : top;
  }

  private scrollToSelected({ view, index }: Model): void {
    const row = view.selectedNode === null ? undefined : index?.rows.get(view.selectedNode);
    if (!index || row === undefined) return;
    const depth = view.flipped ? index.levels.length - 1 - index.depths[row]! : index.depths[row]!;
    const top = depth * ROW_PX;
    const { scrollTop, clientHeight } = this.element;
    if (top < scrollTop) this.element.scrollTop = top;
    else if (top + ROW_PX > scrollTop + clientHeight) this.element.scrollTop = top + ROW_PX - clientHeight;
  }

  private *frames(): Iterable<[SVGGElement, LaidOut<FlameNode>]> {
    for (const g of this.svg().children) {
      if (g instanceof SVGGElement && g.localName === 'g') yield [g, select<SVGGElement, LaidOut<FlameNode>>(g).datum()];
    }
  }

  private svg(): SVGSVGElement {
    return this.tree.querySelector('svg')!;
  }

  private widthOf(frame: LaidOut<FlameNode>): number {
    return (frame.x1 - frame.x0) * this.widthPx;
  }
}

/** A pixel of air to the right and below; and what assistive technology reads. */
function shape(g: SVGGElement, widthPx: number, index: FlameIndex, row: number): void {
  const rect = g.querySelector('rect')!;
  rect.setAttribute('width', String(Math.max(0.5, widthPx - 1)));
  rect.setAttribute('height', String(ROW_PX - 1));
  const { node } = index.table;
  g.id = `frame-${node[row]!}`;
  g.dataset['node'] = String(node[row]!);
  g.removeAttribute('name'); // d3-flame-graph's copy of the label
  setAttribute(g, 'role', 'treeitem');
  setAttribute(g, 'aria-level', String(index.depths[row]! + 1));
  setAttribute(g, 'aria-label', frameSpoken(index, row));
  setAttribute(g.querySelector('foreignObject')!, 'aria-hidden', 'true');
}

/** The pattern that fills unresolved frames. */
function hatching(): SVGDefsElement {
  const pattern = svgEl(
    'pattern',
    { id: 'hatch', width: 6, height: 6, patternUnits: 'userSpaceOnUse', patternTransform: 'rotate(45)' },
    svgEl('rect', { width: 6, height: 6, class: 'hatch-ground' }),
    svgEl('rect', { width: 2, height: 6, class: 'hatch-line' }),
  );
  return svgEl('defs', {}, pattern);
}
