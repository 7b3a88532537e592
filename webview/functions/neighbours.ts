/** Callers and callees of the selected function, beside the table. */
import type { FunctionColumns } from '../../extension/protocol.ts';
import type { Actions } from '../actions.ts';
import { frameClasses } from '../colours.ts';
import { el, setText } from '../dom.ts';
import { formatShare, formatWeight } from '../format.ts';
import type { FrameMenu } from '../menu.ts';
import { visibleText } from '../names.ts';
import type { Store } from '../store.ts';

export function neighbours(store: Store, actions: Actions, menu: FrameMenu): HTMLElement {
  const title = el('h2', { class: 'near-title' });
  const hint = el('p', { class: 'hint' }, 'Select a function to see who calls it and what it calls.');
  const callers = section('Callers', 'Nothing calls it.', actions, menu);
  const callees = section('Callees', 'It calls nothing.', actions, menu);
  const element = el('aside', { class: 'near', 'aria-label': 'Callers and callees' }, hint, title, callers.element, callees.element);
  store.subscribe(({ view, neighbours: reply, base, header }, before) => {
    element.hidden = base !== null;
    if (view.tab !== 'functions' || (reply === before?.neighbours && view === before.view)) return;
    const frame = reply?.frame?.fn === view.selectedFunction ? reply.frame : null;
    hint.hidden = view.selectedFunction !== null;
    title.hidden = callers.element.hidden = callees.element.hidden = !frame;
    if (!reply || !frame) return;
    setText(title, visibleText(frame.name));
    const unit = header?.unit ?? 'samples';
    callers.show(reply.callers, reply.total, unit);
    callees.show(reply.callees, reply.total, unit);
  });
  return element;
}

interface Section {
  readonly element: HTMLElement;
  show(columns: FunctionColumns, whole: number, unit: string): void;
}

function section(heading: string, none: string, actions: Actions, menu: FrameMenu): Section {
  const list = el('ul', { class: 'near-list', 'aria-label': heading });
  const caption = el('h3', {}, heading, el('span', { class: 'near-base' }, ' of its total'));
  list.addEventListener('keydown', (event) => {
    const buttons = [...list.querySelectorAll('button')];
    const at = buttons.indexOf(document.activeElement as HTMLButtonElement);
    const to = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: buttons.length - 1 }[event.key];
    if (at < 0 || to === undefined || event.altKey) return;
    buttons[to]?.focus();
    event.preventDefault();
    event.stopPropagation();
  });
  const show = ({ frames, total }: FunctionColumns, whole: number, unit: string): void => {
    const focused = [...list.children].findIndex((item) => item.contains(document.activeElement));
    list.replaceChildren(
      ...frames.map((frame, at) => {
        const name = visibleText(frame.name);
        const share = formatShare(total[at]!, whole);
        const bar = el('i', { class: frameClasses(frame) });
        bar.style.width = `${whole > 0 ? (100 * total[at]!) / whole : 0}%`;
        const button = el(
          'button',
          { class: 'near-row', type: 'button', tabindex: at === 0 ? 0 : -1, title: `${name}: ${share}, ${formatWeight(total[at]!, unit)}` },
          el('span', { class: 'cell-bar', 'aria-hidden': 'true' }, bar),
          el('span', { class: 'figure' }, share),
          el('span', { class: 'near-name' }, name),
        );
        button.addEventListener('click', (event) => {
          if (event.ctrlKey || event.metaKey) actions.openFrame(frame, event.altKey);
          else actions.selectFunction(frame.fn);
        });
        button.addEventListener('contextmenu', (event) => {
          event.preventDefault();
          menu.openFunction(frame, event.clientX, event.clientY);
        });
        return el('li', {}, button);
      }),
    );
    if (frames.length === 0) list.append(el('li', { class: 'near-none' }, none));
    else if (focused >= 0) list.querySelectorAll('button')[Math.min(focused, frames.length - 1)]?.focus();
  };
  return { element: el('section', {}, caption, list), show };
}
