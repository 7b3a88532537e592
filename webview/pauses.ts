/** How long the guest stood still: the figures, and a histogram that grows while it is recorded. */
import type { PauseStats } from '../extension/protocol.ts';
import { el, setAttribute, svgEl } from './dom.ts';
import { warnWhen, type Fact } from './fact.ts';
import { formatCount, formatNs, formatShare } from './format.ts';
import { isRecording, type Model, type Store } from './store.ts';

const DOUBTFUL_PAUSED = 0.02;
const HEIGHT_PX = 30;
const BAR_PX = 5;

export function pauseFact(pause: PauseStats | null, durationMs: number): Fact {
  if (!pause || pause.count === 0) return { label: 'Guest pause', text: null };
  const share = formatShare(pause.totalNs, durationMs * 1e6);
  return {
    label: 'Guest pause',
    text: `median ${formatNs(pause.medianNs)} · p99 ${formatNs(pause.p99Ns)} · ${share} of time`,
    title: `${formatCount(pause.count)} pauses, median ${formatNs(pause.medianNs)}, 99th percentile ${formatNs(pause.p99Ns)}, longest ${formatNs(pause.maxNs)}, ${formatNs(pause.totalNs)} in all`,
    ...warnWhen(pause.totalNs > DOUBTFUL_PAUSED * durationMs * 1e6),
  };
}

/** First length in a bucket, in ns: four buckets an octave (protocol.ts, PauseStats). */
export function bucketNs(bucket: number): number {
  return (4 + (bucket % 4)) * 2 ** (8 + Math.floor(bucket / 4));
}

/** Bars from the first bucket with a pause in it to the last. */
export function pauseHistogram(store: Store): HTMLElement {
  const svg = svgEl('svg', { height: HEIGHT_PX, role: 'img' });
  const [from, to] = [el('span'), el('span')];
  const axis = el('div', { class: 'pauses-axis', 'aria-hidden': 'true' }, from, to);
  const figure = el('figure', { class: 'pauses' }, svg, axis);
  figure.hidden = true;
  let shown: PauseStats | null = null;
  store.subscribe((model) => {
    const pause = pauseOf(model);
    if (pause === shown) return;
    shown = pause;
    const histogram = pause?.histogram ?? [];
    const first = histogram.findIndex((count) => count > 0);
    figure.hidden = !pause || first < 0;
    if (!pause || first < 0) return;
    const counts = histogram.slice(first);
    const most = Math.max(...counts);
    svg.setAttribute('width', String(counts.length * BAR_PX));
    setAttribute(
      svg,
      'aria-label',
      `Lengths of ${formatCount(pause.count)} pauses, from ${formatNs(bucketNs(first))} to ${formatNs(pause.maxNs)}`,
    );
    svg.replaceChildren(
      ...counts.map((count, at) => {
        const height = count === 0 ? 0 : Math.max(1, Math.sqrt(count / most) * (HEIGHT_PX - 1));
        const bar = svgEl('rect', { x: at * BAR_PX, y: HEIGHT_PX - height, width: BAR_PX - 1, height });
        const range = `${formatNs(bucketNs(first + at))} to ${formatNs(bucketNs(first + at + 1))}`;
        bar.append(svgEl('title', {}, document.createTextNode(`${range}: ${formatCount(count)} pauses`)));
        return bar;
      }),
    );
    from.textContent = formatNs(bucketNs(first));
    to.textContent = formatNs(pause.maxNs);
  });
  return figure;
}

function pauseOf(model: Model): PauseStats | null {
  if (model.base) return null;
  return (isRecording(model) ? model.status?.pause : null) ?? model.header?.pause ?? null;
}
