/** The head of the view: what was recorded, how, how well, and what can be done with it. */
import type { PauseStats, ProfileHeader } from '../extension/protocol.ts';
import type { Actions } from './actions.ts';
import { el, setAttribute, setText } from './dom.ts';
import { actionButton } from './elements.ts';
import { formatCount, formatDuration, formatNs, formatShare, formatWeight } from './format.ts';
import { visibleText } from './names.ts';
import { isRecording, type Model, type Store } from './store.ts';

/** A figure of the header; null text: there is no such figure here. */
interface Fact {
  readonly label: string;
  readonly text: string | null;
  readonly title?: string;
  readonly tone?: 'warning';
}

/** Shares above which a figure is a reason to doubt the profile. */
const DOUBTFUL_LOST = 0.01;
const DOUBTFUL_UNRESOLVED = 0.1;
const DOUBTFUL_PAUSED = 0.02;

export function header(store: Store, actions: Actions): HTMLElement {
  const name = el('h1', { class: 'guest' });
  const where = el('span', { class: 'where' });
  const live = el('span', { class: 'live' }, el('span', { class: 'live-dot', 'aria-hidden': 'true' }), 'Recording');
  const buttons = el('div', { class: 'actions' });
  const facts = el('dl', { class: 'facts', 'aria-label': 'Recording' });
  let shownButtons = '';

  store.subscribe((model) => {
    const info = model.header?.info;
    setText(name, visibleText(info?.guest ?? model.header?.title ?? 'Profile'));
    setText(where, info ? visibleText(whereText(info.host, info.kind, info.xenVersion, info.startedAt)) : '');
    live.hidden = !isRecording(model);
    showFacts(facts, factsOfRecording(model));
    const wanted = isRecording(model) ? 'live' : !model.header ? 'none' : info ? 'done' : 'file';
    if (wanted !== shownButtons) buttons.replaceChildren(...buttonsFor(wanted, actions));
    shownButtons = wanted;
  });
  return el('header', { class: 'head' }, el('div', { class: 'title-row' }, name, where, live, buttons), facts);
}

function whereText(host: string, kind: string, xen: string | null, startedAt: string): string {
  const start = new Date(startedAt);
  const time = Number.isNaN(start.getTime()) ? null : start.toLocaleString(undefined, { dateStyle: 'medium', timeStyle: 'short' });
  return [`on ${host}`, kind === 'unknown' ? null : kind.toUpperCase(), xen === null ? null : `Xen ${xen}`, time]
    .filter((part) => part !== null)
    .join(' · ');
}

function buttonsFor(state: 'live' | 'none' | 'done' | 'file', actions: Actions): HTMLElement[] {
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
      return [again, saveButton(actions)];
    }
    case 'file':
      return [saveButton(actions)];
    case 'none':
      return [];
  }
}

function saveButton(actions: Actions): HTMLElement {
  const save = actionButton('Save…', () => actions.command('save'), true);
  save.title = 'Save the capture as a pprof file';
  return save;
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
    { label: 'Duration', text: formatDuration(durationMs) },
    { label: 'Samples', text: formatCount(samples) },
    { label: 'Rate', text: info && info.rateHz > 0 ? `${formatCount(info.rateHz)} Hz` : null },
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

function symbolsFact(header: ProfileHeader | null): Fact {
  const label = 'Symbols';
  if (!header) return { label, text: null };
  const { symbols, proof } = header;
  if (!proof) return { label, text: visibleText(symbols), title: visibleText(symbols) };
  const slide = proof.slide === undefined ? '' : `, loaded ${proof.slide} from where it was linked`;
  return {
    label,
    text: `${visibleText(symbols)} · ${verdicts[proof.verdict]}`,
    title: visibleText(`${symbols}\n${proof.detail}${slide}`),
    ...warnWhen(proof.verdict === 'mismatch'),
  };
}

function pauseFact(pause: PauseStats | null, durationMs: number): Fact {
  if (!pause || pause.count === 0) return { label: 'Guest pause', text: null };
  const share = formatShare(pause.totalNs, durationMs * 1e6);
  return {
    label: 'Guest pause',
    text: `median ${formatNs(pause.medianNs)} · p99 ${formatNs(pause.p99Ns)} · ${share} of time`,
    title: `${formatCount(pause.count)} pauses, median ${formatNs(pause.medianNs)}, 99th percentile ${formatNs(pause.p99Ns)}, longest ${formatNs(pause.maxNs)}, ${formatNs(pause.totalNs)} in all`,
    ...warnWhen(pause.totalNs > DOUBTFUL_PAUSED * durationMs * 1e6),
  };
}

function warnWhen(doubtful: boolean): { tone?: 'warning' } {
  return doubtful ? { tone: 'warning' } : {};
}

/** One `<div><dt><dd></div>` a fact, kept in place so that figures change without a flicker. */
function showFacts(list: HTMLDListElement, facts: readonly Fact[]): void {
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
