/** What stands in the place of frames while there are none, and why. */
import type { Actions } from './actions.ts';
import { el, setText } from './dom.ts';
import { noticesOf } from './banner.ts';
import { actionButton } from './elements.ts';
import { isRecording, type Model, type Store } from './store.ts';
import { ALL_SAMPLES, sameFilter } from './filters.ts';
import { formatBytes } from './format.ts';

type Emptiness = 'loading' | 'opening' | 'waiting' | 'filtered' | 'nothing' | 'failed';

const WORDS: Readonly<Record<Emptiness, readonly [title: string, text: string]>> = {
  loading: ['Loading the profile…', ''],
  opening: ['Opening the capture…', ''],
  waiting: ['Waiting for the first samples…', 'The graph appears with the first batch and grows from there.'],
  filtered: ['No samples here', 'None are left by what is applied above.'],
  nothing: ['No samples were taken', 'The guest was not seen running, or the recording ended before its first tick.'],
  failed: ['The profile cannot be shown', 'The message above says why.'],
};

/** null where there are frames to show. */
function emptinessOf(model: Model): Emptiness | null {
  const { index, header, error, view } = model;
  if (index && index.table.grandTotal > 0) return null;
  if (index && header && header.samples > 0 && !sameFilter(view.filter, ALL_SAMPLES)) return 'filtered';
  if (model.opening) return 'opening';
  if (isRecording(model)) return 'waiting';
  if (index) return 'nothing';
  return error === null ? 'loading' : 'failed';
}

export function emptyState(store: Store, actions: Actions): HTMLElement {
  const title = el('p', { class: 'empty-title' });
  const text = el('p', { class: 'empty-text' });
  const progress = el('div', { class: 'empty-progress', 'aria-hidden': 'true' });
  const bar = el('progress', { class: 'empty-bar', 'aria-label': 'Opening' });
  const cancel = actionButton('Cancel', () => actions.command('cancel'), true);
  const showAll = actionButton('Show All Samples', () => actions.showAll());
  const showLog = actionButton('Show Log', () => actions.command('showLog'), true);
  const box = el('div', { class: 'empty', role: 'status' }, progress, title, bar, text, showAll, showLog, cancel);
  store.subscribe((model) => {
    const emptiness = emptinessOf(model);
    box.hidden = emptiness === null;
    if (emptiness === null) return;
    setText(title, WORDS[emptiness][0]);
    const { opening } = model;
    const words = opening && emptiness === 'opening' ? openingText(opening) : WORDS[emptiness][1];
    setText(text, words);
    text.hidden = words === '';
    bar.hidden = cancel.hidden = emptiness !== 'opening';
    if (opening && opening.total > 0) bar.value = opening.done / opening.total;
    progress.hidden = emptiness !== 'loading' && emptiness !== 'waiting';
    showAll.hidden = emptiness !== 'filtered';
    showLog.hidden = emptiness !== 'nothing' || noticesOf(model).length > 0; // a notice has its own
  });
  return box;
}

function openingText({ stage, done, total }: NonNullable<Model['opening']>): string {
  const what = { reading: 'Reading', parsing: 'Taking in' }[stage];
  return total > 0 ? `${what} ${formatBytes(done)} of ${formatBytes(total)}` : `${what}…`;
}
