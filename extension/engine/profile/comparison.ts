/**
 * Two profiles held against each other. Their call trees are merged into one with functions of its own, by which every filter and shape works as it does on
 * a profile; weights become shares of each profile's own total, so that a longer recording is not a slower guest.
 */
import { posix, win32 } from 'node:path';
import type {
  DiffColumns,
  DiffFlameReply,
  DiffFlameRequest,
  DiffFunctionsReply,
  DiffFunctionsRequest,
  DiffNeighboursReply,
  DiffWidth,
  NeighboursRequest,
  SearchResult,
  ViewFilter,
} from '../../protocol.ts';
import { CallersCache } from './callersCache.ts';
import { carryNodes, type Grown } from './carry.ts';
import { Column } from './column.ts';
import { cutDown } from './cut.ts';
import { frameColumns } from './flameTable.ts';
import { frameInfo } from './frameInfo.ts';
import { functionRows, piece } from './functionRows.ts';
import { functionTotals, type FunctionTotals } from './functionTotals.ts';
import { FunctionTree } from './functionTree.ts';
import type { FunctionInfo } from './locations.ts';
import { Matcher } from './matcher.ts';
import { neighbours, type Neighbour } from './neighbours.ts';
import { search } from './search.ts';
import { ShapeCache, type Shape } from './shape.ts';
import { sureChange } from './sureChange.ts';
import type { ProfileViews } from './views.ts';
import { Weighted } from './weighted.ts';

const NO_LINES: ReadonlyMap<number, number> = new Map();

/** Weights of both sides on one tree. */
interface Pair {
  readonly shape: Shape;
  readonly base: Weighted;
  readonly other: Weighted;
}

export class Comparison {
  readonly base: ProfileViews;
  readonly other: ProfileViews;
  private readonly tree = new FunctionTree();
  private readonly functions: FunctionInfo[] = [];
  private readonly functionIds = new Map<string, number>();
  private readonly sides: readonly [Side, Side];
  private readonly shapes = new ShapeCache(this.tree, this.functions);
  private readonly matcher = new Matcher(this.functions);
  private readonly callers = new CallersCache();

  constructor(base: ProfileViews, other: ProfileViews) {
    this.base = base;
    this.other = other;
    this.sides = [new Side(base), new Side(other)];
  }

  flame(request: Omit<DiffFlameRequest, 'profileId'>): DiffFlameReply {
    const { filter, rootNode, widthPx, width, carry } = request;
    const pair = this.pair(filter);
    const { weighted: drawn, unit } = this.drawn(pair, width);
    const [root = 0, ...carried] = carry
      ? carryNodes(this.grown(carry.from, width), this.grown(filter, width), [rootNode, ...carry.nodes])
      : [rootNode];
    const callers = this.callers.of(filter);
    const cut = callers?.cut(drawn, root ?? 0, widthPx) ?? cutDown(drawn, root ?? 0, widthPx);
    const columns = (side: Weighted): { self: number[]; total: number[] } => {
      const found = callers?.weightsOf(side, new Set(cut.node));
      const of = (node: number) => (found ? found.get(node) : { self: side.self[node]!, total: side.total[node]! });
      return {
        self: cut.node.map((node) => share(of(node)?.self ?? 0, side)),
        total: cut.node.map((node) => share(of(node)?.total ?? 0, side)),
      };
    };
    const [base, other] = [columns(pair.base), columns(pair.other)];
    return {
      base: this.base.header(),
      other: this.other.header(),
      baseGrandTotal: pair.base.grandTotal,
      otherGrandTotal: pair.other.grandTotal,
      table: {
        rootNode: cut.rootNode,
        node: cut.node,
        parent: cut.parent,
        baseSelf: base.self,
        baseTotal: base.total,
        otherSelf: other.self,
        otherTotal: other.total,
        ...frameColumns(cut, this.functions, NO_LINES),
        pruned: cut.pruned,
      },
      ...(request.search
        ? {
            search: inShares(
              search(this.matcher, request.search, { weighted: drawn, callers, root: cut.rootNode, widthPx, nodes: cut.node }),
              unit,
            ),
          }
        : {}),
      ...(carry ? { carried } : {}),
    };
  }

