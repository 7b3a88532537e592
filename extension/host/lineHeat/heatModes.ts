/** What the ends of lines tell: for each profile what was chosen in its view, and else what the setting says. The engine is told which it is now. */
import * as vscode from 'vscode';
import type { LineHeatMode } from '../../protocol.ts';
import { Disposable } from '../base/disposable.ts';
import type { Configuration } from '../configuration/configuration.ts';
import type { OpenProfile, Profiles } from '../flamegraph/profiles.ts';
import type { Engine } from '../languageServer/engine.ts';

export class HeatModes extends Disposable {
  private readonly configuration: Configuration;
  private readonly engine: Engine;
  private readonly profiles: Profiles;
  private readonly chosen = new WeakMap<OpenProfile, LineHeatMode>();
  private told: LineHeatMode;
  private readonly changed = this.register(new vscode.EventEmitter<void>());
  readonly onDidChange = this.changed.event;

  constructor(configuration: Configuration, engine: Engine, profiles: Profiles) {
    super();
    this.configuration = configuration;
    this.engine = engine;
    this.profiles = profiles;
    this.told = configuration.lineHeat();
    this.register(configuration.onDidChange((settings) => settings.includes('lineHeat') && this.tell()));
    this.register(profiles.onDidActivate(() => this.tell()));
    // one that starts goes by the setting as it was at first
    this.register(engine.onDidRestart(() => void engine.notify('ringside/lineHeatMode', { mode: this.now })));
  }

  get now(): LineHeatMode {
    const { active } = this.profiles;
    return (active && this.chosen.get(active)) ?? this.configuration.lineHeat();
  }

  choose(profile: OpenProfile, mode: LineHeatMode): void {
    this.chosen.set(profile, mode);
    this.tell();
  }

  private tell(): void {
    const { now } = this;
    if (now === this.told) return;
    this.told = now;
    if (this.engine.started) void this.engine.notify('ringside/lineHeatMode', { mode: now });
    this.changed.fire();
  }
}
