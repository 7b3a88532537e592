/** The head of the view: what was recorded, how, how well, and what can be done with it. */
import type { ProfileHeader } from '../extension/protocol.ts';
import type { Actions } from './actions.ts';
import { factsOfComparison, widthSwitch } from './comparisonHead.ts';
import { el, setAttribute, setText } from './dom.ts';
import { actionButton } from './elements.ts';
import { warnWhen, type Fact } from './fact.ts';
import { formatCount, formatDuration, formatMoment, formatShare, formatWeight } from './format.ts';
import { elideMiddle, visibleText } from './names.ts';
import { pauseFact, pauseHistogram } from './pauses.ts';
import { isRecording, type Model, type Store } from './store.ts';

/** Shares above which a figure is a reason to doubt the profile. */
const DOUBTFUL_LOST = 0.01;
const DOUBTFUL_UNRESOLVED = 0.1;

export function header(store: Store, actions: Actions): HTMLElement {
  const name = el('h1', { class: 'guest' });
  const where = el('span', { class: 'where' });
  const live = el('span', { class: 'live' }, el('span', { class: 'live-dot', 'aria-hidden': 'true' }), 'Recording');
  const readBar = el('progress', { class: 'reading-bar', 'aria-label': 'Opening' });
  const readText = el('span', { class: 'reading-text' });
  const reading = el('span', { class: 'reading', title: 'The shares are of what has been read so far' }, readBar, readText);
  const buttons = el('div', { class: 'actions' });
  const facts = el('dl', { class: 'facts', 'aria-label': 'Recording' });
  let shownButtons = '';

  store.subscribe((model) => {
    const info = model.header?.info;
    if (model.base) {
      setText(name, 'Comparison');
      setText(where, visibleText(`before: ${model.base.title} · after: ${model.header?.title ?? ''}`));
    } else {
      setText(name, visibleText(info?.guest ?? model.header?.title ?? model.title ?? 'Profile'));
      setText(where, info ? visibleText(whereText(info.host, info.kind, info.xenVersion, info.startedAt)) : '');
    }
    live.hidden = !isRecording(model);
    const read = readShare(model);
    reading.hidden = read === null;
    readBar.value = read ?? 0;
    setText(readText, read === null ? '' : `${formatShare(read, 1)} read`);
    showFacts(facts, model.base && model.header ? factsOfComparison(model.base, model.header) : factsOfRecording(model));
    const wanted = model.base
      ? 'comparison'
      : isRecording(model)
        ? 'live'
        : read !== null
          ? 'opening'
          : !model.header
            ? 'none'
            : info
              ? 'done'
              : 'file';
    if (wanted !== shownButtons) buttons.replaceChildren(...buttonsFor(wanted, actions));
    shownButtons = wanted;
  });
  const figures = el('div', { class: 'figures' }, facts, pauseHistogram(store));
  return el(
    'header',
    { class: 'head' },
    el('div', { class: 'title-row' }, name, where, live, reading, buttons),
    figures,
    widthSwitch(store, actions),
  );
}

function whereText(host: string, kind: string, xen: string | null, startedAt: string): string {
  return [`on ${host}`, kind === 'unknown' ? null : kind.toUpperCase(), xen === null ? null : `Xen ${xen}`, formatMoment(startedAt)]
    .filter((part) => part !== null)
    .join(' · ');
}

/** How much of the file that is shown has been read; null where all of it has been. */
function readShare({ header, opening }: Model): number | null {
  if (header?.loading === undefined) return null;
  const told = opening?.stage === 'parsing' && opening.total > 0 ? opening.done / opening.total : 0;
  return Math.max(header.loading, told);
}

function buttonsFor(state: 'opening' | 'live' | 'none' | 'done' | 'file' | 'comparison', actions: Actions): HTMLElement[] {
  switch (state) {
    case 'live': {
      const stop = actionButton('Stop', () => end('stop'));
      const cancel = actionButton('Cancel', () => end('cancel'), true);
      stop.title = 'End the recording and keep what was collected';
      cancel.title = 'End the recording and drop what was collected';
      const end = (command: 'stop' | 'cancel'): void => {
        stop.disabled = cancel.disabled = true; // until the host says that it has ended
        actions.command(command);
      };
      return [stop, cancel];
    }
    case 'done': {
      const again = actionButton('Again', () => actions.command('again'), true);
      again.title = 'Record the same guest again with the same settings';
      return [again, compareButton(actions), exportButton(actions), saveButton(actions)];
    }
    case 'file':
      return [compareButton(actions), exportButton(actions), saveButton(actions)];
    case 'opening': {
      const cancel = actionButton('Cancel', () => actions.command('cancel'), true);
      cancel.title = 'Stop reading and close the capture';
      return [cancel];
    }
    case 'comparison':
      return [swapButton(actions), exportButton(actions)];
    case 'none':
      return [];
  }
}

function saveButton(actions: Actions): HTMLElement {
  const save = actionButton('Save…', () => actions.command('save'), true);
  save.title = 'Save the capture as a pprof file';
  return save;
}

function compareButton(actions: Actions): HTMLElement {
  const compare = actionButton('Compare…', () => actions.command('compare'), true);
  compare.title = 'Hold this capture against another one';
  return compare;
}