  functionTable(request: Omit<DiffFunctionsRequest, 'profileId'>): DiffFunctionsReply {
    const { base, other } = this.pair(request.filter);
    const [before, after] = [base, other].map((side) => {
      const { self, total } = functionTotals(side);
      return { self: self.map((value) => share(value, side)), total: total.map((value) => share(value, side)) };
    }) as [FunctionTotals, FunctionTotals];
    const has = (fn: number): boolean => before.total[fn]! > 0 || after.total[fn]! > 0;
    const change = (by: 'self' | 'total'): Float64Array =>
      after[by].map((value, fn) => Math.round((value - before[by][fn]!) * 1e12) / 1e12);
    const sizes = [this.sides[0].samples(request.filter, base), this.sides[1].samples(request.filter, other)] as const;
    const changes = Array.from(before.total, (share, fn) => sureChange([share, after.total[fn]!], sizes));
    const sure = Float64Array.from(changes, (of) => of.sure);
    // of functions that always run together, the one that runs itself is first
    const values = {
      self: () => [after.self],
      total: () => [after.total, after.self],
      selfChange: () => [change('self')],
      totalChange: () => [change('total'), change('self')],
      sureChange: () => [sure, Float64Array.from(changes, (of) => of.deviations), change('self')],
      name: () => [],
      module: () => [],
      file: () => [],
    }[request.order]();
    const { fns, ...place } = piece(functionRows(this.functions, request, this.matcher, has, values), request);
    const column = (from: Float64Array): number[] => fns.map((fn) => from[fn]!);
    return {
      baseGrandTotal: base.grandTotal,
      otherGrandTotal: other.grandTotal,
      ...place,
      rows: {
        frames: fns.map((fn) => frameInfo(this.functions, fn)),
        baseSelf: column(before.self),
        baseTotal: column(before.total),
        otherSelf: column(after.self),
        otherTotal: column(after.total),
        sureChange: column(sure),
      },
    };
  }

  neighbours({ filter, fn, limit }: Omit<NeighboursRequest, 'profileId'>): DiffNeighboursReply {
    const { base, other } = this.pair(filter);
    const [before, after] = [neighbours(base, fn), neighbours(other, fn)];
    const columns = (way: 'callers' | 'callees'): DiffColumns => {
      const rows = beside(before[way], after[way], base, other).slice(0, Math.max(0, limit));
      return {
        frames: rows.map((row) => frameInfo(this.functions, row.fn)),
        baseSelf: rows.map((row) => row.baseSelf),
        baseTotal: rows.map((row) => row.baseTotal),
        otherSelf: rows.map((row) => row.otherSelf),
        otherTotal: rows.map((row) => row.otherTotal),
      };
    };
    const frame = before.total > 0 || after.total > 0 ? frameInfo(this.functions, fn) : null;
    return { frame, callers: columns('callers'), callees: columns('callees') };
  }

  private pair(filter: ViewFilter): Pair {
    for (const side of this.sides) side.merge(this.tree, (info) => this.internFunction(info));
    const shape = this.shapes.of(filter);
    shape.map();
    const [base, other] = this.sides.map((side) => shape.carry(side.weights(filter, this.tree.size))) as [Float64Array, Float64Array];
    return { shape, base: new Weighted(shape.tree, this.functions, base), other: new Weighted(shape.tree, this.functions, other) };
  }

  /** What widths stand for; and what one of its weights is as a share. */
  private drawn({ shape, base, other }: Pair, width: DiffWidth): { weighted: Weighted; unit: number } {
    if (width === 'base') return { weighted: base, unit: base.grandTotal > 0 ? 1 / base.grandTotal : 0 };
    if (width === 'other') return { weighted: other, unit: other.grandTotal > 0 ? 1 / other.grandTotal : 0 };
    // Where one side has nothing under the filter the other alone is drawn.
    const sides = base.grandTotal > 0 && other.grandTotal > 0 ? 2 : 1;
    const self = base.self.map((value, node) => (share(value, base) + share(other.self[node]!, other)) / sides);
    return { weighted: new Weighted(shape.tree, this.functions, self), unit: 1 };
  }

