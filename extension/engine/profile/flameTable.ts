/** Cuts the function tree to what a screen can show. */
import type { FlameRequest, FlameTable, FrameInfo } from '../../protocol.ts';
import { frameInfo } from './frameInfo.ts';
import { heaviestLines } from './nodeLines.ts';
import type { Profile } from './profile.ts';
import type { Weights } from './weights.ts';

/** Rows a view is sent at most, however wide the screen: a backstop against a flat profile of very many equal leaves. */
const MAX_ROWS = 20_000;

export function flameTable(profile: Profile, weights: Weights, request: Pick<FlameRequest, 'rootNode' | 'widthPx'>): FlameTable {
  const tree = profile.functions;
  const known = Number.isInteger(request.rootNode) && request.rootNode > 0 && request.rootNode < tree.size;
  const rootNode = known && weights.total[request.rootNode]! > 0 ? request.rootNode : 0;
  const narrowest = weights.total[rootNode]! / Math.max(1, request.widthPx);
  const rows = new Rows(profile, weights);
  let row = -1;
  for (const ancestor of rootNode === 0 ? [] : [0, ...tree.path(rootNode).slice(0, -1)]) row = rows.add(ancestor, row);
  const open: [node: number, parentRow: number][] = [[rootNode, row]];
  let pruned = 0;
  for (let next = open.pop(); next; next = open.pop()) {
    const [node, parentRow] = next;
    const at = rows.add(node, parentRow);
    const children = tree.children(node).filter((child) => weights.total[child]! > 0);
    const wide = children.filter((child) => weights.total[child]! >= narrowest);
    pruned += children.length - wide.length;
    if (rows.node.length + open.length + wide.length > MAX_ROWS) {
      pruned += wide.length;
      continue;
    }
    // Alphabetical, as flame graphs are: a growing profile must not shuffle what the eye has found. The stack turns the order round.
    const names = new Map(wide.map((child) => [child, profile.table.functions[profile.functionOf(child)]!.name]));
    wide.sort((a, b) => compare(names.get(b)!, names.get(a)!) || b - a);
    for (const child of wide) open.push([child, at]);
  }
  return { rootNode, grandTotal: weights.grandTotal, ...rows.columns(), pruned };
}

/** By code unit: the same order in every locale. */
function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

class Rows {
  readonly node: number[] = [];
  private readonly parent: number[] = [];
  private readonly self: number[] = [];
  private readonly total: number[] = [];
  private readonly frame: number[] = [];
  private readonly frames: FrameInfo[] = [];
  private readonly frameIds = new Map<string, number>();
  private readonly lines: Int32Array;
  private readonly profile: Profile;
  private readonly weights: Weights;

  constructor(profile: Profile, weights: Weights) {
    this.profile = profile;
    this.weights = weights;
    this.lines = heaviestLines(profile, weights);
  }

  add(node: number, parentRow: number): number {
    this.parent.push(parentRow);
    this.self.push(this.weights.self[node]!);
    this.total.push(this.weights.total[node]!);
    this.frame.push(this.frameId(node));
    return this.node.push(node) - 1;
  }

  columns(): Pick<FlameTable, 'node' | 'parent' | 'self' | 'total' | 'frame' | 'frames'> {
    const { node, parent, self, total, frame, frames } = this;
    return { node, parent, self, total, frame, frames };
  }

  private frameId(node: number): number {
    const line = this.lines[node]!;
    const key = `${this.profile.functions.key(node)}:${line}`;
    let id = this.frameIds.get(key);
    if (id === undefined) this.frameIds.set(key, (id = this.frames.push(frameInfo(this.profile, node, line)) - 1));
    return id;
  }
}
