/** Building elements. Text goes in as text: nothing here reads HTML. */
import { divided } from './names.ts';

type Child = Node | string | null;

interface Attributes {
  readonly class?: string;
  readonly id?: string;
  readonly role?: string;
  readonly slot?: string;
  readonly title?: string;
  readonly type?: string;
  readonly tabindex?: number;
  readonly [name: `aria-${string}` | `data-${string}`]: string | number | boolean;
}

export function el<Name extends keyof HTMLElementTagNameMap>(
  name: Name,
  attributes: Attributes = {},
  ...children: Child[]
): HTMLElementTagNameMap[Name] {
  const element = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, String(value));
  element.append(...children.filter((child) => child !== null));
  return element;
}

/** Sets text only where it differs, so that a selection or a screen reader is not disturbed by an update that changes nothing. */
export function setText(element: Element, text: string): void {
  if (element.textContent !== text) element.textContent = text;
}

/** As `setText`, for a name that is cut in its middle where there is no room for it (`.elided` in page.css); it is heard as one word all the same. */
export function setName(element: Element, name: string): void {
  if (element.textContent === name) return;
  const { beginning, ending } = divided(name);
  const giving = el('span', { class: 'elided' }, beginning);
  giving.style.maxWidth = `calc(100% - ${ending.length}ch)`;
  // whole characters leave no gap behind the ellipsis, and a part of a pixel makes up for what is rounded; Chromium knows how from 125 on
  giving.style.maxWidth = `calc(round(down, 100% - ${ending.length}ch, 1ch) + 0.4px)`;
  element.replaceChildren(...(beginning === '' ? [] : [giving]), ending);
  setAttribute(element, 'role', beginning === '' ? null : 'text');
  setAttribute(element, 'aria-label', beginning === '' ? null : name);
}

export function setAttribute(element: Element, name: string, value: string | null): void {
  if (element.getAttribute(name) === value) return;
  if (value === null) element.removeAttribute(name);
  else element.setAttribute(name, value);
}

/** A 16-pixel outline icon from the `d` of a path. */
export function icon(path: string): SVGSVGElement {
  const svg = svgEl('svg', { viewBox: '0 0 16 16', width: 16, height: 16, class: 'icon', 'aria-hidden': 'true' });
  svg.append(svgEl('path', { d: path }));
  return svg;
}

export function svgEl<Name extends keyof SVGElementTagNameMap>(
  name: Name,
  attributes: Readonly<Record<string, string | number>> = {},
  ...children: Node[]
): SVGElementTagNameMap[Name] {
  const element = document.createElementNS('http://www.w3.org/2000/svg', name);
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, String(value));
  element.append(...children);
  return element;
}

/** A flat button of a toolbar, with an icon or a short text, and its name as a tooltip. */
export function toolButton(label: string, face: Node | string, act: () => void, keys = ''): HTMLButtonElement {
  const button = el(
    'button',
    { class: 'tool', type: 'button', title: keys === '' ? label : `${label} (${keys})`, 'aria-label': label },
    face,
  );
  button.addEventListener('click', act);
  return button;
}

export function markChosen(button: HTMLElement, attribute: string, chosen: boolean): void {
  setAttribute(button, attribute, String(chosen));
  button.tabIndex = chosen ? 0 : -1;
}

/** Arrow keys go round the buttons and press the one they come to, as in tab lists and radio groups elsewhere. */
export function walkable(group: HTMLElement, buttons: readonly HTMLElement[]): HTMLElement {
  group.addEventListener('keydown', (event) => {
    const shown = buttons.filter((button) => !button.hidden);
    const step = event.key === 'ArrowRight' ? 1 : event.key === 'ArrowLeft' ? -1 : 0;
    const at = shown.indexOf(event.target as HTMLElement);
    if (step === 0 || at < 0 || event.altKey || event.ctrlKey || event.metaKey) return;
    const next = shown[(at + step + shown.length) % shown.length]!;
    next.click();
    next.focus();
    event.preventDefault();
    event.stopPropagation();
  });
  return group;
}

export const ICONS = {
  back: 'M10 3 5 8l5 5',
  forward: 'm6 3 5 5-5 5',
  reset: 'M2.5 6V2.5H6M13.5 10v3.5H10M10 2.5h3.5V6M6 13.5H2.5V10',
  flip: 'M5 13V3.5M2.5 6 5 3.5 7.5 6M11 3v9.5M8.5 10l2.5 2.5 2.5-2.5',
  up: 'm3 10 5-5 5 5',
  down: 'm3 6 5 5 5-5',
  chevron: 'm6 4 4 4-4 4',
  close: 'm4 4 8 8m0-8-8 8',
  warning: 'M8 2.2 14.3 13.4H1.7ZM8 6.5v3.2M8 11.3v.6',
  error: 'M8 1.8a6.2 6.2 0 1 0 0 12.4A6.2 6.2 0 1 0 8 1.8ZM5.8 5.8l4.4 4.4m0-4.4-4.4 4.4',
  flame: 'M1.5 2.5h13v3h-13zM1.5 6.5h8v3h-8zM1.5 10.5h4v3h-4z',
  list: 'M2 3.5h12M2 8h9M2 12.5h6',
  table: 'M2 3h12v10H2zM2 6.3h12M2 9.6h12M6.5 3v10',
  time: 'M2 13.5h12M3.5 11V8M6.5 11V4M9.5 11V6.5M12.5 11V9.5',
  ascending: 'm4.5 9.5 3.5-4 3.5 4',
  descending: 'm4.5 6.5 3.5 4 3.5-4',
};
