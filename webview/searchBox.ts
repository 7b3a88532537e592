/** The search field: plain or regular expression, with how much it finds. */
import type { Actions } from './actions.ts';
import { el, icon, ICONS, setAttribute, setText, toolButton } from './dom.ts';
import { textField } from './elements.ts';
import { formatMany, formatShare } from './format.ts';
import type { Model, Store } from './store.ts';

export interface SearchBox {
  readonly element: HTMLElement;
  /** How much was found, and the steps through it. */
  readonly found: HTMLElement;
  /** Puts the cursor into the field and selects what it holds. */
  focus(): void;
}

/** `leave` gives the focus back to what is searched. */
export function searchBox(store: Store, actions: Actions, leave: () => void): SearchBox {
  const field = textField('Search functions');
  const matchCase = toggle('Match case', 'Aa', () => store.updateView({ searchCase: store.model.view.searchCase !== true }));
  const regex = toggle('Regular expression', '.*', () => store.updateView({ searchRegex: store.model.view.searchRegex !== true }));
  field.append(el('span', { slot: 'content-after', class: 'field-toggles' }, matchCase, regex));
  const found = el('output', { class: 'found', 'aria-live': 'polite' });
  const before = toolButton('Previous match', icon(ICONS.up), () => actions.stepMatch(-1), 'Shift+Enter');
  const after = toolButton('Next match', icon(ICONS.down), () => actions.stepMatch(1), 'Enter');
  const element = el('div', { class: 'search', role: 'search' }, field);
  const foundRow = el('div', { class: 'found-row' }, found, before, after);

  const clear = (): void => store.updateView({ search: '' });
  field.addEventListener('input', () => store.updateView({ search: field.value }));
  field.addEventListener('keydown', (event) => {
    if (event.key === 'Enter') actions.stepMatch(event.shiftKey ? -1 : 1);
    else if (event.key !== 'Escape') return;
    else if (field.value === '') leave();
    else clear();
    event.preventDefault();
    event.stopPropagation();
  });
  store.subscribe((model) => {
    const { view, matches } = model;
    if (field.value !== view.search) field.value = view.search;
    setAttribute(matchCase, 'aria-pressed', String(view.searchCase === true));
    setAttribute(regex, 'aria-pressed', String(view.searchRegex === true));
    field.invalid = matches?.error !== undefined;
    foundRow.classList.toggle('is-searching', matches !== null);
    found.classList.toggle('is-bad', matches?.error !== undefined);
    setText(found, foundText(model));
    setAttribute(found, 'title', matches?.error ?? null);
    before.disabled = after.disabled = !matches || matches.steps.length === 0;
    before.hidden = after.hidden = view.tab === 'functions';
  });
  const focus = (): void => {
    field.focus();
    field.wrappedElement.select();
  };
  return { element, found: foundRow, focus };
}

function foundText({ matches, index, view, functions, diffFunctions }: Model): string {
  if (!matches || !index) return '';
  if (matches.error !== undefined) return matches.error.replace(/^Invalid regular expression: .*\/[a-z]*: /, '');
  if (view.tab === 'functions') {
    const count = (diffFunctions ?? functions)?.count;
    return count === 0 ? 'No matches' : count === undefined ? '' : formatMany(count, 'function');
  }
  if (matches.frames === 0) return 'No matches';
  const at = view.selectedNode === null ? -1 : matches.steps.indexOf(view.selectedNode);
  const which = at < 0 ? formatMany(matches.frames, 'frame') : `${at + 1} of ${formatMany(matches.frames, 'frame')}`;
  const whole = index.table.total[index.rootRow]!;
  return `${which} · ${formatShare(matches.weight, whole)} of ${index.rootRow === 0 ? 'all' : 'zoom'}`;
}

function toggle(label: string, face: string, act: () => void): HTMLButtonElement {
  const button = el('button', { class: 'field-toggle', type: 'button', title: label, 'aria-label': label, 'aria-pressed': false }, face);
  button.addEventListener('click', act);
  return button;
}
