/** Warnings that a reader must see before trusting the numbers, each with what to do about it. */
import type { Actions } from './actions.ts';
import { el, icon, ICONS, toolButton } from './dom.ts';
import { actionButton } from './elements.ts';
import { visibleText } from './names.ts';
import type { Model, Store } from './store.ts';

interface Notice {
  readonly severity: 'warning' | 'error';
  readonly text: string;
  readonly dismissable: boolean;
  /** It says that names are withheld. */
  readonly withheld?: boolean;
}

/** The header's warnings, why a recording ended early, and the last failure; each text once. */
export function noticesOf({ header, end, error, index }: Model): Notice[] {
  const warnings = [...new Set([...(header?.warnings ?? []), ...(end?.message === undefined ? [] : [end.message])])];
  const notices: Notice[] = warnings.map((text) => ({ severity: 'warning', text, dismissable: false }));
  const proof = header?.proof;
  // the engine puts it first
  if (notices[0] && proof?.verdict === 'mismatch' && proof.trusted !== true && header?.info) notices[0] = { ...notices[0], withheld: true };
  if (error !== null) notices.unshift({ severity: 'error', text: error, dismissable: index !== null }); // else it is all there is to see
  return notices;
}

export function banner(store: Store, actions: Actions): HTMLElement {
  const box = el('div', { class: 'banners', role: 'status' });
  let shown = '[]';
  store.subscribe((model) => {
    const notices = noticesOf(model);
    const wanted = JSON.stringify(notices);
    if (wanted === shown) return;
    shown = wanted;
    box.replaceChildren(...notices.map((notice) => noticeRow(notice, actions)));
  });
  return box;
}

function noticeRow({ severity, text, dismissable, withheld }: Notice, actions: Actions): HTMLElement {
  const row = el('div', { class: `banner is-${severity}` }, icon(ICONS[severity]), el('span', { class: 'banner-text' }, visibleText(text)));
  // Warnings are sentences, not codes: the one thing that a reader can do about symbols is to choose them.
  if (/\b(symbols?|ELF|debug information)\b/i.test(text)) {
    row.append(actionButton('Choose Symbols…', () => actions.command('chooseSymbols'), true));
  }
  if (withheld === true) row.append(actionButton('Use These Symbols Anyway', () => actions.command('trustSymbols'), true));
  row.append(actionButton('Show Log', () => actions.command('showLog'), true));
  if (dismissable) row.append(toolButton('Dismiss', icon(ICONS.close), () => actions.dismissError()));
  return row;
}