function swapButton(actions: Actions): HTMLElement {
  const swap = actionButton('Swap', () => actions.command('swap'), true);
  swap.title = 'Take what is before for what is after, and the other way round';
  return swap;
}

function exportButton(actions: Actions): HTMLElement {
  const button = actionButton('Export…', () => actions.command('export'), true);
  button.title = 'Write what is shown for other tools, or as a picture';
  return button;
}

function factsOfRecording(model: Model): Fact[] {
  const { header, status } = model;
  const live = isRecording(model) ? status : null; // fresher than the header while it runs
  if (!header && !live) return [];
  const info = header?.info ?? null;
  const durationMs = live?.elapsedMs ?? header?.durationMs ?? 0;
  const samples = Math.max(header?.samples ?? 0, live?.samples ?? 0);
  const lost = live?.lost ?? header?.lost ?? 0;
  const recorded = info !== null || live !== null;
  return [
    { label: 'Duration', text: recorded || durationMs > 0 ? formatDuration(durationMs) : null },
    { label: 'Samples', text: formatCount(samples) },
    rateFact(model),
    { label: 'vCPUs', text: info && info.vcpus > 0 ? formatCount(info.vcpus) : null },
    {
      label: 'On CPU',
      text: recorded && header ? formatShare(header.onCpuSamples, header.samples) : null,
      title: 'Share of samples taken while the vCPU was running or runnable',
    },
    {
      label: 'Lost',
      text: recorded ? (lost === 0 ? '0' : `${formatCount(lost)} (${formatShare(lost, samples + lost)})`) : null,
      title: 'Samples that could not be taken or sent',
      ...warnWhen(lost > DOUBTFUL_LOST * (samples + lost)),
    },
    unresolvedFact(model),
    pauseFact(live?.pause ?? header?.pause ?? null, durationMs),
    symbolsFact(header),
  ];
}

function unresolvedFact({ header, index }: Model): Fact {
  const label = 'Unresolved';
  if (!header) return { label, text: null };
  const whole = header.unit === 'samples' ? header.samples : (index?.table.grandTotal ?? 0);
  return {
    label,
    text: formatShare(header.unresolved, whole),
    title: `Samples whose innermost frame has no name: ${formatWeight(header.unresolved, header.unit)}`,
    ...warnWhen(header.unresolved > DOUBTFUL_UNRESOLVED * whole),
  };
}

const verdicts = { proved: 'proved', mismatch: 'not the guest’s', unchecked: 'not checked' } as const;

const LONGEST_SYMBOLS = 28;

function symbolsFact(header: ProfileHeader | null): Fact {
  const label = 'Symbols';
  if (!header) return { label, text: null };
  const { symbols, proof } = header;
  if (!proof) return { label, text: visibleText(symbols), title: visibleText(symbols) };
  const slide = proof.slide === undefined ? '' : `, loaded ${proof.slide} from where it was linked`;
  return {
    label,
    // the verdict must be seen, and so must the end of a path
    text: joined([elideMiddle(symbols, LONGEST_SYMBOLS), verdicts[proof.verdict]], ' · '),
    title: joined([symbols, proof.detail + slide], '\n'),
    ...warnWhen(proof.verdict === 'mismatch'),
  };
}

function joined(parts: readonly string[], between: string): string {
  return visibleText(parts.filter((part) => part !== '').join(between));
}

/** What was asked for, and what the pause budget or a slow dom0 made of it. */
function rateFact({ header, status, end }: Model): Fact {
  const rateHz = header?.info?.rateHz ?? 0;
  const capped = (end === null ? status?.cappedHz : undefined) ?? header?.cappedHz;
  const missed = status?.missed ?? header?.missed ?? 0;
  if (rateHz <= 0) return { label: 'Rate', text: null };
  const asked = `${formatCount(rateHz)} Hz`;
  const late = missed > 0 ? ` ${formatCount(missed)} moments of sampling had passed before they could be served.` : '';
  if (capped === undefined) return { label: 'Rate', text: asked, title: `Photographs of each vCPU a second.${late}` };
  return {
    label: 'Rate',
    text: `${formatCount(capped)} of ${asked}`,
    title: `The pause budget (ringside.maxPauseShare) held the rate down to ${formatCount(capped)} Hz.${late}`,
    tone: 'warning',
  };
}

/** One `<div><dt><dd></div>` a fact, kept in place so that figures change without a flicker. */
function showFacts(list: HTMLDListElement, facts: readonly Fact[]): void {
  const labels = new Set(facts.map(({ label }) => label));
  for (const item of list.children) if (!labels.has((item as HTMLElement).dataset['fact'] ?? '')) item.remove();
  for (const { label, text, title, tone } of facts) {
    let item = list.querySelector<HTMLElement>(`[data-fact="${label}"]`);
    if (!item) {
      item = el('div', { class: 'fact', 'data-fact': label }, el('dt', {}, label), el('dd'));
      list.append(item);
    }
    item.hidden = text === null || text === '';
    setText(item.lastElementChild!, text ?? '');
    setAttribute(item, 'title', title ?? null);
    item.classList.toggle('is-doubtful', tone === 'warning');
  }
  list.hidden = facts.length === 0;
}
