/**
 * The browser's part of `npm run bench -- view`: what a user waits for in real Chromium, beside d3-flame-graph 5 and a canvas that draw the same tree. The
 * view has all of its way in it: the engine in a process of its own, which opens the file meanwhile. The peers have the whole tree in the page already.
 */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { writePprof } from '../../extension/engine/formats/pprofWrite.ts';
import { EVERYTHING } from '../../extension/engine/profile/filter.ts';
import type { Profile } from '../../extension/engine/profile/profile.ts';
import { ProfileViews } from '../../extension/engine/profile/views.ts';
import type { Ask } from '../../extension/host/flamegraph/conversation.ts';
import { Opening } from '../../extension/host/flamegraph/opening.ts';
import { openBrowser, type Browser } from '../editor/browser.ts';
import { openView, type ViewPage } from '../view/page.ts';
import { startEngine, type EngineProcess } from './engineProcess.ts';
import { largeProfile } from './largeProfile.ts';
import { median } from './processes.ts';
import { hover, isPainted, search, zoom } from './viewInPage.ts';
import { canvasPeer, d3Peer, letNamesBe, type PeerFigures, type Tree } from './viewPeers.ts';
import { heapMb, rendererMb } from './webviewMemory.ts';

const ROUNDS = 9;
const WIDTH_PX = 1600;
/** d3-flame-graph lays out every node it is given: beyond this it takes minutes and gigabytes. */
const MOST_FOR_D3 = 100_000;

type Row = Record<string, string>;

/** @param sizes nodes of the call tree; each has ten samples a node */
export async function benchBrowser(sizes: readonly number[]): Promise<void> {
  const rows: Row[] = [];
  for (const nodes of sizes) {
    const row = await measure(largeProfile(nodes, nodes * 10));
    rows.push(row);
    if (sizes.length > 1) console.log(`${row['nodes']}: ${row['view: first paint, ms']} ms to the first paint`);
  }
  const names = [...new Set(rows.flatMap((row) => Object.keys(row)))];
  const width = Math.max(...names.map((name) => name.length));
  for (const name of names) console.log(`${name.padEnd(width)}  ${rows.map((row) => (row[name] ?? '–').padStart(12)).join('')}`);
}

async function measure(profile: Profile): Promise<Row> {
  const nodes = profile.functions.size;
  const folder = await mkdtemp(path.join(tmpdir(), 'ringside-bench-'));
  const browser = await openBrowser({ width: WIDTH_PX, height: 1000, reducedMotion: 'reduce' });
  try {
    const file = path.join(folder, 'large.pb.gz');
    await writeFile(file, await writePprof(profile));
    const ours = await measureView(browser, file);
    const tree = treeOf(profile);
    const canvas = await canvasPeer(browser.page, tree, ROUNDS);
    const d3 = nodes <= MOST_FOR_D3 ? await d3Peer(browser.page, tree, nodes > 10_000 ? 1 : ROUNDS) : null;
    const pruned = await d3Peer(browser.page, prunedTreeOf(profile), ROUNDS);
    return {
      nodes: nodes.toLocaleString('en'),
      samples: profile.sampleCount.toLocaleString('en'),
      ...ours,
      ...peer('canvas, whole tree', canvas),
      ...(d3 ? peer('d3-flame-graph, whole tree', d3) : {}),
      ...peer('d3-flame-graph, tree cut to pixels', pruned),
    };
  } finally {
    await browser.close();
    await rm(folder, { recursive: true, force: true });
  }
}

function peer(who: string, figures: PeerFigures): Row {
  return {
    [`${who}: first paint, ms`]: figures.firstPaintMs.toFixed(0),
    [`${who}: zoom, ms`]: figures.zoomMs.toFixed(1),
    [`${who}: search, ms`]: figures.searchMs.toFixed(1),
    [`${who}: hover, ms`]: figures.hoverMs.toFixed(1),
    [`${who}: heap of the page, MB`]: figures.heapMb.toFixed(1),
  };
}

