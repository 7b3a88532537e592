/**
 * What the ends of lines tell, and whether they follow the frame that is selected: for each profile what was chosen in its view, and else what the settings
 * say. The engine is told what holds now.
 */
import * as vscode from 'vscode';
import type { LineHeatMode, LineHeatScope } from '../../protocol.ts';
import { Disposable } from '../base/disposable.ts';
import type { Configuration } from '../configuration/configuration.ts';
import type { OpenProfile, Profiles } from '../flamegraph/profiles.ts';
import type { Engine } from '../languageServer/engine.ts';

interface Choice {
  readonly mode?: LineHeatMode;
  readonly scope?: LineHeatScope;
}

export class HeatModes extends Disposable {
  private readonly configuration: Configuration;
  private readonly engine: Engine;
  private readonly profiles: Profiles;
  private readonly chosen = new WeakMap<OpenProfile, Choice>();
  private told: LineHeatMode;
  private selecting: vscode.Disposable | undefined;
  private readonly changed = this.register(new vscode.EventEmitter<void>());
  readonly onDidChange = this.changed.event;

  constructor(configuration: Configuration, engine: Engine, profiles: Profiles) {
    super();
    this.configuration = configuration;
    this.engine = engine;
    this.profiles = profiles;
    this.told = configuration.lineHeat();
    this.register(
      configuration.onDidChange((settings) => {
        if (settings.includes('lineHeat')) this.tell();
        if (settings.includes('lineHeatOf')) this.tellSelected();
      }),
    );
    this.register(profiles.onDidActivate(() => this.activated()));
    // one that starts goes by the setting as it was at first, and knows of nothing that is selected
    this.register(
      engine.onDidRestart(() => {
        void engine.notify('ringside/lineHeatMode', { mode: this.now });
        this.tellSelected();
      }),
    );
  }

  override dispose(): void {
    this.selecting?.dispose();
    super.dispose();
  }

  get now(): LineHeatMode {
    const { active } = this.profiles;
    return (active && this.chosen.get(active)?.mode) ?? this.configuration.lineHeat();
  }

  get scope(): LineHeatScope {
    const { active } = this.profiles;
    return (active && this.chosen.get(active)?.scope) ?? this.configuration.lineHeatOf();
  }

  choose(profile: OpenProfile, choice: Choice): void {
    this.chosen.set(profile, { ...this.chosen.get(profile), ...choice });
    this.tell();
    this.tellSelected();
  }

  private activated(): void {
    this.selecting?.dispose();
    this.selecting = this.profiles.active?.onDidSelect(() => this.tellSelected());
    this.tell();
    this.tellSelected();
  }

  private tellSelected(): void {
    const { active } = this.profiles;
    if (!active?.selection || !this.engine.started) return;
    const { node, filter } = active.selection;
    void this.engine.notify('ringside/selected', { profileId: active.id, node: this.scope === 'selection' ? node : null, filter });
  }

  private tell(): void {
    const { now } = this;
    if (now === this.told) return;
    this.told = now;
    if (this.engine.started) void this.engine.notify('ringside/lineHeatMode', { mode: now });
    this.changed.fire();
  }
}