  private grown(filter: ViewFilter, width: DiffWidth): Grown {
    const pair = this.pair(filter);
    return { weighted: this.drawn(pair, width).weighted, shape: pair.shape, callers: this.callers.of(filter) };
  }

  /** A function is the same in two builds when its name and its file's own name are: lines move, and builds are made in other folders. */
  private internFunction(info: FunctionInfo): number {
    const key = `${info.name}\0${posix.basename(win32.basename(info.file))}`;
    let id = this.functionIds.get(key);
    if (id === undefined) this.functionIds.set(key, (id = this.functions.push(info) - 1));
    return id;
  }
}

/** One of the two, and where its functions and nodes are in what is merged. Grows with its profile. */
class Side {
  private readonly views: ProfileViews;
  private readonly functions = new Column(Int32Array);
  private readonly nodes = new Column(Int32Array);

  constructor(views: ProfileViews) {
    this.views = views;
    this.nodes.push(0);
  }

  merge(tree: FunctionTree, intern: (info: FunctionInfo) => number): void {
    const { functions, table } = this.views.profile;
    while (this.functions.length < table.functions.length) this.functions.push(intern(table.functions[this.functions.length]!));
    const { parents, keys } = functions;
    for (let node = this.nodes.length; node < keys.length; node++) {
      const key = keys[node]!;
      this.nodes.push(tree.child(this.nodes.get(parents[node]!), this.functions.get(key >> 1) * 2 + (key & 1)));
    }
  }

  /** How many samples have a weight in a tree under a filter. */
  samples(filter: ViewFilter, { grandTotal }: Weighted): number {
    // a line of folded stacks stands for many
    if (this.views.profile.facts.unit === 'samples') return grandTotal;
    const all = this.views.weights.of(filter);
    return all.grandTotal > 0 ? (all.samples * grandTotal) / all.grandTotal : 0;
  }

  /** By node of the merged tree. */
  weights(filter: ViewFilter, size: number): Float64Array {
    const { self } = this.views.weights.of(filter);
    const merged = new Float64Array(size);
    for (let node = 0; node < self.length; node++) merged[this.nodes.get(node)]! += self[node]!;
    return merged;
  }
}

/** A function beside itself, in shares. */
interface Beside {
  readonly fn: number;
  baseSelf: number;
  baseTotal: number;
  otherSelf: number;
  otherTotal: number;
}

/** By function, what changed most first; of equals the heaviest. */
function beside(before: readonly Neighbour[], after: readonly Neighbour[], base: Weighted, other: Weighted): Beside[] {
  const rows = new Map<number, Beside>();
  const row = (fn: number): Beside => {
    const made = rows.get(fn) ?? { fn, baseSelf: 0, baseTotal: 0, otherSelf: 0, otherTotal: 0 };
    rows.set(fn, made);
    return made;
  };
  for (const { fn, self, total } of before) Object.assign(row(fn), { baseSelf: share(self, base), baseTotal: share(total, base) });
  for (const { fn, self, total } of after) Object.assign(row(fn), { otherSelf: share(self, other), otherTotal: share(total, other) });
  const change = ({ baseTotal, otherTotal }: Beside): number => Math.round(Math.abs(otherTotal - baseTotal) * 1e12);
  return [...rows.values()].sort((a, b) => change(b) - change(a) || b.baseTotal + b.otherTotal - a.baseTotal - a.otherTotal || a.fn - b.fn);
}

function share(weight: number, { grandTotal }: Weighted): number {
  return grandTotal > 0 ? weight / grandTotal : 0;
}

function inShares(found: SearchResult, unit: number): SearchResult {
  return { ...found, weight: found.weight * unit, matched: found.matched.map((weight) => weight * unit) };
}
