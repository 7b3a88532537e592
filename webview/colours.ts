/** What colours mean. The values are in styles/colours.css, one set for each kind of theme; here is only which class a frame gets. */
import type { FrameCategory, FrameInfo } from '../extension/protocol.ts';

export const CATEGORY_NAMES: Readonly<Record<Exclude<FrameCategory, 'root'>, string>> = {
  application: 'Application',
  kernel: 'Kernel',
  library: 'Library',
  hypervisor: 'Hypervisor',
  unresolved: 'Unresolved',
};

/** Neighbours of one category differ in shade, so that the eye can tell them apart; a name keeps its shade in every capture. */
export const SHADES = 3;

/** Classes of everything that stands for this frame: its category, its shade, and what sets it apart from a plain call. */
export function frameClasses(frame: FrameInfo): string {
  const marks = [`of-${categoryOf(frame)}`, `shade-${shadeOf(frame.name)}`];
  if (frame.inlined === true) marks.push('is-inlined');
  if (frame.truncated === true) marks.push('is-truncated');
  return marks.join(' ');
}

/** Classes of what stands for a frame of a comparison, where a colour says what became of it and not where it lies. Shares of all. */
export function changeClasses(before: number, after: number): string {
  if (after <= 0 && before > 0) return 'is-less is-gone';
  const change = after - before;
  return Math.abs(change) < 0.0005 ? 'is-same' : change > 0 ? 'is-more' : 'is-less';
}

/** Wherever an address lies, without a symbol it is unresolved. */
export function categoryOf(frame: FrameInfo): FrameCategory {
  return frame.unresolved === true ? 'unresolved' : frame.category;
}

/** FNV-1a over the first characters. */
export function shadeOf(name: string): number {
  let hash = 0x811c9dc5;
  for (let at = 0; at < Math.min(name.length, 64); at++) hash = Math.imul(hash ^ name.charCodeAt(at), 0x01000193);
  return (hash >>> 8) % SHADES;
}
