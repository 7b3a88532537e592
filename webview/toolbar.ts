/** Tabs, and the switches that say which samples count. */
import type { ViewFilter } from '../extension/protocol.ts';
import type { Actions } from './actions.ts';
import { el, icon, ICONS, setAttribute } from './dom.ts';
import type { Store } from './store.ts';

export type Tab = 'flame' | 'hotPaths';

export const TABS: readonly { readonly tab: Tab; readonly text: string; readonly panel: string; readonly key: string }[] = [
  { tab: 'flame', text: 'Flame Graph', panel: 'panel-flame', key: '1' },
  { tab: 'hotPaths', text: 'Hot Paths', panel: 'panel-hot-paths', key: '2' },
];

const STATES: readonly { readonly states: ViewFilter['states']; readonly text: string; readonly title: string }[] = [
  { states: 'all', text: 'All', title: 'Every sample' },
  { states: 'on-cpu', text: 'On-CPU', title: 'Samples taken while the vCPU was running or runnable' },
  { states: 'blocked', text: 'Blocked', title: 'Samples taken while the vCPU was blocked' },
];

export function toolbar(store: Store, actions: Actions, search: HTMLElement): HTMLElement {
  const filters = el('div', { class: 'filters' }, stateSwitch(store, actions), vcpuSelect(store, actions));
  return el('div', { class: 'toolbar' }, tabList(store, actions), filters, search);
}

function tabList(store: Store, actions: Actions): HTMLElement {
  const tabs = TABS.map(({ tab, text, panel, key }) => {
    const face = icon(tab === 'flame' ? ICONS.flame : ICONS.list);
    const button = el(
      'button',
      { class: 'tab', type: 'button', role: 'tab', id: `${panel}-tab`, 'aria-controls': panel, title: `${text} (${key})` },
      face,
      text,
    );
    button.addEventListener('click', () => actions.showTab(tab));
    return button;
  });
  store.subscribe(({ view }) => TABS.forEach(({ tab }, at) => markChosen(tabs[at]!, 'aria-selected', view.tab === tab)));
  return walkable(el('div', { class: 'tabs', role: 'tablist', 'aria-label': 'Views' }, ...tabs), tabs);
}

function stateSwitch(store: Store, actions: Actions): HTMLElement {
  const choices = STATES.map(({ states, text, title }) => {
    const button = el('button', { class: 'choice', type: 'button', role: 'radio', title }, text);
    button.addEventListener('click', () => actions.setFilter({ ...store.model.view.filter, states }));
    return button;
  });
  const group = el('div', { class: 'choices', role: 'radiogroup', 'aria-label': 'vCPU state' }, ...choices);
  store.subscribe(({ view, header }) => {
    STATES.forEach(({ states }, at) => markChosen(choices[at]!, 'aria-checked', view.filter.states === states));
    group.hidden = header !== null && header.info === null; // a foreign file knows no states
  });
  return walkable(group, choices);
}

function vcpuSelect(store: Store, actions: Actions): HTMLElement {
  const select = document.createElement('vscode-single-select');
  select.label = 'vCPU';
  select.className = 'vcpus';
  select.addEventListener('change', () => {
    actions.setFilter({ ...store.model.view.filter, vcpu: select.value === '' ? null : Number(select.value) });
  });
  let shown = '';
  store.subscribe(({ header, view }) => {
    const ids = header?.vcpuIds ?? [];
    select.hidden = ids.length < 2;
    if (ids.join() !== shown) {
      shown = ids.join();
      select.replaceChildren(...[null, ...ids].map(vcpuOption));
    }
    const value = view.filter.vcpu === null ? '' : String(view.filter.vcpu);
    if (select.value !== value) select.value = value;
  });
  return select;
}

function vcpuOption(id: number | null): HTMLElement {
  const option = document.createElement('vscode-option');
  option.value = id === null ? '' : String(id);
  option.textContent = id === null ? 'All vCPUs' : `vCPU ${id}`;
  return option;
}

function markChosen(button: HTMLElement, attribute: string, chosen: boolean): void {
  setAttribute(button, attribute, String(chosen));
  button.tabIndex = chosen ? 0 : -1;
}

/** Arrow keys go round the buttons and press the one they come to, as in tab lists and radio groups elsewhere. */
function walkable(group: HTMLElement, buttons: readonly HTMLElement[]): HTMLElement {
  group.addEventListener('keydown', (event) => {
    const step = event.key === 'ArrowRight' ? 1 : event.key === 'ArrowLeft' ? -1 : 0;
    const at = buttons.indexOf(event.target as HTMLElement);
    if (step === 0 || at < 0 || event.altKey || event.ctrlKey || event.metaKey) return;
    const next = buttons[(at + step + buttons.length) % buttons.length]!;
    next.click();
    next.focus();
    event.preventDefault();
    event.stopPropagation();
  });
  return group;
}
