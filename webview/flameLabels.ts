/** What is written on and said of a frame. */
import type { FlameIndex } from './flameIndex.ts';
import { frameOf } from './flameIndex.ts';
import { formatShare } from './format.ts';
import { elideMiddle, visibleText } from './names.ts';

/** Space left and right of a label, and the gap to the next frame. */
const PADDING_PX = 9;

export interface LabelFont {
  /** Width of one character; labels are set in the editor's fixed-width font. */
  readonly charPx: number;
}

/** Measures the font that the labels of this element have. */
export function labelFont(element: Element): LabelFont {
  const { fontSize, fontFamily } = getComputedStyle(element);
  const context = document.createElement('canvas').getContext('2d');
  if (!context) return { charPx: Number.parseFloat(fontSize) * 0.6 };
  context.font = `${fontSize} ${fontFamily}`;
  return { charPx: Math.max(1, context.measureText('x'.repeat(50)).width / 50) };
}

/** The name cut in the middle to the width of its frame. */
export function frameLabel(name: string, widthPx: number, font: LabelFont): string {
  return elideMiddle(name, Math.floor((widthPx - PADDING_PX) / font.charPx));
}

/** What a screen reader says of a frame: `hash_block, 34.5% of all, inlined`. */
export function frameSpoken(index: FlameIndex, row: number): string {
  const frame = frameOf(index, row);
  const marks = [
    frame.inlined === true ? ', inlined' : '',
    frame.unresolved === true ? ', unresolved' : '',
    frame.truncated === true ? ', incomplete' : '',
  ];
  return `${visibleText(frame.name)}, ${formatShare(index.table.total[row]!, index.table.grandTotal)} of all${marks.join('')}`;
}
