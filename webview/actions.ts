/** Everything a user can do, whichever key, click or menu asks for it. */
import type { FromView, ViewFilter } from '../extension/protocol.ts';
import { openPathsOf } from './chains.ts';
import { factsOf, stackOf, stackText } from './facts.ts';
import { walk, type Step } from './flameIndex.ts';
import type { Channel } from './messages.ts';
import { stepMatch } from './search.ts';
import type { Stop, Store } from './store.ts';
import { ALL_SAMPLES, sameFilter } from './viewState.ts';

/** Zooms and filters that can be gone back through. */
const LONGEST_HISTORY = 100;

type Command = Extract<FromView, { type: 'command' }>['command'];

export class Actions {
  private readonly store: Store;
  private readonly channel: Channel;

  constructor(store: Store, channel: Channel) {
    this.store = store;
    this.channel = channel;
  }

  select(node: number | null): void {
    if (node !== this.store.model.view.selectedNode) this.store.updateView({ selectedNode: node });
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

  stepMatch(direction: 1 | -1): void {
    const { index, view, matches } = this.store.model;
    if (!index || !matches) return;
    const at = view.selectedNode === null ? -1 : (index.rows.get(view.selectedNode) ?? -1);
    const row = stepMatch(matches.rows, at, direction);
    if (row !== undefined) this.select(index.table.node[row]!);
  }

  zoomTo(node: number): void {
    this.visit({ ...this.here(), rootNode: node });
    this.select(node);
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

  setFilter(filter: ViewFilter): void {
    this.visit({ ...this.here(), filter });
  }

  showAll(): void {
    this.visit({ rootNode: 0, filter: ALL_SAMPLES });
  }

  /** The next vCPU's samples, or every vCPU's after the last. */
  cycleVcpu(direction: 1 | -1): void {
    const { header, view } = this.store.model;
    if (!header || header.vcpuIds.length < 2) return;
    const choices = [null, ...header.vcpuIds];
    const at = choices.indexOf(view.filter.vcpu) + direction;
    this.setFilter({ ...view.filter, vcpu: choices.at(at % choices.length) ?? null });
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
    this.store.updateView({ flipped: !this.store.model.view.flipped });
  }

  showTab(tab: 'flame' | 'hotPaths'): void {
    if (tab !== this.store.model.view.tab) this.store.updateView({ tab });
  }

  togglePath(leaf: number, open: boolean): void {
    const openPaths = openPathsOf(this.store.model).filter((node) => node !== leaf);
    this.store.updateView({ openPaths: open ? [...openPaths, leaf] : openPaths });
  }

  openSource(node: number, where: 'hottest' | 'callSite', aside: boolean): void {
    this.channel.post({ type: 'openSource', node, where, aside });
  }

  copyName(node: number): void {
    const facts = factsOf(this.store.model, node);
    if (facts) this.channel.post({ type: 'copy', text: facts.frame.name });
  }

  copyStack(node: number): void {
    const text = stackText(stackOf(this.store.model, node));
    if (text !== '') this.channel.post({ type: 'copy', text });
  }

  command(command: Command): void {
    this.channel.post({ type: 'command', command });
  }

  dismissError(): void {
    this.store.update({ error: null });
  }

  private here(): Stop {
    const { rootNode, filter } = this.store.model.view;
    return { rootNode, filter };
  }

  private visit(to: Stop): void {
    const here = this.here();
    if (to.rootNode === here.rootNode && sameFilter(to.filter, here.filter)) return;
    this.go(to, { past: [...this.store.model.past, here].slice(-LONGEST_HISTORY), future: [] });
  }

  private go(to: Stop, history: { past: readonly Stop[]; future: readonly Stop[] }): void {
    this.store.update({ ...history, view: { ...this.store.model.view, rootNode: to.rootNode, filter: to.filter } });
  }
}
