/** The context menu of a frame. Built here because the one of @vscode-elements has no roles that a screen reader could follow. */
import type { Actions } from './actions.ts';
import { el } from './dom.ts';
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

export class Menu {
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

  /** Opens at a place of the page, in CSS pixels, moved so that all of it can be seen. */
  open(node: number, x: number, y: number): void {
    this.opener = document.activeElement;
    this.element.replaceChildren(
      ...this.itemsFor(node).map((item) => (item === null ? el('div', { class: 'menu-line', role: 'separator' }) : this.row(item))),
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

  private itemsFor(node: number): (Item | null)[] {
    const { actions, store } = this;
    const facts = factsOf(store.model, node);
    const noSource = facts?.frame.file === undefined;
    const isRoot = facts?.frame.category === 'root';
    return [
      { text: 'Open Source', keys: 'Ctrl+Enter', act: () => actions.openSource(node, 'hottest', false), disabled: noSource },
      { text: 'Open Source to the Side', keys: 'Ctrl+Alt+Enter', act: () => actions.openSource(node, 'hottest', true), disabled: noSource },
      { text: 'Open Call Site', act: () => actions.openSource(node, 'callSite', false), disabled: isRoot },
      null,
      { text: 'Zoom to Frame', keys: 'Enter', act: () => this.zoom(node) },
      { text: 'Reset Zoom', keys: '0', act: () => actions.resetZoom(), disabled: store.model.view.rootNode === 0 },
      null,
      { text: 'Copy Name', act: () => actions.copyName(node) },
      { text: 'Copy Stack', act: () => actions.copyStack(node), disabled: isRoot },
    ];
  }

  private zoom(node: number): void {
    this.actions.showTab('flame');
    this.actions.zoomTo(node);
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
