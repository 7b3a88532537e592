/** What a profile answers to views: one method a request (protocol.ts), all from the same few kept answers. */
import type {
  EngineRequests,
  FlameReply,
  FlameRequest,
  FrameInfo,
  FunctionColumns,
  FunctionsReply,
  FunctionsRequest,
  HeatMap,
  HeatMapRequest,
  HotPathReply,
  HotPathRequest,
  NeighboursReply,
  NeighboursRequest,
  ProfileHeader,
  SearchQuery,
  SearchResult,
  SourcePlace,
  ViewFilter,
} from '../../protocol.ts';
import { heaviestNode, type CallersTree } from './callers.ts';
import { CallersCache } from './callersCache.ts';
import { carryNodes, type Grown } from './carry.ts';
import { cutDown, type Cut } from './cut.ts';
import { EVERYTHING, sampleKey, shapeKey, type Zoomed } from './filter.ts';
import { flameTable } from './flameTable.ts';
import { frameInfo } from './frameInfo.ts';
import { functionRows, piece, type Rows } from './functionRows.ts';
import { functionTotals } from './functionTotals.ts';
import { profileHeader } from './header.ts';
import { heatMap } from './heatMap.ts';
import { hotPaths } from './hotPaths.ts';
import { LineIndex } from './lineIndex.ts';
import { lineTotals, type LineTotals } from './lineTotals.ts';
import { Matcher } from './matcher.ts';
import { neighbours, type Neighbour } from './neighbours.ts';
import type { Placed } from './placed.ts';
import { heaviestLines, placesOf } from './nodeLines.ts';
import type { Profile } from './profile.ts';
import { keptWithin, Recent } from './recent.ts';
import { search } from './search.ts';
import { ShapeCache, type Shape } from './shape.ts';
import { WeightCache, type Weights } from './weights.ts';
import { Weighted } from './weighted.ts';

/** Trees with weights that are kept: at a million nodes each holds 16 MB, and its weights as many. */
const KEPT = 6;
const BUDGET_BYTES = 96e6;

export class ProfileViews {
  readonly profile: Profile;
  readonly weights: WeightCache;
  private readonly shapes: ShapeCache;
  private readonly lines: LineIndex;
  private readonly matcher: Matcher;
  private readonly kept = new Recent<string, { weights: Weights; weighted: Weighted }>(() =>
    keptWithin(BUDGET_BYTES, 4 * 8 * this.profile.functions.size, KEPT),
  );
  private readonly callersCache = new CallersCache();
  /** Of the trees that are kept: it must not hold others. */
  private readonly keptRows = new Recent<string, { weighted: Weighted; rows: Rows }>(2);
  private keptHeat: { key: string; count: number; map: HeatMap } | null = null;

  constructor(profile: Profile) {
    this.profile = profile;
    this.shapes = new ShapeCache(profile.functions, profile.table.functions);
    this.weights = new WeightCache(profile, (filter) => (filter.within ? this.shapes.of(filter).outside(filter.within) : null));
    this.lines = new LineIndex(profile);
    this.matcher = new Matcher(profile.table.functions);
  }

  /** Works out, in steps, what every first question needs: where frames are in the source, and what lines cost while nothing is filtered. */
  *preparing(): Generator<unknown, void, undefined> {
    yield* this.lines.updating();
    const weights = this.weights.of(EVERYTHING);
    yield weights;
    yield weights.stackTotal;
    yield weights.self;
    yield this.weighted(EVERYTHING);
    yield this.lineTotals();
  }

  header(): ProfileHeader {
    return profileHeader(this.profile, this.weights);
  }

  /** The tree under a filter, not yet turned round. */
  weighted(filter: Zoomed): Weighted {
    const key = `${sampleKey(filter)} ${shapeKey(filter)}`;
    const weights = this.weights.of(filter);
    const known = this.kept.get(key);
    if (known?.weights === weights) return known.weighted;
    const shape = this.shapes.of(filter);
    const weighted = new Weighted(
      this.shapeTree(shape),
      this.profile.table.functions,
      shape.carry(weights.self),
      shape.isPlain ? weights.total : undefined,
    );
    return this.kept.set(key, { weights, weighted }).weighted;
  }

  /** Weight of everything under a filter. */
  grandTotal(filter: Zoomed): number {
    return this.shapes.of(filter).isPlain ? this.weights.of(filter).grandTotal : this.weighted(filter).grandTotal;
  }

  flame({ filter, rootNode, widthPx, search: query, carry }: Omit<FlameRequest, 'profileId'>): FlameReply {
    const weighted = this.weighted(filter);
    const [root = 0, ...carried] = carry ? this.carry(carry.from, filter, [rootNode, ...carry.nodes]) : [rootNode];
    const cut = this.cut(filter, weighted, root ?? 0, widthPx);
    const table = flameTable(cut, weighted.functions, weighted.grandTotal, this.linesOf(filter, new Set(cut.lineNode)));
    return {
      header: this.header(),
      table,
      ...(query ? { search: this.find(filter, weighted, cut.rootNode, widthPx, query, table.node) } : {}),
      ...(carry ? { carried } : {}),
    };
  }

  search({
    filter,
    rootNode,
    widthPx,
    search: query,
    nodes,
  }: Omit<EngineRequests['ringside/search']['params'], 'profileId'>): SearchResult {
    return this.find(filter, this.weighted(filter), rootNode, widthPx, query, nodes);
  }

  hotPaths({ filter, limit }: Omit<HotPathRequest, 'profileId'>): HotPathReply {
    const weighted = this.weighted(filter);
    return { grandTotal: weighted.grandTotal, paths: hotPaths(weighted, limit, (nodes) => this.linesOf(filter, nodes)) };
  }

