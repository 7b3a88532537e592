/** One row of the hot paths: a chain's headline, a step of it, or a gap. Rows stay in place while a recording grows under the pointer. */
import type { FrameInfo, HotPathStep } from '../../extension/protocol.ts';
import { frameClasses } from '../colours.ts';
import { el, icon, ICONS, setAttribute, setName, setText } from '../dom.ts';
import { formatMany, formatShare } from '../format.ts';
import { shortPlace, visibleText } from '../names.ts';

/** What a row stands for. */
export interface RowTarget {
  readonly node: number;
  /** Leaf of the chain that the row belongs to. */
  readonly leaf: number;
  /** A caption names the figures of the steps below it, and cannot be chosen. */
  readonly kind: 'path' | 'step' | 'gap' | 'caption';
}

export class HotPathRow {
  readonly element: HTMLElement;
  readonly key: string;
  readonly target: RowTarget;
  private readonly bar = el('span', { class: 'bar-part' });
  private readonly barBefore = el('span', { class: 'bar-before' });
  private readonly first = el('span', { class: 'figure' });
  private readonly second = el('span', { class: 'figure is-second' });
  private readonly name = el('span', { class: 'row-name' });
  private readonly times = el('span', { class: 'row-times' });
  private readonly place = el('span', { class: 'row-place' });

  constructor(key: string, target: RowTarget) {
    this.key = key;
    this.target = target;
    const level = target.kind === 'path' ? 1 : 2;
    const lead = el('span', { class: 'row-lead', 'aria-hidden': 'true' }, target.kind === 'path' ? icon(ICONS.chevron) : null);
    const bar = el('span', { class: 'bar', 'aria-hidden': 'true' }, this.barBefore, this.bar);
    const title = el('span', { class: 'row-title' }, this.name, this.times);
    const attributes = target.kind === 'caption' ? { 'aria-hidden': true } : { role: 'treeitem', 'aria-level': level, tabindex: -1 };
    this.element = el('div', { class: `row is-${target.kind}`, ...attributes }, lead);
    if (target.kind === 'gap') this.element.append(this.name);
    else this.element.append(bar, this.first, this.second, title, this.place);
  }

  showPath(frame: FrameInfo, shares: { weight: number; cumulative: number; whole: number }, open: boolean): void {
    const { weight, cumulative, whole } = shares;
    setFigure(this.first, formatShare(weight, whole), 'of all');
    setFigure(this.second, formatShare(cumulative, whole), 'with the chains above');
    this.showFrame(frame, 1);
    this.showBar(cumulative - weight, weight, whole);
    setAttribute(this.element, 'aria-expanded', String(open));
  }

  showStep({ frame, self, total }: HotPathStep, times: number, whole: number): void {
    setFigure(this.first, formatShare(total, whole), 'total');
    setFigure(this.second, formatShare(self, whole), 'self');
    this.showFrame(frame, times);
    this.showBar(0, total, whole);
  }

  showGap(hidden: number): void {
    setText(this.name, `… ${formatMany(hidden, 'frame')} more`);
  }

  showCaption(): void {
    setText(this.first, 'Total');
    setText(this.second, 'Self');
    setText(this.name, 'From the root down');
  }

  mark(selected: boolean, match: boolean): void {
    setAttribute(this.element, 'aria-selected', String(selected));
    this.element.classList.toggle('is-match', match);
  }

  private showFrame(frame: FrameInfo, times: number): void {
    setName(this.name, visibleText(frame.name));
    this.name.title = visibleText(frame.name);
    setText(this.times, times > 1 ? `× ${times}` : frame.inlined === true ? 'inlined' : '');
    setText(this.place, shortPlace(frame));
    this.place.title = visibleText(frame.file ?? '');
    this.bar.className = `bar-part ${frameClasses(frame)}`;
    this.name.classList.toggle('is-inlined-name', frame.inlined === true);
  }

  private showBar(before: number, part: number, whole: number): void {
    const percent = (weight: number): string => `${whole > 0 ? Math.min(100, (100 * weight) / whole) : 0}%`;
    this.barBefore.style.width = percent(before);
    this.bar.style.width = percent(part);
  }
}

/** A figure to see, with words to hear of what it is. */
function setFigure(cell: HTMLElement, figure: string, words: string): void {
  if (cell.firstElementChild) setText(cell.firstElementChild, figure);
  else cell.append(el('span', {}, figure), el('span', { class: 'visually-hidden' }, ` ${words},`));
}
