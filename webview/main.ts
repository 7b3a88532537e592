/** The page: its parts, put together. The webview holds only what it shows; the profile is the engine's. */
import './styles/page.css';
import './styles/colours.css';
import './styles/header.css';
import './styles/controls.css';
import './styles/flame.css';
import './styles/functions.css';
import './styles/heatMap.css';
import './styles/hotPaths.css';
import './styles/details.css';
import './styles/overlays.css';
import type { ToView } from '../extension/protocol.ts';
import { Actions } from './actions.ts';
import { banner } from './banner.ts';
import { announcer, details } from './details.ts';
import { el } from './dom.ts';
import { emptyState } from './emptyState.ts';
import { Flame } from './flame/flame.ts';
import { flameMouse } from './flame/flameMouse.ts';
import { FunctionTable } from './functions/functionTable.ts';
import { neighbours } from './functions/neighbours.ts';
import { header } from './header.ts';
import { HeatMapStrip } from './heatMap/heatMap.ts';
import { HotPaths } from './hotPaths/hotPaths.ts';
import { keyHelp } from './keyHelp.ts';
import { bindings, listen, type Binding } from './keys.ts';
import { legend } from './legend.ts';
import { Menu } from './menu.ts';
import { connectHost } from './messages.ts';
import { tellSelection } from './selection.ts';
import { navigation } from './navigation.ts';
import { Requests } from './requests.ts';
import { searchBox } from './searchBox.ts';
import { Store } from './store.ts';
import { filterBar, tabBar, TABS } from './toolbar.ts';
import { restoreViewState } from './viewState.ts';

const app = document.getElementById('app');
if (!app) throw new Error('The page has no element with the id app to draw into');

const inbox: { receive(message: ToView): void } = { receive: () => undefined };
const channel = connectHost((message) => inbox.receive(message));
const store = new Store(restoreViewState(channel.kept(), app.dataset['flipped'] !== undefined));
const actions = new Actions(store, channel);
const requests = new Requests(
  store,
  (message) => channel.post(message),
  (node) => actions.reveal(node),
);
inbox.receive = (message) => requests.receive(message);

const menu = new Menu(store, actions);
const flame = new Flame(store, (widthPx) => requests.resized(widthPx));
const functions = new FunctionTable(store, actions, menu, (rows) => requests.scrolled(rows));
const hotPaths = new HotPaths(store, actions, menu);
const heatMap = new HeatMapStrip(store, actions);
const focusView = (): void => {
  const { tab } = store.model.view;
  if (tab === 'flame') flame.tree.focus();
  else if (tab === 'functions') functions.element.focus();
  else hotPaths.tree.querySelector<HTMLElement>('[tabindex="0"]')?.focus();
};
const search = searchBox(store, actions, focusView);
let table: readonly Binding[] = [];
const help = keyHelp(() => table);
table = bindings(store, actions, {
  focusSearch: () => search.focus(),
  showKeys: () => help.show(),
  showHeatMap: () => {
    actions.toggleHeatMap();
    if (store.model.view.heatMap) heatMap.map.focus();
    else focusView();
  },
  openMenu: () => {
    const { selectedNode } = store.model.view;
    const place = selectedNode === null ? null : flame.placeOf(selectedNode);
    if (selectedNode !== null && place) menu.openNode(selectedNode, Math.max(0, place.left) + 8, place.bottom);
  },
});
flameMouse(flame, store, actions, menu);
listen(table, flame.tree);
flame.tree.addEventListener('focus', () => {
  // A frame to start from, for those who come by the keyboard.
  if (flame.tree.matches(':focus-visible') && store.model.view.selectedNode === null) actions.step('root');
});

const panel = (id: string, ...content: HTMLElement[]): HTMLElement =>
  el('div', { class: 'panel', role: 'tabpanel', id, 'aria-labelledby': `${id}-tab` }, ...content);
const panels = {
  flame: panel('panel-flame', flame.element),
  functions: panel('panel-functions', el('div', { class: 'functions' }, functions.element, neighbours(store, actions, menu))),
  hotPaths: panel('panel-hot-paths', hotPaths.element),
};
app.append(
  header(store, actions),
  banner(store, actions),
  tabBar(store, actions, search.element),
  filterBar(store, actions),
  heatMap.element,
  navigation(store, actions, { summary: hotPaths.summary, found: search.found, showKeys: () => help.show() }),
  el('main', { class: 'panels' }, panels.flame, panels.functions, panels.hotPaths, emptyState(store, actions)),
  legend(store),
  details(store, actions),
  announcer(store, () => document.activeElement === flame.tree || document.activeElement === functions.element),
  menu.element,
  help.element,
);
store.subscribe((model, before) => {
  const { view, base } = model;
  for (const { tab } of TABS) panels[tab].hidden = view.tab !== tab;
  if (base && view.tab === 'hotPaths') actions.showTab('flame'); // kept by the profile that stood here before
  if (before && view !== before.view) channel.keep(view);
  tellSelection(channel, model, before);
});
channel.post({ type: 'ready' });
