/** A flame graph as one SVG file that opens in any browser, with no script in it: names, counts and shares are in each frame's title. */
import type { FrameCategory, FrameInfo } from '../../protocol.ts';
import { flameTable } from '../profile/flameTable.ts';
import type { Profile } from '../profile/profile.ts';
import type { Weights } from '../profile/weights.ts';

const WIDTH_PX = 1200;
const ROW_PX = 17;
const MARGIN_PX = 10;
const HEAD_PX = 44;
/** Advance of a glyph at the font size below; names are cut by it, because nothing measures text here. */
const GLYPH_PX = 6.7;

const fills: Readonly<Record<FrameCategory, string>> = {
  root: '#d9d9d9',
  application: '#f2a65a',
  kernel: '#7fb3d5',
  library: '#a5c8a0',
  hypervisor: '#c3a6d8',
  unresolved: '#c9c4bc',
};

export function writeSvg(profile: Profile, weights: Weights): string {
  const table = flameTable(profile, weights, { rootNode: 0, widthPx: WIDTH_PX });
  const innerPx = WIDTH_PX - 2 * MARGIN_PX;
  const scale = innerPx / Math.max(1, weights.grandTotal);
  const left: number[] = [];
  const depth: number[] = [];
  const next: number[] = [];
  const frames = table.node.map((_, row) => {
    const parent = table.parent[row]!;
    left[row] = parent < 0 ? 0 : next[parent]!;
    depth[row] = parent < 0 ? 0 : depth[parent]! + 1;
    next[row] = left[row];
    if (parent >= 0) next[parent]! += table.total[row]!;
    const x = MARGIN_PX + left[row] * scale;
    const y = HEAD_PX + depth[row] * ROW_PX;
    return frame(table.frames[table.frame[row]!]!, x, y, table.total[row]! * scale, words(table.total[row]!, weights, profile));
  });
  const height = HEAD_PX + (Math.max(0, ...depth) + 1) * ROW_PX + MARGIN_PX;
  const legend = (Object.keys(fills) as FrameCategory[]).filter((category) => category !== 'root').map(swatch);
  return `<?xml version="1.0" encoding="UTF-8"?>
<svg xmlns="http://www.w3.org/2000/svg" width="${WIDTH_PX}" height="${height}" viewBox="0 0 ${WIDTH_PX} ${height}" font-family="monospace" font-size="11">
<rect width="100%" height="100%" fill="#ffffff"/>
<text x="${MARGIN_PX}" y="20" font-size="14">${escape(profile.facts.title)}: ${escape(words(weights.grandTotal, weights, profile))}</text>
${legend.join('\n')}
${frames.join('\n')}
</svg>
`;
}

function frame(info: FrameInfo, x: number, y: number, width: number, share: string): string {
  const room = Math.floor((width - 6) / GLYPH_PX);
  const label = info.name.length <= room ? info.name : room >= 4 ? `${info.name.slice(0, room - 1)}…` : '';
  const place = info.file ? `\n${info.file}${info.line ? `:${info.line}` : ''}` : '';
  const dashed = info.inlined ? ' stroke="#666666" stroke-dasharray="2 2" stroke-width="0.5"' : ' stroke="#ffffff" stroke-width="0.5"';
  const text = label ? `<text x="${(x + 3).toFixed(1)}" y="${y + 12}">${escape(label)}</text>` : '';
  const box = `<rect x="${x.toFixed(1)}" y="${y}" width="${width.toFixed(1)}" height="${ROW_PX - 1}" fill="${fills[info.category]}"${dashed}/>`;
  return `<g><title>${escape(`${info.name}${info.inlined ? ' (inlined)' : ''}\n${share}${place}`)}</title>${box}${text}</g>`;
}

function swatch(category: FrameCategory, index: number): string {
  const x = MARGIN_PX + index * 110;
  return `<rect x="${x}" y="28" width="10" height="10" fill="${fills[category]}"/><text x="${x + 14}" y="37">${category}</text>`;
}

function words(weight: number, weights: Weights, profile: Profile): string {
  return `${Math.round(weight)} ${profile.facts.unit}, ${((100 * weight) / Math.max(1, weights.grandTotal)).toFixed(1)} % of all`;
}

/** Names are untrusted: markup becomes text, and what XML 1.0 does not allow (section 2.2; lone surrogates, too) becomes U+FFFD. */
function escape(text: string): string {
  return text
    .replace(/[^\t\n\r\x20-\uD7FF\uE000-\uFFFD\u{10000}-\u{10FFFF}]/gu, '\uFFFD')
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;');
}
