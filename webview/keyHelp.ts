/** The list of keys. */
import { el, icon, ICONS, toolButton } from './dom.ts';
import type { Binding } from './keys.ts';

const POINTER: readonly (readonly [string, string])[] = [
  ['Click', 'Select a frame'],
  ['Double click', 'Zoom to it'],
  ['Ctrl+click', 'Open its source'],
  ['Ctrl+wheel', 'Zoom in and out'],
];

export interface KeyHelp {
  readonly element: HTMLDialogElement;
  show(): void;
}

export function keyHelp(table: () => readonly Binding[]): KeyHelp {
  const isMac = navigator.userAgent.includes('Mac OS');
  const list = el('dl', { class: 'keys' });
  const close = toolButton('Close', icon(ICONS.close), () => element.close(), 'Esc');
  const element = el(
    'dialog',
    { class: 'key-help', 'aria-label': 'Keyboard and mouse' },
    el('div', { class: 'key-help-head' }, el('h2', {}, 'Keyboard and mouse'), close),
    list,
  );
  // Esc closes the dialog by itself; it must not reset the zoom as well.
  element.addEventListener('keydown', (event) => event.stopPropagation());
  element.addEventListener('click', (event) => {
    if (event.target === element) element.close();
  });
  const show = (): void => {
    const rows = [...table().flatMap(({ shown, text }) => (shown === undefined ? [] : [[shown, text] as const])), ...POINTER];
    list.replaceChildren(
      ...rows.flatMap(([keys, text]) => [el('dt', {}, isMac ? keys.replaceAll('Ctrl', 'Cmd') : keys), el('dd', {}, text)]),
    );
    if (!element.open) element.showModal();
  };
  return { element, show };
}
