/** The colours of the style sheets as a canvas needs them: computed once a theme. */
import type { FrameInfo } from '../../extension/protocol.ts';
import { categoryOf, shadeOf, SHADES } from '../colours.ts';
import { el } from '../dom.ts';

/** Plain; a caller of the zoomed frame; not a match while others are. */
export type Strength = 'full' | 'ancestor' | 'dimmed';
const STRENGTHS: readonly Strength[] = ['full', 'ancestor', 'dimmed'];
const CATEGORIES = ['application', 'kernel', 'library', 'hypervisor', 'unresolved', 'root'] as const;
/** Steps of a differential colour either way. */
export const CHANGE_STEPS = 6;

export interface Palette {
  /** Paint of a frame by `paintKey`. */
  readonly paints: ReadonlyMap<string, string>;
  /** Paints of change: index 0 is the most that went, CHANGE_STEPS nothing, 2 * CHANGE_STEPS the most that came. */
  readonly changes: readonly string[];
  /** Levels of the heat map, from nothing to the most. */
  readonly heat: readonly string[];
  readonly text: string;
  readonly changeText: string;
  /** Text on paler paint, which is the editor's own. */
  readonly quietText: string;
  readonly match: string;
  readonly matchText: string;
  readonly ring: string;
  readonly hatchLine: string;
}

export const HEAT_LEVELS = 16;

export function paintKey(frame: FrameInfo, strength: Strength): string {
  return `${categoryOf(frame)} ${shadeOf(frame.name)} ${strength}`;
}

export function readPalette(): Palette {
  const probes = el('div', { class: 'probes', 'aria-hidden': 'true' });
  const wanted: [key: string, probe: HTMLElement][] = [];
  const want = (key: string, classes: string, style = ''): void => {
    const probe = el('i', { class: classes });
    if (style !== '') probe.style.background = style;
    wanted.push([key, probe]);
    probes.append(probe);
  };
  for (const category of CATEGORIES)
    for (let shade = 0; shade < SHADES; shade++)
      for (const strength of STRENGTHS) want(`${category} ${shade} ${strength}`, `probe of-${category} shade-${shade} is-${strength}`);
  for (let step = -CHANGE_STEPS; step <= CHANGE_STEPS; step++) {
    const towards = step < 0 ? '--rs-less' : '--rs-more';
    want(`change ${step}`, '', `color-mix(in oklab, var(${towards}) ${(100 * Math.abs(step)) / CHANGE_STEPS}%, var(--rs-same))`);
  }
  for (let level = 0; level < HEAT_LEVELS; level++)
    want(`heat ${level}`, '', `color-mix(in oklab, var(--rs-hot) ${(100 * level) / (HEAT_LEVELS - 1)}%, var(--rs-cold))`);
  const names = ['text', 'change-text', 'match', 'match-text', 'ring', 'unresolved-line'];
  for (const name of names) want(name, '', `var(--rs-${name})`);
  want('quiet', '', 'var(--vscode-foreground)');
  document.body.append(probes);
  const colours = inSrgb(wanted.map(([, probe]) => getComputedStyle(probe).backgroundColor));
  probes.remove();
  const paints = new Map(wanted.map(([key], at) => [key, colours[at]!]));
  const of = (key: string): string => paints.get(key) ?? '#808080';
  return {
    paints,
    changes: Array.from({ length: 2 * CHANGE_STEPS + 1 }, (_, at) => of(`change ${at - CHANGE_STEPS}`)),
    heat: Array.from({ length: HEAT_LEVELS }, (_, at) => of(`heat ${at}`)),
    text: of('text'),
    changeText: of('change-text'),
    quietText: of('quiet'),
    match: of('match'),
    matchText: of('match-text'),
    ring: of('ring'),
    hatchLine: of('unresolved-line'),
  };
}

/** Whatever colour space a browser computes in, as `rgb()`: short to parse, for thousands of times a second. */
function inSrgb(colours: readonly string[]): string[] {
  const canvas = document.createElement('canvas');
  canvas.width = colours.length;
  canvas.height = 1;
  const context = canvas.getContext('2d', { willReadFrequently: true })!;
  colours.forEach((colour, at) => {
    context.fillStyle = colour;
    context.fillRect(at, 0, 1, 1);
  });
  const { data } = context.getImageData(0, 0, colours.length, 1);
  return colours.map((_, at) => `rgb(${data[4 * at]} ${data[4 * at + 1]} ${data[4 * at + 2]})`);
}

/** Calls back when the editor's theme has changed. */
export function onThemeChange(act: () => void): void {
  let settling = 0;
  const later = (): void => {
    cancelAnimationFrame(settling);
    settling = requestAnimationFrame(act);
  };
  const observer = new MutationObserver(later);
  observer.observe(document.body, { attributes: true, attributeFilter: ['class'] });
  observer.observe(document.documentElement, { attributes: true, attributeFilter: ['style', 'class'] });
}
