/** What the colours and line styles mean: only those that are in sight. */
import type { FrameCategory } from '../extension/protocol.ts';
import { CATEGORY_NAMES } from './colours.ts';
import { el } from './dom.ts';
import type { FlameIndex } from './flame/flameIndex.ts';
import { formatMany } from './format.ts';
import type { Store } from './store.ts';

export function legend(store: Store): HTMLElement {
  const list = el('ul', { class: 'legend-list', 'aria-label': 'Legend' });
  const pruned = el('span', { class: 'pruned' });
  let shown = '';
  store.subscribe(({ index }, before) => {
    if (!index || index === before?.index) return;
    const keys = keysOf(index);
    pruned.textContent = index.table.pruned === 0 ? '' : `${formatMany(index.table.pruned, 'frame')} narrower than a pixel`;
    pruned.title = 'Zoom in to see them';
    if (keys.map(({ text }) => text).join() === shown) return;
    shown = keys.map(({ text }) => text).join();
    list.replaceChildren(
      ...keys.map(({ text, marks }) => el('li', {}, el('span', { class: `swatch ${marks}`, 'aria-hidden': 'true' }), text)),
    );
  });
  return el('div', { class: 'legend' }, list, pruned);
}

function keysOf({ table, changes }: FlameIndex): { text: string; marks: string }[] {
  if (changes) {
    return [
      { text: 'More after', marks: 'is-more' },
      { text: 'Less after', marks: 'is-less' },
      { text: 'As before', marks: 'is-same' },
      { text: '− vanished, + new', marks: 'is-less is-gone' },
    ];
  }
  const present = new Set<FrameCategory>(table.frames.map((frame) => (frame.unresolved === true ? 'unresolved' : frame.category)));
  const categories = Object.keys(CATEGORY_NAMES) as (keyof typeof CATEGORY_NAMES)[];
  const keys = categories
    .filter((category) => present.has(category))
    .map((category) => ({ text: CATEGORY_NAMES[category], marks: `of-${category} shade-0` }));
  if (table.frames.some((frame) => frame.inlined === true)) keys.push({ text: 'Inlined', marks: 'of-none is-inlined' });
  return keys;
}