/** From the moment the page and the file begin to be opened. */
async function measureView(browser: Browser, file: string): Promise<Row> {
  const engine = await startEngine();
  let view: ViewPage | undefined;
  try {
    let start = 0;
    const opening = new FileOpening(engine, () => void view?.pushGrowth());
    view = await openView({
      browser,
      profile: { shown: { id: 'large', kind: 'profile' }, ask: opening.ask },
      width: WIDTH_PX,
      height: 1000,
      onLoad() {
        start = performance.now();
        opening.begin(file);
      },
    });
    const { page } = view;
    await letNamesBe(page);
    await page.evaluate(isPainted);
    const firstPaintMs = performance.now() - start;
    const readAtFirst = opening.read;
    await opening.whole;
    const wholeMs = performance.now() - start;
    await page.waitForFunction(() => document.querySelector<HTMLElement>('.reading')?.hidden !== false);
    const settled = (): Promise<unknown> => page.locator('.frame-elements[data-settled=true]').waitFor({ state: 'attached' });
    const rounds = async <T>(run: (round: number) => Promise<T>): Promise<T[]> => {
      const found: T[] = [];
      for (let round = 0; round < ROUNDS; round++) {
        await settled();
        found.push(await run(round));
      }
      return found;
    };
    const zooms = await rounds(() => page.evaluate(zoom));
    const searches = await rounds((round) => page.evaluate(search, `order_${round}`));
    const hovers = await rounds((round) => page.evaluate(hover, round));
    return {
      'view: first paint, ms': firstPaintMs.toFixed(0),
      'view: read by then, %': (100 * readAtFirst).toFixed(0),
      'view: whole file, ms': wholeMs.toFixed(0),
      'view: zoom painted, ms': median(zooms.map(({ paintedMs }) => paintedMs)).toFixed(1),
      'view: zoom answered, ms': median(zooms.map(({ answeredMs }) => answeredMs)).toFixed(1),
      'view: search marked, ms': median(searches.map(({ markedMs }) => markedMs)).toFixed(1),
      'view: search counted, ms': median(searches.map(({ countedMs }) => countedMs)).toFixed(1),
      'view: hover, ms': median(hovers).toFixed(1),
      'view: heap of the page, MB': (await heapMb(page)).toFixed(1),
      'view: memory of the page’s process, MB': rendererMb().toFixed(0),
      'engine: memory of its process, MB': engine.memoryMb().toFixed(0),
    };
  } finally {
    await view?.close();
    await engine.stop();
  }
}

/** As the extension host opens a file: views are answered as soon as there is something to show. */
class FileOpening {
  /** Share of the file that views are answered from. */
  read = 0;
  readonly whole: Promise<void>;
  private readonly engine: EngineProcess;
  private readonly onGrowth: () => void;
  private readonly opening: Opening;
  private settle: (whole: Promise<unknown>) => void = () => undefined;

  constructor(engine: EngineProcess, onGrowth: () => void) {
    this.engine = engine;
    this.onGrowth = onGrowth;
    const whole = new Promise<unknown>((resolve) => (this.settle = resolve));
    this.opening = new Opening(whole);
    this.whole = whole.then(() => {
      this.read = 1;
      onGrowth();
    });
  }

  readonly ask: Ask = async (method, params) => {
    await this.opening.shown;
    return this.engine.ask(method, params);
  };

  begin(file: string): void {
    this.engine.onOpening((event) => {
      if (event.canShow) this.read = event.done / event.total;
      if (this.opening.told(event)) this.onGrowth();
    });
    this.settle(this.engine.ask('ringside/open', { profileId: 'large', path: file }));
  }
}

/** Every node with weight. */
function treeOf(profile: Profile): Tree {
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

function prunedTreeOf(profile: Profile): Tree {
  const { table } = new ProfileViews(profile).flame({ filter: EVERYTHING, rootNode: 0, widthPx: WIDTH_PX });
  return { parent: table.parent, total: table.total, name: table.frame.map((frame) => table.frames[frame]!.name) };
}
