/** Everything a user can do, whichever key, click or menu asks for it. */
import type { DiffFunctionsRequest, DiffWidth, FrameInfo, SourcePlace, ViewCommand, ViewFilter, ViewTab } from '../extension/protocol.ts';
import { factsOf, frameByFunction, stackOf, stackText } from './facts.ts';
import { ALL_SAMPLES, isSet, sameFilter, shapeKey, topDown } from './filters.ts';
import { frameOf, walk, type FlameIndex, type Step } from './flame/flameIndex.ts';
import { openPathsOf } from './hotPaths/chains.ts';
import type { Channel } from './messages.ts';
import { stepMatch } from './search.ts';
import type { Stop, Store } from './store.ts';

/** Zooms and filters that can be gone back through. */
const LONGEST_HISTORY = 100;

export class Actions {
  private readonly store: Store;
  private readonly channel: Channel;

  constructor(store: Store, channel: Channel) {
    this.store = store;
    this.channel = channel;
  }

  select(node: number | null): void {
    const { view } = this.store.model;
    if (node === view.selectedNode) return;
    const frame = node === null ? null : (factsOf(this.store.model, node)?.frame ?? null);
    this.store.updateView({ selectedNode: node, selectedFunction: frame && frame.fn >= 0 ? frame.fn : null });
  }

  /** A function in every view; in the graph, its widest frame. */
  selectFunction(fn: number): void {
    const { index, view } = this.store.model;
    if (fn === view.selectedFunction) return;
    this.store.updateView({ selectedFunction: fn, selectedNode: index ? widestOf(index, fn) : null });
  }

  hover(node: number | null): void {
    if (node !== this.store.model.hovered) this.store.update({ hovered: node });
  }

  /** Moves the selection; from the zoomed frame where nothing in sight is selected. */
  step(step: Step): void {
    const { index, view } = this.store.model;
    if (!index) return;
    const at = view.selectedNode === null ? undefined : index.rows.get(view.selectedNode);
    this.select(index.table.node[at === undefined ? index.rootRow : walk(index, at, step)]!);
  }

  /** Selects the next match; one too narrow to be drawn is zoomed to. */
  stepMatch(direction: 1 | -1): void {
    const { index, view, matches } = this.store.model;
    const node = matches ? stepMatch(matches.steps, view.selectedNode, direction) : undefined;
    if (!index || node === undefined) return;
    if (index.rows.has(node)) this.select(node);
    else this.zoomTo(node);
  }

  zoomTo(node: number): void {
    this.visit({ ...this.here(), rootNode: node });
    this.select(node);
  }

  /** Zooms to a node of the hot paths, whose shape an inverted graph does not have. */
  showInGraph(node: number): void {
    this.showTab('flame');
    const { filter } = this.store.model.view;
    this.visit({ rootNode: node, filter: topDown(filter), selectedNode: node });
    this.select(node);
  }

  /** Selects a node of the graph that is not turned round; one that is not in sight is zoomed to. */
  reveal(node: number): void {
    const { index, view } = this.store.model;
    const isTurned = view.filter.inverted === true || isSet(view.filter.callersOf);
    if (isTurned || !index?.rows.has(node)) return this.showInGraph(node);
    this.showTab('flame');
    this.select(node);
  }

  /** The disassembly of a function. */
  showAssembly({ fn }: FrameInfo): void {
    this.channel.post({ type: 'assembly', fn });
  }

  /** One frame out. */
  zoomOut(): void {
    const { index } = this.store.model;
    if (index && index.rootRow > 0) this.visit({ ...this.here(), rootNode: index.table.node[index.table.parent[index.rootRow]!]! });
  }

  /** One frame in, towards a node below the zoomed one. */
  zoomTowards(node: number): void {
    const { index } = this.store.model;
    const target = index?.rows.get(node);
    if (!index || target === undefined) return;
    let row = target;
    while (index.depths[row]! > index.depths[index.rootRow]! + 1) row = index.table.parent[row]!;
    if (index.table.parent[row] === index.rootRow) this.visit({ ...this.here(), rootNode: index.table.node[row]! });
  }

  resetZoom(): void {
    this.visit({ ...this.here(), rootNode: 0 });
  }

  /** One step out of what a person has gone into: the zoom, then what is selected. */
  leave(): void {
    if (this.store.model.view.rootNode !== 0) this.resetZoom();
    else this.store.updateView({ selectedNode: null, selectedFunction: null });
  }

  setFilter(filter: ViewFilter): void {
    this.visit({ ...this.here(), filter });
  }

  changeFilter(change: Partial<ViewFilter>): void {
    this.setFilter({ ...this.store.model.view.filter, ...change });
  }

  toggleFilter(key: 'hideIdle' | 'hideLibrary' | 'collapseRecursion' | 'inverted'): void {
    this.changeFilter({ [key]: this.store.model.view.filter[key] !== true });
  }

  /** Only what runs inside of the function. */
  focus(frame: FrameInfo): void {
    this.name(frame);
    this.changeFilter({ focus: frame.fn });
  }

  showCallers(frame: FrameInfo): void {
    this.name(frame);
    this.showTab('flame');
    this.changeFilter({ callersOf: frame.fn });
  }

  /** Callers of the selected function; all again where that is shown already. */
  toggleCallers(): void {
    const { view } = this.store.model;
    if (isSet(view.filter.callersOf)) return this.changeFilter({ callersOf: null });
    const frame = view.selectedFunction === null ? null : frameByFunction(this.store.model, view.selectedFunction);
    if (frame) this.showCallers(frame);
  }

