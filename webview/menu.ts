/** The context menu of a frame. Built here because the one of @vscode-elements has no roles that a screen reader could follow. */
import type { Actions } from './actions.ts';
import { el } from './dom.ts';
import type { FrameInfo } from '../extension/protocol.ts';
import { factsOf } from './facts.ts';
import type { Store } from './store.ts';

interface Item {
  readonly text: string;
  readonly keys?: string;
  readonly act: () => void;
  readonly disabled?: boolean;
}

/** Distance kept from the edges of the page. */
const MARGIN_PX = 4;

/** What parts of the view know of the menu. */
export interface FrameMenu {
  /** The menu of a frame, at a place of the window. */
  openNode(node: number, x: number, y: number): void;
  /** The menu of a function as a whole. */
  openFunction(frame: FrameInfo, x: number, y: number): void;
}

export class Menu implements FrameMenu {
  readonly element = el('div', { class: 'menu', role: 'menu', 'aria-label': 'Frame', tabindex: -1 });
  private readonly store: Store;
  private readonly actions: Actions;
  private opener: Element | null = null;

  constructor(store: Store, actions: Actions) {
    this.store = store;
    this.actions = actions;
    this.element.hidden = true;
    this.element.addEventListener('keydown', (event) => this.key(event));
    this.element.addEventListener('focusout', ({ relatedTarget }) => {
      if (!(relatedTarget instanceof Node && this.element.contains(relatedTarget))) this.close();
    });
    this.element.addEventListener('contextmenu', (event) => event.preventDefault());
  }

  get isOpen(): boolean {
    return !this.element.hidden;
  }

  openNode(node: number, x: number, y: number): void {
    const facts = factsOf(this.store.model, node);
    if (facts) this.open([...this.openers(facts.frame, node), null, ...this.zooms(node), null, ...this.shared(facts.frame, node)], x, y);
  }

  openFunction(frame: FrameInfo, x: number, y: number): void {
    this.open([...this.openers(frame, null), null, ...this.shared(frame, null)], x, y);
  }

  /** Opens at a place of the page, in CSS pixels, moved so that all of it can be seen. */
  private open(items: readonly (Item | null)[], x: number, y: number): void {
    this.opener = document.activeElement;
    this.element.replaceChildren(
      ...items.map((item) => (item === null ? el('div', { class: 'menu-line', role: 'separator' }) : this.row(item))),
    );
    this.element.hidden = false;
    const { width, height } = this.element.getBoundingClientRect();
    this.element.style.left = `${Math.max(MARGIN_PX, Math.min(x, window.innerWidth - width - MARGIN_PX))}px`;
    this.element.style.top = `${Math.max(MARGIN_PX, Math.min(y, window.innerHeight - height - MARGIN_PX))}px`;
    this.rows()[0]?.focus();
  }

  close(): void {
    if (!this.isOpen) return;
    const hadFocus = this.element.contains(document.activeElement);
    this.element.hidden = true;
    if (hadFocus && this.opener instanceof HTMLElement) this.opener.focus();
  }

  private openers(frame: FrameInfo, node: number | null): Item[] {
    const { actions, store } = this;
    const disabled = frame.file === undefined;
    const open = (aside: boolean): void => (node === null ? actions.openFrame(frame, aside) : actions.openSource(node, 'hottest', aside));
    const items: Item[] = [
      { text: 'Open Source', keys: 'Ctrl+Enter', act: () => open(false), disabled },
      { text: 'Open Source to the Side', keys: 'Ctrl+Alt+Enter', act: () => open(true), disabled },
    ];
    if (node === null || store.model.base) return items;
    return [...items, { text: 'Open Call Site', act: () => actions.openSource(node, 'callSite', false), disabled: isRoot(frame) }];
  }

  private zooms(node: number): Item[] {
    const { actions, store } = this;
    return [
      { text: 'Zoom to Frame', keys: 'Enter', act: () => this.zoom(node) },
      { text: 'Reset Zoom', keys: '0', act: () => actions.resetZoom(), disabled: store.model.view.rootNode === 0 },
    ];
  }

  private shared(frame: FrameInfo, node: number | null): (Item | null)[] {
    const { actions, store } = this;
    const disabled = isRoot(frame);
    const noCode = disabled || store.model.base !== null || frame.unresolved === true || frame.truncated === true;
    const stack = { text: 'Copy Stack', act: () => actions.copyStack(node!), disabled };
    return [
      { text: 'Focus on Function', act: () => actions.focus(frame), disabled },
      { text: 'Show Callers', keys: 'C', act: () => actions.showCallers(frame), disabled },
      { text: 'Hide Function', act: () => actions.hideFunction(frame), disabled },
      { text: 'Hide Module', act: () => actions.hideModule(frame), disabled: disabled || frame.module === '' },
      { text: 'Show Assembly', act: () => actions.showAssembly(frame), disabled: noCode },
      null,
      { text: 'Copy Name', keys: 'Ctrl+C', act: () => actions.copy(frame.name) },
      ...(node === null ? [] : [stack]),
      { text: 'Copy Link to Source', act: () => actions.copyLink(frame), disabled: frame.file === undefined },
    ];
  }

  private zoom(node: number): void {
    if (this.store.model.view.tab === 'hotPaths') this.actions.showInGraph(node);
    else this.actions.zoomTo(node);
  }

  private row({ text, keys, act, disabled }: Item): HTMLElement {
    const hint = keys === undefined ? null : el('span', { class: 'menu-keys', 'aria-hidden': 'true' }, keys);
    const button = el('button', { class: 'menu-item', type: 'button', role: 'menuitem', tabindex: -1 }, el('span', {}, text), hint);
    button.disabled = disabled === true;
    // pointerenter also comes to a pointer at rest when the menu opens under it, and would take the focus from the keyboard.
    button.addEventListener('pointermove', () => button.focus());
    button.addEventListener('click', () => {
      this.close();
      act();
    });
    return button;
  }

  private rows(): HTMLButtonElement[] {
    return [...this.element.querySelectorAll<HTMLButtonElement>('.menu-item:enabled')];
  }

  private key(event: KeyboardEvent): void {
    const rows = this.rows();
    const at = rows.indexOf(document.activeElement as HTMLButtonElement);
    const to = { ArrowDown: (at + 1) % rows.length, ArrowUp: (at - 1 + rows.length) % rows.length, Home: 0, End: rows.length - 1 }[
      event.key
    ];
    if (to !== undefined) rows[to]?.focus();
    else if (event.key === 'Escape' || event.key === 'Tab') this.close();
    else if (event.key !== 'Enter' && event.key !== ' ') return event.stopPropagation();
    else rows[at]?.click();
    event.preventDefault();
    event.stopPropagation();
  }
}

function isRoot(frame: FrameInfo): boolean {
  return frame.category === 'root';
}
