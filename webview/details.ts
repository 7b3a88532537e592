/** The strip at the foot: everything about the frame under the pointer, or the selected one, at once and always in the same place. */
import type { FrameEvidence } from '../extension/protocol.ts';
import type { Actions } from './actions.ts';
import { changeClasses, frameClasses } from './colours.ts';
import { el, setText } from './dom.ts';
import { factsOf, functionFacts, shownFacts, type FrameFacts } from './facts.ts';
import { formatChange, formatShare, formatWeight } from './format.ts';
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
  let shown: FrameFacts | null = null;
  place.addEventListener('click', (event) => {
    if (!shown) return;
    if (shown.node === null) actions.openFrame(shown.frame, event.altKey);
    else actions.openSource(shown.node, 'hottest', event.altKey);
  });

  store.subscribe((model) => {
    const facts = shownFacts(model);
    shown = facts;
    body.hidden = facts === null;
    hint.hidden = facts !== null;
    if (!facts) {
      setText(hint, hintFor(model));
      return;
    }
    const { frame, compared } = facts;
    swatch.className = `swatch ${compared ? changeClasses(...compared.total) : frameClasses(frame)}`;
    setText(name, visibleText(frame.name));
    setText(marks, marksOf(facts));
    setText(place, fullPlace(frame));
    place.hidden = frame.file === undefined;
    setText(rest, restOf(facts));
    costs.show(facts, model);
  });
  return el('section', { class: 'details', 'aria-label': 'Frame details' }, hint, body);
}

function marksOf({ frame }: FrameFacts): string {
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

function restOf({ frame }: FrameFacts): string {
  const parts = [frame.module, frame.linkageName ?? '', frame.address ?? '', frame.evidence === undefined ? '' : EVIDENCE[frame.evidence]];
  if (frame.file === undefined && frame.category !== 'root') parts.unshift('no source line');
  return parts
    .filter((part) => part !== '')
    .map(visibleText)
    .join(' · ');
}

function hintFor({ hovered, view }: Model): string {
  if (view.tab === 'functions') return view.selectedFunction === null ? 'Select a function to see its costs. Press ? for the keys.' : '';
  if (hovered === null && view.selectedNode === null) return 'Point at a frame to see its costs. Press ? for the keys.';
  return 'The selected frame is not in sight here.';
}

/** Self and total: in the profile's unit, as a share of all, and of the zoomed part where there is one; in a comparison before, after, and the change. */
function costTable(): { element: HTMLElement; show(facts: FrameFacts, model: Model): void } {
  const heads = [el('th'), el('th'), el('th')];
  const rows = (['Self', 'Total'] as const).map((label) => {
    const cells = [el('td'), el('td'), el('td')];
    return { cells, row: el('tr', {}, el('th', {}, label), ...cells) };
  });
  const element = el(
    'table',
    { class: 'costs' },
    el('thead', {}, el('tr', {}, el('td'), ...heads)),
    el('tbody', {}, ...rows.map(({ row }) => row)),
  );
  const show = (facts: FrameFacts, model: Model): void => {
    const texts = facts.compared ? comparedCosts(facts.compared) : costsOf(facts, model);
    [heads, rows[0]!.cells, rows[1]!.cells].forEach((cells, line) =>
      cells.forEach((cell, at) => {
        setText(cell, texts[line]![at] ?? '');
        cell.hidden = texts[line]![at] === undefined;
      }),
    );
  };
  return { element, show };
}

/** Three lines: the heads, self, total. */
function costsOf({ node, self, total }: FrameFacts, { index, functions, hotPaths, header }: Model): string[][] {
  const all = (node === null ? functions?.grandTotal : (index?.table.grandTotal ?? hotPaths?.grandTotal)) ?? 0;
  const zoomed = node !== null && index && index.rootRow > 0 ? index.table.total[index.rootRow]! : null;
  const unit = header?.unit ?? 'samples';
  const line = (weight: number): string[] => [
    formatWeight(weight, unit),
    formatShare(weight, all),
    // A caller of the zoomed frame holds more than the zoom: a share of it would say nothing.
    ...(zoomed === null ? [] : [weight > zoomed ? '–' : formatShare(weight, zoomed)]),
  ];
  return [['', 'of all', ...(zoomed === null ? [] : ['of zoom'])], line(self), line(total)];
}

function comparedCosts({ self, total }: NonNullable<FrameFacts['compared']>): string[][] {
  const line = ([before, after]: readonly [number, number]): string[] => [
    formatShare(before, 1),
    formatShare(after, 1),
    formatChange(before, after),
  ];
  return [['before', 'after', 'change of all'], line(self), line(total)];
}

/** Says what is selected aloud while the keyboard walks. */
export function announcer(store: Store, walking: () => boolean): HTMLElement {
  const region = el('div', { class: 'visually-hidden', 'aria-live': 'polite' });
  store.subscribe((model, before) => {
    const { selectedNode, selectedFunction, tab } = model.view;
    if (!walking()) return;
    if (tab === 'functions') {
      if (selectedFunction === null || selectedFunction === before?.view.selectedFunction) return;
      const facts = functionFacts(model, selectedFunction);
      if (facts) setText(region, spoken(facts, model));
    } else if (selectedNode !== null && selectedNode !== before?.view.selectedNode) {
      const facts = factsOf(model, selectedNode);
      if (facts) setText(region, spoken(facts, model));
    }
  });
  return region;
}

function spoken(facts: FrameFacts, { index, functions, hotPaths }: Model): string {
  const { compared, frame } = facts;
  const all = (facts.node === null ? functions?.grandTotal : (index?.table.grandTotal ?? hotPaths?.grandTotal)) ?? 0;
  const costs = compared
    ? [`total ${formatShare(compared.total[0], 1)} before, ${formatShare(compared.total[1], 1)} after`]
    : [`total ${formatShare(facts.total, all)}`, `self ${formatShare(facts.self, all)}`];
  const parts = [visibleText(frame.name), ...costs];
  if (frame.file !== undefined) parts.push(fullPlace(frame));
  const marks = marksOf(facts);
  if (marks !== '') parts.push(marks);
  return parts.join(', ');
}
