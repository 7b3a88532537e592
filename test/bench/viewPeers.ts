/** The peers of `npm run bench -- view`: d3-flame-graph 5, and a canvas that draws every node of the tree that is a pixel wide. */
import { build } from 'esbuild';
import type { Page } from 'playwright-core';
import { median } from './processes.ts';
import { heapMb } from './webviewMemory.ts';

/** Parents before children. */
export interface Tree {
  readonly parent: readonly number[];
  readonly total: readonly number[];
  readonly name: readonly string[];
}

export interface PeerFigures {
  readonly firstPaintMs: number;
  readonly zoomMs: number;
  readonly searchMs: number;
  readonly hoverMs: number;
  readonly heapMb: number;
}

/** What a peer's script puts on the window. */
interface Peer {
  draw(): void;
  zoom(round: number): void;
  search(text: string): void;
  hover(round: number): void;
}

/** Functions that are sent to a page are wrapped in a helper of the compiler's that the page does not have. */
export async function letNamesBe(page: Page): Promise<void> {
  await page.evaluate('globalThis.__name = (named) => named');
}

export function canvasPeer(page: Page, tree: Tree, rounds: number): Promise<PeerFigures> {
  return measurePeer(page, tree, rounds, CANVAS);
}

export async function d3Peer(page: Page, tree: Tree, rounds: number): Promise<PeerFigures> {
  const { outputFiles } = await build({
    stdin: { contents: D3, resolveDir: import.meta.dirname },
    bundle: true,
    write: false,
    format: 'iife',
    loader: { '.css': 'empty' },
    logLevel: 'silent',
  });
  return measurePeer(page, tree, rounds, outputFiles[0]!.text);
}

async function measurePeer(page: Page, tree: Tree, rounds: number, script: string): Promise<PeerFigures> {
  await page.goto('about:blank');
  await page.setContent('<body style="margin:0"><div id="chart" style="width:1600px;height:1000px;overflow:auto"></div></body>');
  await letNamesBe(page);
  const names = [...new Set(tree.name)];
  const ids = new Map(names.map((name, id) => [name, id]));
  const data = { parent: tree.parent, total: tree.total, names, name: tree.name.map((name) => ids.get(name)!) };
  await page.evaluate((given) => Object.assign(window, { given }), data);
  await page.addScriptTag({ content: script });
  const time = (what: keyof Peer, round: number): Promise<number> =>
    page.evaluate(
      async ({ what, round }) => {
        const { peer } = window as unknown as { peer: Record<string, (argument: number | string) => void> };
        await new Promise(requestAnimationFrame);
        const start = performance.now();
        peer[what]!(what === 'search' ? `order_${round}` : round);
        if (what !== 'hover') await new Promise(requestAnimationFrame);
        await new Promise((resolve) => setTimeout(resolve));
        return performance.now() - start;
      },
      { what, round },
    );
  const medianOf = async (what: keyof Peer): Promise<number> => {
    const times: number[] = [];
    for (let round = 0; round < rounds; round++) times.push(await time(what, round));
    return median(times);
  };
  const firstPaintMs = await time('draw', 0);
  const figures = { firstPaintMs, zoomMs: await medianOf('zoom'), searchMs: await medianOf('search'), hoverMs: await medianOf('hover') };
  return { ...figures, heapMb: await heapMb(page) };
}

const CANVAS = `
const { parent, total, name, names } = given;
const depth = Int32Array.from(parent), left = new Float64Array(parent.length), next = new Float64Array(parent.length);
for (let i = 0; i < parent.length; i++) {
  depth[i] = i ? depth[parent[i]] + 1 : 0;
  if (i) { left[i] = next[i] = next[parent[i]]; next[parent[i]] += total[i]; }
}
const canvas = document.createElement('canvas');
canvas.width = 1600; canvas.height = 1400;
chart.append(canvas);
const context = canvas.getContext('2d');
context.font = '12px monospace';
let from = 0, whole = total[0], hits = null;
const paint = () => {
  context.clearRect(0, 0, 1600, 1400);
  for (let i = 0; i < parent.length; i++) {
    const x = ((left[i] - from) / whole) * 1600, w = (total[i] / whole) * 1600;
    if (w < 1 || x + w < 0 || x > 1600) continue;
    context.fillStyle = hits && hits[name[i]] ? '#f2d64b' : '#a85b20';
    context.fillRect(x, depth[i] * 20, w - 0.5, 19);
    if (w > 20) { context.fillStyle = '#fff'; context.fillText(names[name[i]].slice(0, w / 7), x + 4, depth[i] * 20 + 14); }
  }
};
const wide = [...parent.keys()].filter((i) => total[i] > total[0] / 200);
window.peer = {
  draw: paint,
  zoom(round) { const i = wide[(round * 7919) % wide.length]; from = left[i]; whole = total[i]; paint(); },
  search(text) { hits = names.map((each) => each.includes(text)); paint(); },
  hover(round) {
    const at = from + (whole * (round + 1)) / 12;
    for (let i = 0; i < parent.length; i++) if (depth[i] === 3 + (round % 5) && left[i] <= at && at < left[i] + total[i]) { canvas.title = names[name[i]]; break; }
  },
};`;

const D3 = `
import flamegraph from 'd3-flame-graph';
import { select } from 'd3-selection';
const { parent, total, name, names } = given;
const nodes = parent.map((_, i) => ({ name: names[name[i]], value: total[i], children: [] }));
parent.forEach((above, i) => { if (i) nodes[above].children.push(nodes[i]); });
const chart = flamegraph().width(1600).cellHeight(20).transitionDuration(0).inverted(true).sort(false);
const frames = () => [...document.querySelectorAll('g.frame')];
window.peer = {
  draw() { select('#chart').datum(nodes[0]).call(chart); },
  zoom(round) { const all = frames().filter((g) => g.getBoundingClientRect().width > 8); all[(round * 7919) % all.length].dispatchEvent(new MouseEvent('click', { bubbles: true })); },
  search(text) { chart.search(text); },
  hover(round) { const all = frames(); all[(round * 7919) % all.length].dispatchEvent(new MouseEvent('mouseover', { bubbles: true })); },
};`;