  hideFunction(frame: FrameInfo): void {
    this.name(frame);
    this.changeFilter({ hiddenFunctions: [...new Set([...(this.store.model.view.filter.hiddenFunctions ?? []), frame.fn])] });
  }

  hideModule({ module }: FrameInfo): void {
    this.changeFilter({ hiddenModules: [...new Set([...(this.store.model.view.filter.hiddenModules ?? []), module])] });
  }

  showAll(): void {
    this.visit({ ...this.here(), filter: ALL_SAMPLES });
  }

  /** The next vCPU's samples, or every vCPU's after the last. */
  cycleVcpu(direction: 1 | -1): void {
    const { header, view } = this.store.model;
    if (!header || header.vcpuIds.length < 2) return;
    const choices = [null, ...header.vcpuIds];
    const at = choices.indexOf(view.filter.vcpu) + direction;
    this.changeFilter({ vcpu: choices.at(at % choices.length) ?? null });
  }

  back(): void {
    const { past, future } = this.store.model;
    const to = past.at(-1);
    if (to) this.go(to, { past: past.slice(0, -1), future: [this.here(), ...future] });
  }

  forward(): void {
    const { past, future } = this.store.model;
    const to = future[0];
    if (to) this.go(to, { past: [...past, this.here()], future: future.slice(1) });
  }

  flip(): void {
    const flipped = !this.store.model.view.flipped;
    this.store.updateView({ flipped });
    this.channel.post({ type: 'flipped', flipped });
  }

  setWidth(width: DiffWidth): void {
    this.store.updateView({ width });
  }

  toggleHeatMap(): void {
    this.store.updateView({ heatMap: !this.store.model.view.heatMap });
  }

  showTab(tab: ViewTab): void {
    if (tab !== this.store.model.view.tab) this.store.updateView({ tab });
  }

  sort(order: DiffFunctionsRequest['order'], descending: boolean): void {
    this.store.updateView({ order, descending });
  }

  togglePath(leaf: number, open: boolean): void {
    const openPaths = openPathsOf(this.store.model).filter((node) => node !== leaf);
    this.store.updateView({ openPaths: open ? [...openPaths, leaf] : openPaths });
  }

  openSource(node: number, where: 'hottest' | 'callSite', aside: boolean): void {
    const { model } = this.store;
    const facts = factsOf(model, node);
    // A comparison's nodes belong to neither profile: its frames say where they are.
    if (model.base) return facts ? this.openFrame(facts.frame, aside) : undefined;
    const { filter, tab } = model.view;
    this.channel.post({ type: 'openSource', filter: tab === 'hotPaths' ? topDown(filter) : filter, node, where, aside });
  }

  /** The line that a frame tells. */
  openFrame(frame: FrameInfo, aside: boolean): void {
    const place = placeOf(frame);
    if (place) this.channel.post({ type: 'openPlace', place, aside });
  }

  copy(text: string): void {
    if (text !== '') this.channel.post({ type: 'copy', text });
  }

  copyStack(node: number): void {
    this.copy(stackText(stackOf(this.store.model, node)));
  }

  copyLink(frame: FrameInfo): void {
    const place = placeOf(frame);
    if (place) this.channel.post({ type: 'copyLink', place });
  }

  command(command: ViewCommand): void {
    this.channel.post({ type: 'command', command, filter: this.store.model.view.filter });
  }

  dismissError(): void {
    this.store.update({ error: null });
  }

  private here(): Stop {
    const { rootNode, filter, selectedNode } = this.store.model.view;
    return { rootNode, filter, selectedNode };
  }

  /** The filter will speak of this function. */
  private name({ fn, name }: FrameInfo): void {
    this.store.updateView({ names: { ...this.store.model.view.names, [fn]: name.slice(0, 200) } });
  }

  private visit(to: Stop): void {
    const { past, carryFrom } = this.store.model;
    const here = this.here();
    if (to.rootNode === here.rootNode && sameFilter(to.filter, here.filter)) return;
    const sameShape = shapeKey(to.filter) === shapeKey(here.filter);
    // A root that comes with another shape is a node of that shape.
    const carried = sameShape ? carryFrom : to.rootNode === here.rootNode ? (carryFrom ?? here.filter) : null;
    const history = { past: [...past, here].slice(-LONGEST_HISTORY), future: [] };
    this.store.update({ ...history, carryFrom: carried, view: { ...this.store.model.view, rootNode: to.rootNode, filter: to.filter } });
  }

  private go(to: Stop, history: { past: readonly Stop[]; future: readonly Stop[] }): void {
    const { view } = this.store.model;
    const sameShape = shapeKey(to.filter) === shapeKey(view.filter);
    const selectedNode = sameShape ? view.selectedNode : to.selectedNode;
    this.store.update({ ...history, carryFrom: null, view: { ...view, rootNode: to.rootNode, filter: to.filter, selectedNode } });
  }
}

function widestOf(index: FlameIndex, fn: number): number | null {
  let best: number | null = null;
  for (let row = 0; row < index.table.node.length; row++)
    if (frameOf(index, row).fn === fn && (best === null || index.table.total[row]! > index.table.total[best]!)) best = row;
  return best === null ? null : index.table.node[best]!;
}

function placeOf({ file, line }: FrameInfo): SourcePlace | null {
  return file === undefined ? null : { file, line: line ?? 1 };
}
