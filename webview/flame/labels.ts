/** What is written on and said of a frame. */
import type { FlameIndex } from './flameIndex.ts';
import { frameOf } from './flameIndex.ts';
import { formatChange, formatShare } from '../format.ts';
import { elideMiddle, visibleText } from '../names.ts';

/** Space left and right of a label, and the gap to the next frame. */
const PADDING_PX = 9;

export interface LabelFont {
  /** As a canvas takes it: `12px monospace`. */
  readonly css: string;
  /** Width of one character; labels are set in the editor's fixed-width font. */
  readonly charPx: number;
}

/** Measures the font that the labels of this element have. */
export function labelFont(element: Element): LabelFont {
  const { fontSize, fontFamily } = getComputedStyle(element);
  const css = `${fontSize} ${fontFamily}`;
  const context = document.createElement('canvas').getContext('2d');
  if (!context) return { css, charPx: Number.parseFloat(fontSize) * 0.6 };
  context.font = css;
  return { css, charPx: Math.max(1, context.measureText('x'.repeat(50)).width / 50) };
}

/** The name cut in the middle to the width of its frame. */
export function frameLabel(name: string, widthPx: number, font: LabelFont): string {
  return elideMiddle(name, Math.floor((widthPx - PADDING_PX) / font.charPx));
}

/** What a screen reader says of a frame: `hash_block, 34.5% of all, inlined`; of a comparison's `hash_block, 30.1% of all before, 34.5% after, +4.4%`. */
export function frameSpoken(index: FlameIndex, row: number): string {
  const frame = frameOf(index, row);
  const { changes, table } = index;
  const marks = [
    frame.inlined === true ? ', inlined' : '',
    frame.unresolved === true ? ', unresolved' : '',
    frame.truncated === true ? ', incomplete' : '',
  ];
  const cost = changes
    ? `${formatShare(changes.baseTotal[row]!, 1)} of all before, ${formatShare(changes.otherTotal[row]!, 1)} after, ${formatChange(changes.baseTotal[row]!, changes.otherTotal[row]!)}`
    : `${formatShare(table.total[row]!, table.grandTotal)} of all`;
  return `${visibleText(frame.name)}, ${cost}${marks.join('')}`;
}
