/** The page: its parts, put together. The webview holds only what it shows; the profile is the engine's. */
import './styles/page.css';
import './styles/colours.css';
import './styles/header.css';
import './styles/controls.css';
import './styles/flame.css';
import './styles/hotPaths.css';
import './styles/details.css';
import './styles/overlays.css';
import type { ToView } from '../extension/protocol.ts';
import { Actions } from './actions.ts';
import { banner } from './banner.ts';
import { announcer, details } from './details.ts';
import { el } from './dom.ts';
import { emptyState } from './emptyState.ts';
import { Flame } from './flame.ts';
import { flameMouse } from './flameMouse.ts';
import { header } from './header.ts';
import { HotPaths } from './hotPaths.ts';
import { keyHelp } from './keyHelp.ts';
import { bindings, listen, type Binding } from './keys.ts';
import { legend } from './legend.ts';
import { Menu } from './menu.ts';
import { connectHost } from './messages.ts';
import { navigation } from './navigation.ts';
import { Requests } from './requests.ts';
import { searchBox } from './searchBox.ts';
import { Store } from './store.ts';
import { TABS, toolbar } from './toolbar.ts';
import { restoreViewState } from './viewState.ts';

const app = document.getElementById('app');
if (!app) throw new Error('The page has no element with the id app to draw into');

const inbox: { receive(message: ToView): void } = { receive: () => undefined };
const channel = connectHost((message) => inbox.receive(message));
const store = new Store(restoreViewState(channel.kept()));
const actions = new Actions(store, channel);
const requests = new Requests(store, (message) => channel.post(message));
inbox.receive = (message) => requests.receive(message);

const menu = new Menu(store, actions);
const flame = new Flame(store, (widthPx) => requests.resized(widthPx));
const hotPaths = new HotPaths(store, actions, menu);
const leaveSearch = (): void =>
  store.model.view.tab === 'flame' ? flame.tree.focus() : hotPaths.tree.querySelector<HTMLElement>('[tabindex="0"]')?.focus();
const search = searchBox(store, actions, leaveSearch);
let table: readonly Binding[] = [];
const help = keyHelp(() => table);
table = bindings(store, actions, {
  focusSearch: () => search.focus(),
  showKeys: () => help.show(),
  openMenu: () => {
    const { selectedNode } = store.model.view;
    const place = selectedNode === null ? null : document.getElementById(`frame-${selectedNode}`)?.getBoundingClientRect();
    if (selectedNode !== null && place) menu.open(selectedNode, Math.max(0, place.left) + 8, place.bottom);
  },
});
flameMouse(flame, actions, menu);
listen(table, flame.tree);
flame.tree.addEventListener('focus', () => {
  // A frame to start from, for those who come by the keyboard.
  if (flame.tree.matches(':focus-visible') && store.model.view.selectedNode === null) actions.step('root');
});

const panels = {
  flame: el('div', { class: 'panel', role: 'tabpanel', id: 'panel-flame', 'aria-labelledby': 'panel-flame-tab' }, flame.element),
  hotPaths: el(
    'div',
    { class: 'panel', role: 'tabpanel', id: 'panel-hot-paths', 'aria-labelledby': 'panel-hot-paths-tab' },
    hotPaths.element,
  ),
};
app.append(
  header(store, actions),
  banner(store, actions),
  toolbar(store, actions, search.element),
  navigation(store, actions, { summary: hotPaths.summary, found: search.found, showKeys: () => help.show() }),
  el('main', { class: 'panels' }, panels.flame, panels.hotPaths, emptyState(store, actions)),
  legend(store),
  details(store, actions),
  announcer(store, () => document.activeElement === flame.tree),
  menu.element,
  help.element,
);
store.subscribe(({ view }, before) => {
  for (const { tab } of TABS) panels[tab].hidden = view.tab !== tab;
  if (before && view !== before.view) channel.keep(view);
});
channel.post({ type: 'ready' });