  functions(request: Omit<FunctionsRequest, 'profileId'>): FunctionsReply {
    const weighted = this.weighted(request.filter);
    const { self, total } = functionTotals(weighted);
    const { filter, order, descending } = request;
    const key = JSON.stringify([sampleKey(filter), shapeKey(filter), order, descending, request.search ?? null]);
    let entry = this.keptRows.get(key);
    if (entry?.weighted !== weighted) {
      const values = order === 'self' ? [self, total] : order === 'total' ? [total, self] : [];
      const rows = functionRows(weighted.functions, request, this.matcher, (fn) => total[fn]! > 0, values);
      entry = this.keptRows.set(key, { weighted, rows });
    }
    const { fns, ...place } = piece(entry.rows, request);
    return {
      grandTotal: weighted.grandTotal,
      ...place,
      rows: {
        frames: fns.map((fn) => frameInfo(weighted.functions, fn)),
        self: fns.map((fn) => self[fn]!),
        total: fns.map((fn) => total[fn]!),
      },
    };
  }

  neighbours({ filter, fn, limit }: Omit<NeighboursRequest, 'profileId'>): NeighboursReply {
    const weighted = this.weighted(filter);
    const found = neighbours(weighted, fn);
    const columns = (rows: readonly Neighbour[]): FunctionColumns => {
      const some = rows.slice(0, Math.max(0, limit));
      return {
        frames: some.map((row) => frameInfo(weighted.functions, row.fn)),
        self: some.map((row) => row.self),
        total: some.map((row) => row.total),
      };
    };
    const frame = found.total > 0 ? frameInfo(weighted.functions, fn) : null;
    return { grandTotal: weighted.grandTotal, frame, ...found, callers: columns(found.callers), callees: columns(found.callees) };
  }

  heatMap({ filter, maxColumns, rows }: Omit<HeatMapRequest, 'profileId'>): HeatMap {
    const { samples, facts, functionNodes } = this.profile;
    const key = JSON.stringify([sampleKey({ ...filter, timeMs: null }), shapeKey(filter), maxColumns, rows]);
    if (this.keptHeat?.key === key && this.keptHeat.count === samples.count) return this.keptHeat.map;
    const passes = this.weights.passes(filter);
    const map = this.shapes.of(filter).map();
    if (map) {
      const leaves = samples.leaves.view();
      for (let kind = 0; kind < leaves.length; kind++) if (map[functionNodes[leaves[kind]!]!]! < 0) passes[kind] = 0;
    }
    this.keptHeat = { key, count: samples.count, map: heatMap(samples, passes, facts.durationMs, maxColumns, rows) };
    return this.keptHeat.map;
  }

  /** @throws where the shape has no such node */
  places(filter: ViewFilter, node: number): { frame: FrameInfo; hottest: SourcePlace | null; callSite: SourcePlace | null } {
    const weighted = this.weighted(filter);
    const shape = this.shapes.of(filter);
    const callers = this.callers(filter);
    const bundle = callers && node > 0 && node < callers.ids.size ? callers.bundle(weighted, node) : null;
    const at = callers ? (bundle ? heaviestNode(bundle) : -1) : node;
    if (!Number.isInteger(at) || at < 0 || at >= weighted.tree.size)
      throw new Error(`This profile has no frame ${node}; it may have been replaced: click again`);
    const found = placesOf(this.profile, this.lines, shape, this.weights.of(filter), at);
    const info = { isInlined: weighted.tree.isInlined(at), line: found.hottest?.line ?? 0 };
    return { frame: frameInfo(weighted.functions, weighted.tree.functionOf(at), info), ...found };
  }

  /** Paths of the sources as built; more as the profile grows. */
  sourceFiles(): readonly string[] {
    return this.lines.sources();
  }

  lineTotals(filter: Zoomed = EVERYTHING): LineTotals {
    return lineTotals(this.lines, this.weights.of(filter), this.shapes.of(filter));
  }

  /** What questions about the source are answered from: the tree under a filter, not turned round, and where its frames are. */
  placed(filter: Zoomed): Placed {
    const weighted = this.weighted(filter);
    const shape = this.shapes.of(filter);
    return { profile: this.profile, weighted, shape, lines: this.lines, weights: this.weights.of(filter) };
  }

  carry(from: ViewFilter, to: ViewFilter, nodes: readonly number[]): (number | null)[] {
    return carryNodes(this.grown(from), this.grown(to), nodes);
  }

  /** Heaviest lines of nodes of the tree that is not turned round. */
  private linesOf(filter: ViewFilter, nodes: ReadonlySet<number>): ReadonlyMap<number, number> {
    return heaviestLines(this.lines, this.shapes.of(filter), this.weights.of(filter), nodes);
  }

  private cut(filter: ViewFilter, weighted: Weighted, rootNode: number, widthPx: number): Cut {
    return this.callers(filter)?.cut(weighted, rootNode, widthPx) ?? cutDown(weighted, rootNode, widthPx);
  }

  private find(
    filter: ViewFilter,
    weighted: Weighted,
    root: number,
    widthPx: number,
    query: SearchQuery,
    nodes: readonly number[],
  ): SearchResult {
    return search(this.matcher, query, { weighted, callers: this.callers(filter), root, widthPx, nodes });
  }

  private grown(filter: ViewFilter): Grown {
    return { weighted: this.weighted(filter), shape: this.shapes.of(filter), callers: this.callers(filter) };
  }

  /** The tree turned round, where the filter wants that. */
  private callers(filter: ViewFilter): CallersTree | null {
    return this.callersCache.of(filter);
  }

  private shapeTree(shape: Shape): Weighted['tree'] {
    shape.map(); // grows it to hold every node
    return shape.tree;
  }
}
