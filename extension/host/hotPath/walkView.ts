/**
 * The hot path as a list in the side bar that steps through the source: from the root to the leaf, one call site after another. It follows the
 * selection and the filters of the view; a path that was chosen stays until something else is selected.
 */
import * as vscode from 'vscode';
import type { Walk, WalkStep } from '../../protocol.ts';
import { Disposable } from '../base/disposable.ts';
import { Failure, logFailure } from '../base/failure.ts';
import { Pump } from '../base/pump.ts';
import type { OpenProfile } from '../flamegraph/profiles.ts';
import type { GoToServices } from '../sources/goTo.ts';
import { choosePath } from './choosePath.ts';
import { stepItem } from './stepItem.ts';

const refreshMs = 500;
const nothing: Walk = { grandTotal: 0, steps: [] };

export class WalkView extends Disposable implements vscode.TreeDataProvider<WalkStep> {
  private readonly services: GoToServices;
  private readonly changed = this.register(new vscode.EventEmitter<undefined>());
  readonly onDidChangeTreeData = this.changed.event;
  private readonly tree: vscode.TreeView<WalkStep>;
  private readonly pump: Pump;
  private walk = nothing;
  /** The step that was opened last. */
  private at: number | null = null;
  /** The leaf of a path that was chosen, of which profile, and under which filter. */
  private chosen: { readonly profile: OpenProfile; readonly filter: string; readonly node: number } | null = null;
  private followed: { readonly profile: OpenProfile; readonly listener: vscode.Disposable } | null = null;

  constructor(services: GoToServices, log: vscode.LogOutputChannel) {
    super();
    this.services = services;
    this.tree = this.register(vscode.window.createTreeView('ringside.hotPath', { treeDataProvider: this }));
    this.pump = this.register(
      new Pump(
        () => this.refresh(),
        refreshMs,
        (error) => logFailure(error, log),
      ),
    );
    this.register(services.engine.onDidChangeHeat(() => this.pump.want()));
    this.register({ dispose: () => void this.followed?.listener.dispose() });
  }

  getChildren(step?: WalkStep): WalkStep[] {
    return step ? [] : [...this.walk.steps];
  }

  getTreeItem(step: WalkStep): vscode.TreeItem {
    return stepItem(step, this.walk);
  }

  /** A list without branches: needed so that a step can be revealed. */
  getParent(): null {
    return null;
  }

  /** One step on (towards the leaf) or back; from the beginning where none was opened yet. */
  async step(direction: 1 | -1): Promise<void> {
    if (this.walk.steps.length === 0) await this.refresh();
    const { steps } = this.walk;
    if (steps.length === 0) throw new Failure(vscode.l10n.t('There is no hot path: open a profile with samples.'));
    const next = this.at === null ? (direction === 1 ? 0 : steps.length - 1) : this.at + direction;
    if (next < 0 || next >= steps.length) {
      vscode.window.setStatusBarMessage(
        next < 0 ? vscode.l10n.t('The hot path begins here') : vscode.l10n.t('The hot path ends here'),
        3000,
      );
      return;
    }
    await this.open(next);
  }

  async openStep(argument: unknown): Promise<void> {
    const at = this.walk.steps.findIndex(({ node }) => node === argument);
    if (at >= 0) await this.open(at);
  }

  /** Which of the heaviest paths to walk along. */
  async choose(): Promise<void> {
    const profile = this.services.profiles.answering;
    if (!profile) throw new Failure(vscode.l10n.t('There is no hot path: open a profile with samples.'));
    const node = await choosePath(profile, this.services.engine);
    if (node === null) return;
    this.chosen = { profile, filter: JSON.stringify(profile.filter), node };
    this.at = null;
    await this.refresh();
    await this.step(1);
  }

  private async open(at: number): Promise<void> {
    const step = this.walk.steps[at]!;
    this.at = at;
    this.describe();
    if (this.tree.visible) await this.tree.reveal(step, { select: true, focus: false });
    if (step.place) await this.services.sources.open(step.place, undefined, false);
    else {
      const message = vscode.l10n.t('{0} has no line information: the walk goes on at the next step.', step.frame.name);
      vscode.window.setStatusBarMessage(message, 5000);
    }
  }

  private describe(): void {
    this.tree.description = this.at === null ? '' : vscode.l10n.t('step {0} of {1}', this.at + 1, this.walk.steps.length);
  }

  private async refresh(): Promise<void> {
    const { profiles, engine } = this.services;
    const profile = profiles.answering;
    this.follow(profile);
    const walk = profile ? await this.ask(profile, engine) : nothing;
    if (sameSteps(walk, this.walk)) return;
    const standing = this.at === null ? undefined : this.walk.steps[this.at]?.node;
    const at = walk.steps.findIndex(({ node }) => node === standing);
    this.walk = walk;
    this.at = at < 0 ? null : at;
    this.describe();
    this.changed.fire(undefined);
  }

  private async ask(profile: OpenProfile, engine: GoToServices['engine']): Promise<Walk> {
    // a file that is still being read tells of itself when it is there
    const isReady = await Promise.race([profile.ready.then(() => true), new Promise((resolve) => setTimeout(resolve, 50, false))]);
    if (!isReady) return nothing;
    const { node, fn } = profile.selection ?? { node: null, fn: null };
    if (this.chosen?.profile !== profile || this.chosen.filter !== JSON.stringify(profile.filter)) this.chosen = null;
    const chosen = this.chosen && { node: this.chosen.node };
    const selected = node !== null && node > 0 ? { node } : fn === null ? null : { fn };
    const filter = profile.filter ?? { states: 'all', vcpu: null };
    return engine.request('ringside/walk', { profileId: profile.id, filter, through: chosen ?? selected });
  }

  private follow(profile: OpenProfile | null): void {
    if (this.followed?.profile === profile) return;
    this.followed?.listener.dispose();
    const listener = profile?.onDidSelect(() => {
      this.chosen = null;
      this.pump.want();
    });
    this.followed = profile && listener ? { profile, listener } : null;
  }
}

function sameSteps(a: Walk, b: Walk): boolean {
  return a.grandTotal === b.grandTotal && JSON.stringify(a.steps) === JSON.stringify(b.steps);
}
