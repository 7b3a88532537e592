/**
 * The browser's part of `npm run bench -- view`: what a user waits for in real Chromium, beside d3-flame-graph 5 and a bare canvas that draw the same
 * tree. The view has all of its way in it, the engine's answer included; the peers have the whole tree in the page already.
 */
import { EVERYTHING } from '../../extension/engine/profile/filter.ts';
import { ProfileViews } from '../../extension/engine/profile/views.ts';
import { openBrowser, type Browser } from '../editor/browser.ts';
import { openView } from '../view/page.ts';
import { largeProfile } from './largeProfile.ts';
import { canvasPeer, d3Peer, heapMb, letNamesBe, type PeerFigures, type Tree } from './viewPeers.ts';

const ROUNDS = 9;
const WIDTH_PX = 1600;
/** d3-flame-graph lays out every node it is given: beyond this it takes minutes and gigabytes. */
const MOST_FOR_D3 = 100_000;

interface Figures {
  readonly firstPaintMs: number;
  readonly zoomMs: number;
  readonly searchMs: number;
  readonly hoverMs: number;
  readonly heapMb: number;
}

type Row = Record<string, string>;

/** @param sizes nodes of the call tree; each has ten samples a node */
export async function benchBrowser(sizes: readonly number[]): Promise<void> {
  const rows: Row[] = [];
  for (const nodes of sizes) rows.push(await measure(nodes));
  const names = [...new Set(rows.flatMap((row) => Object.keys(row)))];
  const width = Math.max(...names.map((name) => name.length));
  for (const name of names) console.log(`${name.padEnd(width)}  ${rows.map((row) => (row[name] ?? '–').padStart(12)).join('')}`);
}

async function measure(nodes: number): Promise<Row> {
  const profile = largeProfile(nodes, nodes * 10);
  const browser = await openBrowser({ width: WIDTH_PX, height: 1000, reducedMotion: 'reduce' });
  try {
    const ours = await measureView(browser, profile);
    const tree = treeOf(profile);
    const canvas = await canvasPeer(browser.page, tree, ROUNDS);
    const d3 = nodes <= MOST_FOR_D3 ? await d3Peer(browser.page, tree, nodes > 10_000 ? 1 : ROUNDS) : null;
    const pruned = await d3Peer(browser.page, prunedTreeOf(profile), ROUNDS);
    return {
      nodes: nodes.toLocaleString('en'),
      ...lines('view', ours),
      ...lines('canvas, whole tree', canvas),
      ...(d3 ? lines('d3-flame-graph, whole tree', d3) : {}),
      ...lines('d3-flame-graph, tree cut to pixels', pruned),
    };
  } finally {
    await browser.close();
  }
}

function lines(who: string, figures: Figures | PeerFigures): Row {
  return {
    [`${who}: first paint, ms`]: figures.firstPaintMs.toFixed(0),
    [`${who}: zoom, ms`]: figures.zoomMs.toFixed(1),
    [`${who}: search, ms`]: figures.searchMs.toFixed(1),
    [`${who}: hover, ms`]: figures.hoverMs.toFixed(1),
    [`${who}: heap of the page, MB`]: figures.heapMb.toFixed(1),
  };
}

/** From the page's start on; the profile is open in the engine, as it is when a tab is shown again. */
async function measureView(browser: Browser, profile: ReturnType<typeof largeProfile>): Promise<Figures> {
  const start = performance.now();
  const view = await openView({ browser, profile, width: WIDTH_PX, height: 1000 });
  try {
    const { page } = view;
    await letNamesBe(page);
    await page.evaluate(painted);
    const firstPaintMs = performance.now() - start;
    await page.locator('.frame-elements[aria-busy=false]').waitFor({ state: 'attached' });
    const zoomMs = await median(() => page.evaluate(zoomView));
    const searchMs = await median((round) => page.evaluate(searchView, `order_${round}`));
    const hoverMs = await median((round) => page.evaluate(hoverView, round));
    return { firstPaintMs, zoomMs, searchMs, hoverMs, heapMb: await heapMb(page) };
  } finally {
    await view.close();
  }
}

