/** The keyboard: one table says what each key does, where, and what the list of keys tells of it. */
import type { Actions } from './actions.ts';
import { factsOf } from './facts.ts';
import type { Store } from './store.ts';

/** `anywhere`: also while a text field has the focus. `page`: not then. `graph`: while the flame graph has it, or nothing. */
type Where = 'anywhere' | 'page' | 'graph';

export interface Binding {
  /** Chords as `chordOf` writes them. */
  readonly chords: readonly string[];
  readonly where: Where;
  /** How the list of keys shows them; absent: not listed (a second way to do the same). */
  readonly shown?: string;
  readonly text: string;
  readonly act: () => void;
}

export interface KeyTargets {
  focusSearch(): void;
  showKeys(): void;
  /** Shows the heat map and gives it the focus, or hides it. */
  showHeatMap(): void;
  /** The context menu of the selected frame. */
  openMenu(): void;
}

export function bindings(store: Store, actions: Actions, targets: KeyTargets): Binding[] {
  const onSelected = (act: (node: number) => void) => (): void => {
    const { selectedNode } = store.model.view;
    if (selectedNode !== null) act(selectedNode);
  };
  const down = (): void => actions.step(store.model.view.flipped ? 'out' : 'in');
  const up = (): void => actions.step(store.model.view.flipped ? 'in' : 'out');
  return [
    { chords: ['Down', 'S'], where: 'graph', shown: '↓ ↑', text: 'To the heaviest callee, to the caller (also S, W)', act: down },
    { chords: ['Up', 'W'], where: 'graph', text: 'To the caller', act: up },
    { chords: ['Left', 'A'], where: 'graph', shown: '← →', text: 'To the neighbour (also A, D)', act: () => actions.step('before') },
    { chords: ['Right', 'D'], where: 'graph', text: 'To the next neighbour', act: () => actions.step('after') },
    { chords: ['Home'], where: 'graph', shown: 'Home', text: 'To the zoomed frame', act: () => actions.step('root') },
    { chords: ['End'], where: 'graph', shown: 'End', text: 'To the end of the heaviest chain', act: () => actions.step('hottest') },
    {
      chords: ['Enter', '+'],
      where: 'graph',
      shown: 'Enter or +',
      text: 'Zoom to the selected frame',
      act: onSelected((node) => actions.zoomTo(node)),
    },
    { chords: ['-', 'Backspace'], where: 'graph', shown: '−', text: 'Zoom out by one frame', act: () => actions.zoomOut() },
    { chords: ['0'], where: 'page', shown: '0', text: 'Reset the zoom', act: () => actions.resetZoom() },
    { chords: ['Escape'], where: 'page', shown: 'Esc', text: 'Reset the zoom, then the selection', act: () => actions.leave() },
    {
      chords: ['Alt+Left'],
      where: 'page',
      shown: 'Alt+← Alt+→',
      text: 'Back and forward through zooms, filters and ranges of time',
      act: () => actions.back(),
    },
    { chords: ['Alt+Right'], where: 'page', text: 'Forward', act: () => actions.forward() },
    {
      chords: ['Mod+Enter'],
      where: 'graph',
      shown: 'Ctrl+Enter',
      text: 'Open the source (also Ctrl+click)',
      act: onSelected((node) => actions.openSource(node, 'hottest', false)),
    },
    {
      chords: ['Mod+Alt+Enter'],
      where: 'graph',
      shown: 'Ctrl+Alt+Enter',
      text: 'Open the source to the side (also Ctrl+Alt+click)',
      act: onSelected((node) => actions.openSource(node, 'hottest', true)),
    },
    {
      chords: ['Shift+F10', 'ContextMenu'],
      where: 'graph',
      shown: 'Shift+F10',
      text: 'Menu of the selected frame',
      act: () => targets.openMenu(),
    },
    {
      chords: ['Mod+F', '/'],
      where: 'page',
      shown: 'Ctrl+F or /',
      text: 'Search; Enter and Shift+Enter step through matches',
      act: () => targets.focusSearch(),
    },
    { chords: ['Mod+F'], where: 'anywhere', text: 'Search', act: () => targets.focusSearch() },
    { chords: ['1'], where: 'page', shown: '1 2 3', text: 'Flame graph, functions, hot paths', act: () => actions.showTab('flame') },
    { chords: ['2'], where: 'page', text: 'Functions', act: () => actions.showTab('functions') },
    { chords: ['3'], where: 'page', text: 'Hot paths', act: () => actions.showTab('hotPaths') },
    { chords: ['T'], where: 'page', shown: 'T', text: 'Time heat map', act: () => targets.showHeatMap() },
    { chords: ['I'], where: 'page', shown: 'I', text: 'Invert: leaves first', act: () => actions.toggleFilter('inverted') },
    { chords: ['C'], where: 'page', shown: 'C', text: 'Callers of the selected function', act: () => actions.toggleCallers() },
    { chords: ['R'], where: 'page', shown: 'R', text: 'Collapse recursion', act: () => actions.toggleFilter('collapseRecursion') },
    { chords: ['L'], where: 'page', shown: 'L', text: 'Hide library frames', act: () => actions.toggleFilter('hideLibrary') },
    {
      chords: ['Mod+C'],
      where: 'graph',
      shown: 'Ctrl+C',
      text: 'Copy the name of the selected frame',
      act: onSelected((node) => actions.copy(factsOf(store.model, node)?.frame.name ?? '')),
    },
    { chords: ['N'], where: 'page', shown: 'N P', text: 'Next and previous vCPU', act: () => actions.cycleVcpu(1) },
    { chords: ['P'], where: 'page', text: 'Previous vCPU', act: () => actions.cycleVcpu(-1) },
    { chords: ['?'], where: 'page', shown: '?', text: 'This list', act: () => targets.showKeys() },
  ];
}

/** `Mod+Alt+Enter`, `Left`, `W`, `?`. Mod is Ctrl, or Cmd on a Mac. Letters by their place on the keyboard, signs by what they are. */
export function chordOf(event: Pick<KeyboardEvent, 'key' | 'code' | 'ctrlKey' | 'metaKey' | 'altKey' | 'shiftKey'>): string {
  const letter = /^Key([A-Z])$/.exec(event.code)?.[1];
  const isSign = letter === undefined && event.key.length === 1;
  const parts: string[] = [];
  if (event.ctrlKey || event.metaKey) parts.push('Mod');
  if (event.altKey) parts.push('Alt');
  if (event.shiftKey && !isSign) parts.push('Shift');
  parts.push(letter ?? event.key.replace(/^Arrow/, ''));
  return parts.join('+');
}

/**
 * Runs what is bound to a key, and keeps the key from VS Code, which would take Alt+Left for its own: a webview hands on what reaches its
 * window.
 */
export function listen(table: readonly Binding[], graph: Element): void {
  document.addEventListener('keydown', (event) => {
    const [target] = event.composedPath();
    // A list of choices has keys of its own, Esc among them.
    const typing = target instanceof HTMLInputElement || (target instanceof Element && target.closest('[role=combobox]') !== null);
    const onGraph = document.activeElement === graph || document.activeElement === document.body;
    const inReach = { anywhere: true, page: !typing, graph: onGraph && graph.checkVisibility() };
    const chord = chordOf(event);
    const bound = table.find(({ chords, where }) => inReach[where] && chords.includes(chord));
    if (!bound) return;
    event.preventDefault();
    event.stopPropagation();
    bound.act();
  });
}
