/** Names come from guests and files: made safe to look at, and cut to the room there is. */
import type { FrameInfo } from '../extension/protocol.ts';

/** Longer names (C++ templates reach a megabyte) are cut for drawing and searching; copying takes the whole. */
export const LONGEST_NAME = 4096;

/**
 * The name as it can be shown: control characters, bidirectional overrides and lone surrogates, which could make a name look like another,
 * are written out as U+XXXX.
 */
export function visibleText(text: string): string {
  const cut = text.length > LONGEST_NAME ? elideMiddle(text, LONGEST_NAME) : text;
  return cut.replace(UNSEEN, (char) => `‹U+${char.codePointAt(0)!.toString(16).toUpperCase().padStart(4, '0')}›`);
}

/** C0 and C1 controls, zero-width characters, bidirectional marks, overrides and isolates, byte order marks, line separators, unpaired surrogates. */
const UNSEEN =
  /[\u{0}-\u{1f}\u{7f}-\u{9f}\u{ad}\u{61c}\u{180e}\u{200b}-\u{200f}\u{2028}-\u{202e}\u{2060}-\u{2069}\u{feff}\u{fff9}-\u{fffb}\u{d800}-\u{dfff}\u{e0000}-\u{e007f}]/gu;

/**
 * At most `room` characters, the middle replaced by an ellipsis, the end kept longer than the beginning, as the end of a name tells more
 * (module prefixes are shared). Empty where fewer than three characters would be left. Never cuts a surrogate pair in two.
 */
export function elideMiddle(name: string, room: number): string {
  if (name.length <= room) return name;
  if (room < 3) return '';
  const kept = Math.floor(room) - 1;
  let head = Math.floor(kept * 0.45);
  let tail = name.length - (kept - head);
  if (isLow(name.charCodeAt(head)) && head > 0) head--;
  if (isLow(name.charCodeAt(tail))) tail++;
  return `${name.slice(0, head)}…${name.slice(tail)}`;
}

/** Characters at a name's end that are seen however little room there is for it; of a shorter name the half. */
const ENDING = 12;

/** A name as what gives way where there is little room, which is nothing of a short one, and what does not. Never cuts a surrogate pair in two. */
export function divided(name: string): { beginning: string; ending: string } {
  if (name.length <= ENDING) return { beginning: '', ending: name };
  const at = name.length - Math.min(ENDING, Math.ceil(name.length / 2));
  const cut = isLow(name.charCodeAt(at)) ? at - 1 : at;
  return { beginning: name.slice(0, cut), ending: name.slice(cut) };
}

function isLow(unit: number): boolean {
  return unit >= 0xdc00 && unit <= 0xdfff;
}

/** `sort.c:42`, with the last part of the path only; empty where no file is known. */
export function shortPlace(frame: Pick<FrameInfo, 'file' | 'line'>): string {
  if (frame.file === undefined) return '';
  const base = frame.file.slice(Math.max(frame.file.lastIndexOf('/'), frame.file.lastIndexOf('\\')) + 1) || frame.file;
  return visibleText(frame.line === undefined ? base : `${base}:${frame.line}`);
}

/** `/src/kernel/sort.c:42`; empty where no file is known. */
export function fullPlace(frame: Pick<FrameInfo, 'file' | 'line'>): string {
  if (frame.file === undefined) return '';
  return visibleText(frame.line === undefined ? frame.file : `${frame.file}:${frame.line}`);
}
