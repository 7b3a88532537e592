/**
 * A flame graph in one file that opens in any browser. Everything is drawn in the file itself, with names, counts and shares in each frame's title: where
 * scripts do not run it is a picture. The script in it (svgScript.ts) adds zoom and search. Nothing is loaded from anywhere.
 */
import type { FrameCategory, FrameInfo } from '../../protocol.ts';
import { flameScript } from './svgScript.ts';

/** What is drawn: rows as FlameTable has them, and how each is painted and told. */
export interface Drawing {
  readonly title: string;
  readonly parent: readonly number[];
  /** What a row's width stands for. */
  readonly total: readonly number[];
  readonly frame: readonly number[];
  readonly frames: readonly FrameInfo[];
  /** What is told of a row besides its name. */
  told(row: number): string;
  /** `c-CATEGORY`, or `d-LEVEL` (-4 to 4) in a comparison. */
  paint(row: number): string;
  readonly legend: readonly { readonly paint: string; readonly text: string }[];
}

const WIDTH_PX = 1200;
const ROW_PX = 17;
const MARGIN_PX = 10;
const HEAD_PX = 64;
/** Advance of a glyph at the font size below; names are cut by it, because nothing measures text here. */
const GLYPH_PX = 6.7;

export const categoryLegend: Drawing['legend'] = (
  ['application', 'kernel', 'library', 'hypervisor', 'unresolved'] satisfies FrameCategory[]
).map((category) => ({ paint: `c-${category}`, text: category }));

/** Blue for less and orange for more: told apart by every kind of colour vision, and each told with a sign in words. */
const STYLE = `
svg { font: 11px ui-monospace, Menlo, Consolas, monospace; --ground: #ffffff; --ink: #1f1f1f; --edge: #ffffff }
.ground { fill: var(--ground) } text { fill: var(--ink); pointer-events: none } .head { font-size: 14px; font-weight: bold }
.f text, .k { fill: #1a1a1a } .f rect { stroke: var(--edge); stroke-width: .5 } .f { cursor: pointer } .f:focus-visible rect, .f:hover rect { stroke: var(--ink); stroke-width: 1.5 }
.f:focus { outline: none } .inlined rect { stroke: #555; stroke-dasharray: 2 2 } .above { opacity: .55 } .found rect { fill: #b646e8 } .found text { fill: #ffffff } .gone { display: none }
.button { cursor: pointer; pointer-events: all; text-decoration: underline }
.c-root { fill: #d9d9d9 } .c-application { fill: #f2a65a } .c-kernel { fill: #7fb3d5 } .c-library { fill: #a5c8a0 } .c-hypervisor { fill: #c3a6d8 } .c-unresolved { fill: #c9c4bc }
.d-0 { fill: #e3e3e3 } .d-1 { fill: #fbdcb8 } .d-2 { fill: #f6b56b } .d-3 { fill: #e98a2b } .d-4 { fill: #d2691e }
.d--1 { fill: #cfe3f5 } .d--2 { fill: #9cc7ec } .d--3 { fill: #64a4dc } .d--4 { fill: #3f84c6 }
@media (prefers-color-scheme: dark) { svg { --ground: #1e1e1e; --ink: #e6e6e6; --edge: #1e1e1e } }`;

export function writeSvg(drawing: Drawing): string {
  const { body, height } = draw(drawing);
  return `<?xml version="1.0" encoding="UTF-8"?>
<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH_PX} ${height}" width="${WIDTH_PX}" height="${height}">
<style><![CDATA[${STYLE}]]></style>
${body}
<script><![CDATA[${flameScript}]]></script>
</svg>
`;
}

export function writeHtml(drawing: Drawing): string {
  const { body, height } = draw(drawing);
  return `<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escape(drawing.title)}</title>
<style>:root { color-scheme: light dark } body { margin: 0; background: Canvas } svg { width: 100%; height: auto; display: block }${STYLE}</style>
</head>
<body>
<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH_PX} ${height}">
${body}
</svg>
<script>${flameScript}</script>
</body>
</html>
`;
}

function draw(drawing: Drawing): { body: string; height: number } {
  const { parent, total, frame, frames } = drawing;
  const innerPx = WIDTH_PX - 2 * MARGIN_PX;
  const scale = innerPx / Math.max(Number.MIN_VALUE, total[0] ?? 0);
  const [left, depth, next]: [number[], number[], number[]] = [[], [], []];
  const rows = total.map((weight, row) => {
    const above = parent[row]!;
    left[row] = above < 0 ? 0 : next[above]!;
    depth[row] = above < 0 ? 0 : depth[above]! + 1;
    next[row] = left[row];
    if (above >= 0) next[above]! += weight;
    const place = { x: MARGIN_PX + left[row] * scale, y: HEAD_PX + depth[row] * ROW_PX, width: weight * scale, depth: depth[row] };
    return box(frames[frame[row]!]!, place, drawing.told(row), drawing.paint(row));
  });
  const deepest = depth.reduce((most, at) => Math.max(most, at), 0);
  const height = HEAD_PX + (deepest + 1) * ROW_PX + MARGIN_PX;
  const legend = drawing.legend.map(({ paint, text }, index) => {
    const x = MARGIN_PX + index * 110;
    return `<rect x="${x}" y="46" width="10" height="10" class="${paint}"/><text x="${x + 14}" y="55">${escape(text)}</text>`;
  });
  const body = `<rect class="ground" width="100%" height="100%"/>
<text class="head" x="${MARGIN_PX}" y="20">${escape(drawing.title)}</text>
<g id="tools"></g><text id="told" x="${MARGIN_PX}" y="38"></text>
${legend.join('\n')}
<g id="frames" data-left="${MARGIN_PX}" data-width="${innerPx}" data-glyph="${GLYPH_PX}">
${rows.join('\n')}
</g>`;
  return { body, height };
}

function box(
  info: FrameInfo,
  { x, y, width, depth }: { x: number; y: number; width: number; depth: number },
  told: string,
  paint: string,
): string {
  const room = Math.floor((width - 6) / GLYPH_PX);
  const label = info.name.length <= room ? info.name : room >= 4 ? `${info.name.slice(0, room - 1)}…` : '';
  const place = info.file ? `\n${info.file}${info.line ? `:${info.line}` : ''}` : '';
  const title = `${info.name}${info.inlined ? ' (inlined)' : ''}\n${told}${place}`;
  return `<g class="f${info.inlined ? ' inlined' : ''}" tabindex="0" data-d="${depth}" data-n="${escape(info.name)}"><title>${escape(title)}</title><rect x="${x.toFixed(2)}" y="${y}" width="${width.toFixed(2)}" height="${ROW_PX - 1}" class="${paint}"/><text x="${(x + 3).toFixed(1)}" y="${y + 12}">${escape(label)}</text></g>`;
}

/** Names are untrusted: markup becomes text, and what XML 1.0 does not allow (section 2.2; lone surrogates, too) becomes U+FFFD. */
function escape(text: string): string {
  return text
    .slice(0, LONGEST_TEXT)
    .replace(/[^\t\n\r\x20-\uD7FF\uE000-\uFFFD\u{10000}-\u{10FFFF}]/gu, '\uFFFD')
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;');
}

/** A template can be named by a megabyte; the file need not hold it for each of its frames. */
const LONGEST_TEXT = 4096;
