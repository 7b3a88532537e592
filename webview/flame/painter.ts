/**
 * Paints the frames that are in sight. A canvas, because a frame of SVG or HTML costs layout, style and memory for each of thousands of elements;
 * what assistive technology reads is in frameElements.ts.
 */
import type { Matches } from '../search.ts';
import { visibleText } from '../names.ts';
import { changeOf, frameOf, isAncestorOfRoot, type FlameIndex } from './flameIndex.ts';
import { frameLabel, type LabelFont } from './labels.ts';
import { ROW_PX, type FlameLayout } from './layout.ts';
import { CHANGE_STEPS, paintKey, type Palette, type Strength } from './palette.ts';

/** What is to be seen. Lengths in CSS pixels. */
export interface Scene {
  readonly index: FlameIndex;
  readonly layout: FlameLayout;
  readonly widthPx: number;
  /** Top of a depth's row in the tree. */
  readonly topOf: (depth: number) => number;
  /** The part of the tree that is in sight. */
  readonly scrollTop: number;
  readonly heightPx: number;
  readonly matches: Matches | null;
  readonly selectedFunction: number | null;
}

const PADDING_PX = 4;
/** Narrower frames get no label, no dashes and no gap. */
const BARE_PX = 6;

export class Painter {
  private readonly canvas: HTMLCanvasElement;
  private readonly context: CanvasRenderingContext2D;
  private palette: Palette;
  private hatch: CanvasPattern | null = null;
  private readonly names = new WeakMap<FlameIndex, string[]>();

  constructor(canvas: HTMLCanvasElement, palette: Palette) {
    this.canvas = canvas;
    this.context = canvas.getContext('2d', { alpha: true })!;
    this.palette = palette;
  }

  use(palette: Palette): void {
    this.palette = palette;
    this.hatch = null;
  }

  clear(): void {
    this.context.clearRect(0, 0, this.canvas.width, this.canvas.height);
  }

  paint(scene: Scene, font: LabelFont): void {
    const { context, canvas } = this;
    const { index, widthPx, heightPx } = scene;
    const scale = window.devicePixelRatio;
    const [width, height] = [Math.round(widthPx * scale), Math.round(heightPx * scale)];
    if (canvas.width !== width) canvas.width = width;
    if (canvas.height !== height) canvas.height = height;
    context.setTransform(scale, 0, 0, scale, 0, -scene.scrollTop * scale);
    context.clearRect(0, scene.scrollTop, widthPx, heightPx);
    context.font = font.css;
    context.textBaseline = 'middle';
    context.lineWidth = 1;
    this.hatch ??= this.hatching(scale);
    for (let depth = 0; depth < index.levels.length; depth++) {
      const top = scene.topOf(depth);
      if (top + ROW_PX < scene.scrollTop || top > scene.scrollTop + heightPx) continue;
      for (const row of index.levels[depth]!) this.frame(scene, row, top, font);
    }
  }

  private frame(scene: Scene, row: number, top: number, font: LabelFont): void {
    const { context, palette } = this;
    const { index, layout, widthPx, matches } = scene;
    const x = layout.left[row]! * widthPx;
    const wide = layout.right[row]! * widthPx - x;
    const frame = frameOf(index, row);
    const isMatch = matches?.rows.has(row) === true;
    const strength: Strength = isAncestorOfRoot(index, row) ? 'ancestor' : matches && matches.error === undefined ? 'dimmed' : 'full';
    const bare = wide < BARE_PX;
    const width = bare ? Math.max(0.5, wide - 0.3) : wide - 1;
    const height = ROW_PX - 1;
    const change = strength === 'ancestor' ? null : changeOf(index, row);
    let ink = strength === 'full' ? palette.text : palette.quietText;
    if (isMatch) {
      context.fillStyle = palette.match;
      ink = palette.matchText;
    } else if (change !== null) {
      context.fillStyle = palette.changes[changeStep(change.share) + CHANGE_STEPS]!;
      context.globalAlpha = strength === 'full' ? 1 : 0.35;
      ink = strength === 'full' ? palette.changeText : palette.quietText;
    } else {
      context.fillStyle = palette.paints.get(paintKey(frame, strength)) ?? palette.quietText;
    }
    context.fillRect(x, top, width, height);
    if (frame.unresolved === true && !bare && !isMatch && this.hatch) {
      context.fillStyle = this.hatch;
      context.fillRect(x, top, width, height);
    }
    context.globalAlpha = 1;
    if (!isMatch && matches) this.matchesInside(matches, row, x, wide, top);
    const isSelected = frame.fn >= 0 && frame.fn === scene.selectedFunction;
    if (isSelected) this.outline(x, top, width, height, ink, []);
    else if (!bare && (frame.inlined === true || frame.truncated === true || change?.gone === true))
      this.outline(x, top, width, height, ink, frame.truncated === true ? [1, 2] : change?.gone === true ? [5, 3] : [3, 2]);
    if (bare) return;
    const label = frameLabel(this.textOf(index, row), wide, font);
    if (label === '') return;
    context.fillStyle = ink;
    context.fillText(label, x + PADDING_PX, top + ROW_PX / 2);
  }

  /** A line along the foot, as long as the share of the frame in which something further in matches: it may be too narrow to be drawn. */
  private matchesInside({ inside }: Matches, row: number, x: number, wide: number, top: number): void {
    const share = inside?.[row] ?? 0;
    if (share <= 0) return;
    this.context.fillStyle = this.palette.match;
    this.context.fillRect(x, top + ROW_PX - 4, Math.max(1, share * wide - 1), 3);
  }

  private outline(x: number, top: number, width: number, height: number, colour: string, dash: number[]): void {
    const { context } = this;
    context.strokeStyle = colour;
    context.setLineDash(dash);
    context.strokeRect(x + 0.5, top + 0.5, Math.max(0.5, width - 1), height - 1);
    context.setLineDash([]);
  }

  private textOf(index: FlameIndex, row: number): string {
    let names = this.names.get(index);
    if (!names) this.names.set(index, (names = []));
    const id = index.table.frame[row]!;
    const change = changeOf(index, row);
    const mark = change === null ? '' : change.gone ? '− ' : change.isNew ? '+ ' : '';
    const frame = index.table.frames[id]!;
    return mark + (frame.truncated === true ? '⋯ ' : '') + (names[id] ??= visibleText(frame.name));
  }

  private hatching(scale: number): CanvasPattern | null {
    const size = 8;
    const tile = document.createElement('canvas');
    tile.width = tile.height = size * scale;
    const context = tile.getContext('2d')!;
    context.scale(scale, scale);
    context.strokeStyle = this.palette.hatchLine;
    context.lineWidth = 1.6;
    for (const from of [-size, 0, size]) {
      context.moveTo(from - 2, size + 2);
      context.lineTo(from + size + 2, -2);
    }
    context.stroke();
    const pattern = this.context.createPattern(tile, 'repeat');
    pattern?.setTransform(new DOMMatrix().scale(1 / scale));
    return pattern;
  }
}

/** A change of the share of the whole, in steps: a tenth of all is as far as colour goes, and its root keeps small ones visible. */
export function changeStep(share: number): number {
  if (Math.abs(share) < 0.0005) return 0;
  const step = Math.max(1, Math.round(CHANGE_STEPS * Math.min(1, Math.sqrt(Math.abs(share) / 0.1))));
  return share < 0 ? -step : step;
}
