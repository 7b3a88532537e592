/** Tabs, the switches that say which samples count, and the search field. */
import type { ViewFilter, ViewTab } from '../extension/protocol.ts';
import type { Actions } from './actions.ts';
import { el, icon, ICONS, markChosen, setAttribute, walkable } from './dom.ts';
import { isSet } from './filters.ts';
import type { Model, Store } from './store.ts';

interface TabInfo {
  readonly tab: ViewTab;
  readonly text: string;
  readonly panel: string;
  readonly key: string;
  readonly icon: string;
}

export const TABS: readonly TabInfo[] = [
  { tab: 'flame', text: 'Flame Graph', panel: 'panel-flame', key: '1', icon: ICONS.flame },
  { tab: 'functions', text: 'Functions', panel: 'panel-functions', key: '2', icon: ICONS.table },
  { tab: 'hotPaths', text: 'Hot Paths', panel: 'panel-hot-paths', key: '3', icon: ICONS.list },
];

const STATES: readonly { readonly states: ViewFilter['states']; readonly text: string; readonly title: string }[] = [
  { states: 'all', text: 'All', title: 'Every sample' },
  { states: 'on-cpu', text: 'On-CPU', title: 'Samples taken while the vCPU was running or runnable' },
  { states: 'blocked', text: 'Blocked', title: 'Samples taken while the vCPU was blocked' },
];

export function tabBar(store: Store, actions: Actions, search: HTMLElement): HTMLElement {
  return el('div', { class: 'toolbar' }, tabList(store, actions), search);
}

/** Every filter of the profile, one click each. */
export function filterBar(store: Store, actions: Actions): HTMLElement {
  // a foreign file knows no states: what is idle it can only tell by name
  const canBeIdle = ({ header, base }: Model): boolean =>
    header === null || [header, base].some((of) => of !== null && (of.info !== null || of.hasIdle));
  return el(
    'div',
    { class: 'filters', role: 'toolbar', 'aria-label': 'Filters' },
    stateSwitch(store, actions),
    select(store, {
      label: 'vCPU',
      all: 'All vCPUs',
      choices: ({ header }) => (header?.vcpuIds ?? []).map((id) => ({ id, text: `vCPU ${id}` })),
      chosen: ({ vcpu }) => vcpu,
      choose: (vcpu) => actions.changeFilter({ vcpu }),
    }),
    select(store, {
      label: 'Thread',
      all: 'All threads',
      choices: ({ header }) => (header?.threads ?? []).map(({ id, name }) => ({ id, text: name })),
      chosen: ({ thread }) => thread ?? null,
      choose: (thread) => actions.changeFilter({ thread }),
    }),
    toggle(store, {
      text: 'Hide Idle',
      title: 'Leave out idle vCPUs',
      on: ({ hideIdle }) => hideIdle === true,
      act: () => actions.toggleFilter('hideIdle'),
      shown: canBeIdle,
    }),
    toggle(store, {
      text: 'Hide Library',
      title: 'Frames of libraries give their time to their callers (L)',
      on: ({ hideLibrary }) => hideLibrary === true,
      act: () => actions.toggleFilter('hideLibrary'),
    }),
    toggle(store, {
      text: 'Collapse Recursion',
      title: 'A function that is already on the stack goes back to its first frame (R)',
      on: ({ collapseRecursion }) => collapseRecursion === true,
      act: () => actions.toggleFilter('collapseRecursion'),
    }),
    toggle(store, {
      text: 'Invert',
      title: 'Bottom up: leaves first, their callers below them (I)',
      on: ({ inverted }) => inverted === true,
      act: () => actions.toggleFilter('inverted'),
      shown: ({ view }) => view.tab === 'flame',
    }),
    toggle(store, {
      text: 'Callers',
      title: 'The callers of the selected function (C)',
      on: ({ callersOf }) => isSet(callersOf),
      act: () => actions.toggleCallers(),
      enabled: ({ view }) => view.selectedFunction !== null || isSet(view.filter.callersOf),
      shown: ({ view }) => view.tab === 'flame',
    }),
  );
}

function tabList(store: Store, actions: Actions): HTMLElement {
  const tabs = TABS.map(({ tab, text, panel, key, icon: face }) => {
    const button = el(
      'button',
      { class: 'tab', type: 'button', role: 'tab', id: `${panel}-tab`, 'aria-controls': panel, title: `${text} (${key})` },
      icon(face),
      text,
    );
    button.addEventListener('click', () => actions.showTab(tab));
    return button;
  });
  store.subscribe(({ view, base }) =>
    TABS.forEach(({ tab }, at) => {
      markChosen(tabs[at]!, 'aria-selected', view.tab === tab);
      tabs[at]!.hidden = tab === 'hotPaths' && base !== null;
    }),
  );
  return walkable(el('div', { class: 'tabs', role: 'tablist', 'aria-label': 'Views' }, ...tabs), tabs);
}

function stateSwitch(store: Store, actions: Actions): HTMLElement {
  const choices = STATES.map(({ states, text, title }) => {
    const button = el('button', { class: 'choice', type: 'button', role: 'radio', title }, text);
    button.addEventListener('click', () => actions.changeFilter({ states }));
    return button;
  });
  const group = el('div', { class: 'choices', role: 'radiogroup', 'aria-label': 'vCPU state' }, ...choices);
  store.subscribe(({ view, header }) => {
    STATES.forEach(({ states }, at) => markChosen(choices[at]!, 'aria-checked', view.filter.states === states));
    group.hidden = header !== null && header.info === null; // a foreign file knows no states
  });
  return walkable(group, choices);
}

interface Choice {
  readonly id: number;
  readonly text: string;
}

interface SelectParts {
  readonly label: string;
  readonly all: string;
  readonly choices: (model: Model) => readonly Choice[];
  readonly chosen: (filter: ViewFilter) => number | null;
  readonly choose: (id: number | null) => void;
}

/** A list of choices, hidden where there is but one. */
function select(store: Store, { label, all, choices, chosen, choose }: SelectParts): HTMLElement {
  const list = document.createElement('vscode-single-select');
  list.label = label;
  list.className = `select of-${label.toLowerCase()}`;
  list.addEventListener('change', () => choose(list.value === '' ? null : Number(list.value)));
  let shown = '';
  store.subscribe((model) => {
    const known = choices(model);
    list.hidden = known.length < 2;
    const wanted = JSON.stringify(known);
    if (wanted !== shown) {
      shown = wanted;
      list.replaceChildren(option('', all), ...known.map(({ id, text }) => option(String(id), text)));
    }
    const id = chosen(model.view.filter);
    const value = id === null ? '' : String(id);
    if (list.value !== value) list.value = value;
  });
  return list;
}

function option(value: string, text: string): HTMLElement {
  const element = document.createElement('vscode-option');
  element.value = value;
  element.textContent = text;
  return element;
}

interface ToggleParts {
  readonly text: string;
  readonly title: string;
  readonly on: (filter: ViewFilter) => boolean;
  readonly act: () => void;
  readonly shown?: (model: Model) => boolean;
  readonly enabled?: (model: Model) => boolean;
}

function toggle(store: Store, { text, title, on, act, shown, enabled }: ToggleParts): HTMLElement {
  const button = el('button', { class: 'switch', type: 'button', title }, text);
  button.addEventListener('click', act);
  store.subscribe((model) => {
    setAttribute(button, 'aria-pressed', String(on(model.view.filter)));
    button.hidden = shown?.(model) === false;
    button.disabled = enabled?.(model) === false;
  });
  return button;
}
