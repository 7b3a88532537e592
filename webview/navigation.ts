/** The row above the frames: back and forward, what is applied, the way from the root to the zoomed frame, and what a search found. */
import type { Actions } from './actions.ts';
import { el, icon, ICONS, setAttribute, toolButton } from './dom.ts';
import { appliedFilters, type AppliedFilter } from './filters.ts';
import { frameOf, pathTo, type FlameIndex } from './flame/flameIndex.ts';
import { elideMiddle, visibleText } from './names.ts';
import type { Store } from './store.ts';

/** Callers shown of a long way: the first, a gap, and the last ones. */
const CRUMBS = 5;
const CRUMB_CHARS = 28;

export interface NavigationParts {
  /** What the hot paths cover. */
  readonly summary: HTMLElement;
  /** What the search found. */
  readonly found: HTMLElement;
  readonly showKeys: () => void;
}

export function navigation(store: Store, actions: Actions, { summary, found, showKeys }: NavigationParts): HTMLElement {
  const back = toolButton('Back', icon(ICONS.back), () => actions.back(), 'Alt+Left');
  const forward = toolButton('Forward', icon(ICONS.forward), () => actions.forward(), 'Alt+Right');
  const reset = toolButton('Reset Zoom', icon(ICONS.reset), () => actions.resetZoom(), '0 or Esc');
  const flip = toolButton('Root at Bottom', icon(ICONS.flip), () => actions.flip());
  const time = toolButton('Time Heat Map', icon(ICONS.time), () => actions.toggleHeatMap(), 'T');
  const keys = toolButton('Keyboard Shortcuts', '?', showKeys, '?');
  const trail = el('ol', { class: 'crumbs' });
  const way = el('nav', { class: 'way', 'aria-label': 'Zoom' }, trail);
  const applied = el('ul', { class: 'chips', 'aria-label': 'Applied filters' });
  let shown = '';
  let shownFilters = '';
  store.subscribe(({ past, future, view, index, header, base }) => {
    back.disabled = past.length === 0;
    forward.disabled = future.length === 0;
    reset.disabled = view.rootNode === 0;
    setAttribute(flip, 'aria-pressed', String(view.flipped));
    setAttribute(time, 'aria-pressed', String(view.heatMap));
    time.hidden = base !== null;
    time.disabled = header?.hasTimes !== true;
    time.title = time.disabled ? 'This file does not say when its samples were taken' : 'Time Heat Map (T)';
    way.hidden = reset.hidden = flip.hidden = view.tab !== 'flame';
    const filters = appliedFilters(view, header);
    const texts = JSON.stringify(filters.map(({ key, text }) => [key, text]));
    if (texts !== shownFilters) {
      shownFilters = texts;
      applied.hidden = filters.length === 0;
      applied.replaceChildren(...filters.map((filter) => chip(filter, store, actions)));
    }
    summary.hidden = view.tab !== 'hotPaths';
    const wanted = index
      ? pathTo(index, index.rootRow)
          .map((row) => index.table.node[row]!)
          .join()
      : '';
    if (wanted === shown) return;
    shown = wanted;
    trail.replaceChildren(...(index ? crumbs(index, actions) : []));
  });
  const left = el('div', { class: 'tools' }, back, forward, reset);
  const right = el('div', { class: 'tools' }, time, flip, keys);
  return el('div', { class: 'navigation' }, left, applied, way, summary, found, right);
}

function crumbs(index: FlameIndex, actions: Actions): HTMLElement[] {
  const path = pathTo(index, index.rootRow);
  const kept = path.length <= CRUMBS ? path : [path[0]!, ...path.slice(-(CRUMBS - 1))];
  return kept.flatMap((row, at) => {
    const crumb = el('li', {}, crumbFace(index, row, at === kept.length - 1, actions));
    return at === 1 && kept.length < path.length
      ? [el('li', { class: 'crumb-gap', title: `${path.length - kept.length} more` }, '…'), crumb]
      : [crumb];
  });
}

function crumbFace(index: FlameIndex, row: number, last: boolean, actions: Actions): HTMLElement {
  const frame = frameOf(index, row);
  const whole = frame.category === 'root' ? 'All' : visibleText(frame.name);
  const text = elideMiddle(whole, CRUMB_CHARS);
  if (last) return el('span', { class: 'crumb', 'aria-current': 'location', title: whole }, text);
  const button = el('button', { class: 'crumb', type: 'button', title: `Zoom to ${whole}` }, text);
  button.addEventListener('click', () => actions.zoomTo(index.table.node[row]!));
  return button;
}

/** What is applied, and the way out of it. What else was applied meanwhile stays: the part is looked up again when it is pressed. */
function chip({ key, text, title }: AppliedFilter, store: Store, actions: Actions): HTMLElement {
  const button = el('button', {
    class: 'chip',
    type: 'button',
    title: `${title}. Press to take it off`,
    'aria-label': `${text}: take off`,
  });
  button.append(el('span', { class: 'chip-text' }, text), icon(ICONS.close));
  button.addEventListener('click', () => {
    const { view, header } = store.model;
    const now = appliedFilters(view, header).find((filter) => filter.key === key);
    if (now) actions.setFilter(now.without);
  });
  return el('li', {}, button);
}
