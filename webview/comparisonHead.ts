/** What the head of a comparison has of its own: the two captures, and what the width of a frame stands for. */
import type { DiffWidth, ProfileHeader } from '../extension/protocol.ts';
import type { Actions } from './actions.ts';
import { el, markChosen, walkable } from './dom.ts';
import { warnWhen, type Fact } from './fact.ts';
import { formatCount, formatDuration, formatMoment } from './format.ts';
import { visibleText } from './names.ts';
import type { Store } from './store.ts';

const WIDTHS: readonly { readonly width: DiffWidth; readonly text: string; readonly title: string }[] = [
  { width: 'both', text: 'Both', title: 'Frames are as wide as the mean of before and after: nothing that vanished or came anew is lost' },
  { width: 'base', text: 'Before', title: 'Frames are as wide as they were before' },
  { width: 'other', text: 'After', title: 'Frames are as wide as they are after' },
];

/** What a comparison's widths stand for. */
export function widthSwitch(store: Store, actions: Actions): HTMLElement {
  const choices = WIDTHS.map(({ width, text, title }) => {
    const button = el('button', { class: 'choice', type: 'button', role: 'radio', title }, text);
    button.addEventListener('click', () => actions.setWidth(width));
    return button;
  });
  const group = el('div', { class: 'choices', role: 'radiogroup', 'aria-label': 'Width of frames' }, ...choices);
  const row = el(
    'div',
    { class: 'widths' },
    el('span', { class: 'widths-label', 'aria-hidden': 'true' }, 'Width'),
    walkable(group, choices),
  );
  store.subscribe(({ base, view }) => {
    row.hidden = base === null || view.tab !== 'flame';
    WIDTHS.forEach(({ width }, at) => markChosen(choices[at]!, 'aria-checked', (view.width ?? 'both') === width));
  });
  return row;
}

/** Which capture is which, and how much there is of each. */
export function factsOfComparison(base: ProfileHeader, other: ProfileHeader): Fact[] {
  const of = ({ samples, durationMs, info }: ProfileHeader): string =>
    [
      `${formatCount(samples)} samples`,
      formatDuration(durationMs),
      info && info.rateHz > 0 ? `${formatCount(info.rateHz)} Hz` : null,
      info && formatMoment(info.startedAt),
    ]
      .filter((part) => part !== null)
      .join(', ');
  const isTurned = base.info !== null && other.info !== null && Date.parse(base.info.startedAt) > Date.parse(other.info.startedAt);
  return [
    {
      label: 'Before',
      text: of(base) + (isTurned ? ': the later one' : ''),
      title: visibleText(base.title) + (isTurned ? '\nIt was recorded later than what stands for after: Swap turns them round' : ''),
      ...warnWhen(isTurned),
    },
    { label: 'After', text: of(other), title: visibleText(other.title) },
    { label: 'Shares', text: 'each of its own total', title: 'Normalised: captures of different lengths can be compared' },
  ];
}
