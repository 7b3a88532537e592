/** The strip at the foot: everything about the frame under the pointer, or the selected one, at once and always in the same place. */
import type { FrameEvidence } from '../extension/protocol.ts';
import type { Actions } from './actions.ts';
import { frameClasses } from './colours.ts';
import { el, setText } from './dom.ts';
import { factsOf, type NodeFacts } from './facts.ts';
import { formatShare, formatWeight } from './format.ts';
import { fullPlace, visibleText } from './names.ts';
import type { Model, Store } from './store.ts';

export function details(store: Store, actions: Actions): HTMLElement {
  const swatch = el('span', { class: 'swatch', 'aria-hidden': 'true' });
  const name = el('span', { class: 'details-name' });
  const marks = el('span', { class: 'marks' });
  const place = el('button', { class: 'link', type: 'button' });
  const rest = el('span', { class: 'details-rest' });
  const hint = el('p', { class: 'hint' });
  const costs = costTable();
  const what = el(
    'div',
    { class: 'what' },
    el('div', { class: 'details-title' }, swatch, name, marks),
    el('div', { class: 'details-place' }, place, rest),
  );
  const body = el('div', { class: 'details-body' }, what, costs.element);
  let shown: number | null = null;
  place.addEventListener('click', (event) => {
    if (shown !== null) actions.openSource(shown, 'hottest', event.altKey);
  });

  store.subscribe((model) => {
    const node = model.hovered ?? model.view.selectedNode;
    const facts = node === null ? null : factsOf(model, node);
    shown = facts?.node ?? null;
    body.hidden = facts === null;
    hint.hidden = facts !== null;
    if (!facts) {
      setText(
        hint,
        node === null ? 'Point at a frame to see its costs. Press ? for the keys.' : 'The selected frame is not in sight here.',
      );
      return;
    }
    const { frame } = facts;
    swatch.className = `swatch ${frameClasses(frame)}`;
    setText(name, visibleText(frame.name));
    setText(marks, marksOf(facts));
    setText(place, fullPlace(frame));
    place.hidden = frame.file === undefined;
    setText(rest, restOf(facts));
    costs.show(facts, model);
  });
  return el('section', { class: 'details', 'aria-label': 'Frame details' }, hint, body);
}

function marksOf({ frame }: NodeFacts): string {
  const marks: string[] = [];
  if (frame.inlined === true) marks.push('inlined');
  if (frame.unresolved === true) marks.push('no symbol');
  if (frame.truncated === true) marks.push('callers unknown');
  if (frame.evidence === 'frame-pointer') marks.push('not proved');
  return marks.join(' · ');
}

/** How a frame was found, as a reader may want to know it. */
const EVIDENCE: Readonly<Record<FrameEvidence, string>> = {
  registers: 'seen in the registers',
  cfi: 'found by call frame information',
  'hypercall-page': 'found by Xen’s hypercall stubs',
  instructions: 'found by its callee’s instructions',
  scanned: 'found on the stack, proved by its call',
  'frame-pointer': 'found by frame pointers alone',
};

function restOf({ frame }: NodeFacts): string {
  const parts = [frame.module, frame.linkageName ?? '', frame.address ?? '', frame.evidence === undefined ? '' : EVIDENCE[frame.evidence]];
  if (frame.file === undefined && frame.category !== 'root') parts.unshift('no source line');
  return parts
    .filter((part) => part !== '')
    .map(visibleText)
    .join(' · ');
}

/** Self and total: in the profile's unit, as a share of everything, and of the zoomed part where there is one. */
function costTable(): { element: HTMLElement; show(facts: NodeFacts, model: Model): void } {
  const zoomHead = el('th', { class: 'of-zoom' }, 'of zoom');
  const rows = (['Self', 'Total'] as const).map((label) => {
    const cells = [el('td'), el('td'), el('td', { class: 'of-zoom' })];
    return { cells, row: el('tr', {}, el('th', {}, label), ...cells) };
  });
  const head = el('thead', {}, el('tr', {}, el('td'), el('td'), el('th', {}, 'of all'), zoomHead));
  const element = el('table', { class: 'costs' }, head, el('tbody', {}, ...rows.map(({ row }) => row)));
  const show = ({ self, total }: NodeFacts, { index, hotPaths, header }: Model): void => {
    const all = index?.table.grandTotal ?? hotPaths?.grandTotal ?? 0;
    const zoomed = index && index.rootRow > 0 ? index.table.total[index.rootRow]! : null;
    [self, total].forEach((weight, at) => {
      const [cost, ofAll, ofZoom] = rows[at]!.cells;
      setText(cost!, formatWeight(weight, header?.unit ?? 'samples'));
      setText(ofAll!, formatShare(weight, all));
      // A caller of the zoomed frame holds more than the zoom: a share of it would say nothing.
      setText(ofZoom!, zoomed === null || weight > zoomed ? '–' : formatShare(weight, zoomed));
    });
    element.classList.toggle('is-zoomed', zoomed !== null);
  };
  return { element, show };
}

/** Says the selected frame aloud while the keyboard walks. */
export function announcer(store: Store, walking: () => boolean): HTMLElement {
  const region = el('div', { class: 'visually-hidden', 'aria-live': 'polite' });
  store.subscribe((model, before) => {
    const { selectedNode } = model.view;
    if (selectedNode === null || selectedNode === before?.view.selectedNode || !walking()) return;
    const facts = factsOf(model, selectedNode);
    if (facts) setText(region, spoken(facts, model));
  });
  return region;
}

function spoken(facts: NodeFacts, { index, hotPaths }: Model): string {
  const all = index?.table.grandTotal ?? hotPaths?.grandTotal ?? 0;
  const parts = [visibleText(facts.frame.name), `total ${formatShare(facts.total, all)}`, `self ${formatShare(facts.self, all)}`];
  if (facts.frame.file !== undefined) parts.push(fullPlace(facts.frame));
  const marks = marksOf(facts);
  if (marks !== '') parts.push(marks);
  return parts.join(', ');
}