async function median(run: (round: number) => Promise<number>): Promise<number> {
  const times: number[] = [];
  for (let round = 0; round < ROUNDS; round++) times.push(await run(round));
  return times.sort((a, b) => a - b)[ROUNDS >> 1]!;
}

/** In the page: resolves when the graph has been drawn and the frame with it has been shown. */
function painted(): Promise<void> {
  return new Promise((resolve) => {
    const look = (): void => {
      const canvas = document.querySelector<HTMLCanvasElement>('.flame-canvas');
      if (canvas && canvas.width > 300 && canvas.checkVisibility()) requestAnimationFrame(() => setTimeout(resolve));
      else requestAnimationFrame(look);
    };
    look();
  });
}

/** In the page: zooms to the heaviest callee, then out again; ms until each was painted, halved. */
async function zoomView(): Promise<number> {
  const tree = document.querySelector<HTMLElement>('.flame-tree')!;
  const crumbs = document.querySelector('.crumbs')!;
  const press = (key: string): void => {
    tree.dispatchEvent(new KeyboardEvent('keydown', { key, code: key, bubbles: true }));
  };
  const changed = (): Promise<void> =>
    new Promise((resolve) => {
      const observer = new MutationObserver(() => {
        observer.disconnect();
        requestAnimationFrame(() => setTimeout(resolve));
      });
      observer.observe(crumbs, { childList: true });
    });
  tree.focus();
  for (const key of ['Home', 'ArrowDown', 'ArrowDown']) press(key);
  await new Promise(requestAnimationFrame);
  const start = performance.now();
  let done = changed();
  press('Enter');
  await done;
  done = changed();
  press('Escape');
  await done;
  return (performance.now() - start) / 2;
}

/** In the page: ms from a text to marked frames. */
async function searchView(text: string): Promise<number> {
  const field = document.querySelector<HTMLElement & { value: string }>('vscode-textfield')!;
  const start = performance.now();
  field.value = text;
  field.dispatchEvent(new Event('input'));
  await new Promise((resolve) => requestAnimationFrame(() => setTimeout(resolve)));
  return performance.now() - start;
}

/** In the page: ms from a move of the pointer to another frame's details. */
async function hoverView(round: number): Promise<number> {
  const tree = document.querySelector<HTMLElement>('.flame-tree')!;
  const { left, top, width } = tree.getBoundingClientRect();
  const at = { clientX: left + (width * (round + 1)) / 12, clientY: top + 30 + (round % 5) * 20, bubbles: true };
  const start = performance.now();
  tree.dispatchEvent(new PointerEvent('pointermove', at));
  await new Promise((resolve) => requestAnimationFrame(() => setTimeout(resolve)));
  return performance.now() - start;
}

/** Every node with weight. */
function treeOf(profile: ReturnType<typeof largeProfile>): Tree {
  const { tree, functions, total } = new ProfileViews(profile).weighted(EVERYTHING);
  const rows = new Map<number, number>([[0, 0]]);
  const made = { parent: [-1], total: [total[0]!], name: ['all'] };
  for (let node = 1; node < total.length; node++) {
    if (!(total[node]! > 0)) continue;
    rows.set(node, made.parent.push(rows.get(tree.parent(node))!) - 1);
    made.total.push(total[node]!);
    made.name.push(functions[tree.key(node) >> 1]!.name);
  }
  return made;
}

function prunedTreeOf(profile: ReturnType<typeof largeProfile>): Tree {
  const { table } = new ProfileViews(profile).flame({ filter: EVERYTHING, rootNode: 0, widthPx: WIDTH_PX });
  return { parent: table.parent, total: table.total, name: table.frame.map((frame) => table.frames[frame]!.name) };
}
