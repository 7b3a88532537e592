/** Callers and callees of the selected function, beside the table. */
import type { DiffColumns, FrameInfo, FunctionColumns } from '../../extension/protocol.ts';
import type { Actions } from '../actions.ts';
import { frameClasses } from '../colours.ts';
import { el, setName, setText } from '../dom.ts';
import { formatChange, formatShare, formatWeight } from '../format.ts';
import type { FrameMenu } from '../menu.ts';
import { visibleText } from '../names.ts';
import type { Store } from '../store.ts';

export function neighbours(store: Store, actions: Actions, menu: FrameMenu): HTMLElement {
  const title = el('h2', { class: 'near-title' });
  const hint = el('p', { class: 'hint' }, 'Select a function to see who calls it and what it calls.');
  const callers = section('Callers', 'Nothing calls it.', actions, menu);
  const callees = section('Callees', 'It calls nothing.', actions, menu);
  const element = el('aside', { class: 'near', 'aria-label': 'Callers and callees' }, hint, title, callers.element, callees.element);
  store.subscribe(({ view, neighbours: plain, diffNeighbours: diff, base, header }, before) => {
    const reply = base ? diff : plain;
    if (view.tab !== 'functions' || (plain === before?.neighbours && diff === before.diffNeighbours && view === before.view)) return;
    const frame = reply?.frame?.fn === view.selectedFunction ? reply.frame : null;
    hint.hidden = view.selectedFunction !== null;
    title.hidden = callers.element.hidden = callees.element.hidden = !frame;
    if (!frame) return;
    setText(title, visibleText(frame.name));
    if (base && diff) {
      callers.show('change of its share', diffRows(diff.callers));
      callees.show('change of its share', diffRows(diff.callees));
    } else if (plain) {
      const unit = header?.unit ?? 'samples';
      callers.show('of its total', plainRows(plain.callers, plain.total, unit));
      callees.show('of its total', plainRows(plain.callees, plain.total, unit));
    }
  });
  return element;
}

/** One function of a list. */
interface Row {
  readonly frame: FrameInfo;
  readonly figure: string;
  /** Behind the name, for a tooltip. */
  readonly told: string;
  readonly bar: { readonly class: string; readonly share: number };
}

function plainRows({ frames, total }: FunctionColumns, whole: number, unit: string): Row[] {
  return frames.map((frame, at) => {
    const figure = formatShare(total[at]!, whole);
    const bar = { class: frameClasses(frame), share: whole > 0 ? total[at]! / whole : 0 };
    return { frame, figure, told: `${figure}, ${formatWeight(total[at]!, unit)}`, bar };
  });
}

function diffRows({ frames, baseTotal, otherTotal }: DiffColumns): Row[] {
  return frames.map((frame, at) => {
    const [before, after] = [baseTotal[at]!, otherTotal[at]!];
    const gone = after <= 0 ? ' (vanished)' : before <= 0 ? ' (new)' : '';
    const told = `${formatShare(before, 1)} of all before, ${formatShare(after, 1)} after${gone}`;
    // As long as in the table: a fifth of all fills it.
    const bar = { class: after < before ? 'less' : 'more', share: Math.min(1, Math.sqrt(Math.abs(after - before) / 0.2)) };
    return { frame, figure: formatChange(before, after), told, bar };
  });
}

interface Section {
  readonly element: HTMLElement;
  /** @param base what the figures are */
  show(base: string, rows: readonly Row[]): void;
}

function section(heading: string, none: string, actions: Actions, menu: FrameMenu): Section {
  const list = el('ul', { class: 'near-list', 'aria-label': heading });
  const caption = el('span', { class: 'near-base' });
  list.addEventListener('keydown', (event) => {
    const buttons = [...list.querySelectorAll('button')];
    const at = buttons.indexOf(document.activeElement as HTMLButtonElement);
    const to = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: buttons.length - 1 }[event.key];
    if (at < 0 || to === undefined || event.altKey) return;
    buttons[to]?.focus();
    event.preventDefault();
    event.stopPropagation();
  });
  const show = (base: string, rows: readonly Row[]): void => {
    setText(caption, ` ${base}`);
    const focused = [...list.children].findIndex((item) => item.contains(document.activeElement));
    list.replaceChildren(
      ...rows.map(({ frame, figure, told, bar }, at) => {
        const name = visibleText(frame.name);
        const label = el('span', { class: 'near-name' });
        setName(label, name);
        const inner = el('i', { class: bar.class });
        inner.style.width = `${100 * bar.share}%`;
        const button = el(
          'button',
          { class: 'near-row', type: 'button', tabindex: at === 0 ? 0 : -1, title: `${name}: ${told}` },
          el('span', { class: 'cell-bar', 'aria-hidden': 'true' }, inner),
          el('span', { class: 'figure' }, figure),
          label,
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
    if (rows.length === 0) list.append(el('li', { class: 'near-none' }, none));
    else if (focused >= 0) list.querySelectorAll('button')[Math.min(focused, rows.length - 1)]?.focus();
  };
  return { element: el('section', {}, el('h3', {}, heading, caption), list), show };
}
