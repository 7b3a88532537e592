/** The one module that reads and writes Ringside's settings. */
import { homedir } from 'node:os';
import path from 'node:path';
import * as vscode from 'vscode';
import type { HostConfig, LineHeatMode, LineHeatScope, SamplingMode } from '../../protocol.ts';
import { Disposable } from '../base/disposable.ts';
import { parseHosts } from './hosts.ts';
import { bestMatch } from './nameGlob.ts';
import { checkMap, checkNumber, checkStrings, checkWord, resolveFolder, type Checked } from './values.ts';

export const rateLimits = { min: 1, max: 10_000 };
export const durationLimits = { min: 0, max: 86_400 };

const settings = [
  'hosts',
  'sshPath',
  'sshArguments',
  'symbols',
  'sourceMap',
  'debugFileDirectories',
  'rateHz',
  'durationSeconds',
  'mode',
  'maxPauseShare',
  'lineHeat',
  'lineHeatOf',
  'objdump',
] as const;
export type Setting = (typeof settings)[number];

/** Those whose scope in package.json is `machine`. */
const ofMachine: readonly Setting[] = ['hosts', 'sshPath', 'sshArguments', 'objdump'];

export class Configuration extends Disposable {
  private readonly changed = this.register(new vscode.EventEmitter<Setting[]>());
  /** The settings that may have changed. */
  readonly onDidChange = this.changed.event;
  /** Said once each, not at every reading. */
  private readonly said = new Set<string>();

  constructor() {
    super();
    this.register(
      vscode.workspace.onDidChangeConfiguration((event) => {
        const touched = settings.filter((name) => event.affectsConfiguration(`ringside.${name}`));
        if (touched.length === 0) return;
        this.said.clear();
        this.changed.fire(touched);
      }),
    );
  }

  hosts(): readonly HostConfig[] {
    const { hosts, problems } = parseHosts(this.get('hosts'));
    for (const problem of problems) this.say(problem, 'hosts');
    return hosts;
  }

  sshPath(): string {
    const setting = this.get('sshPath');
    if (typeof setting === 'string' && setting !== '') return setting;
    if (setting !== undefined && setting !== '') this.say('ringside.sshPath must be the path of an ssh program; ssh is used', 'sshPath');
    return 'ssh';
  }

  sshArguments(): readonly string[] {
    return this.checked('sshArguments', checkStrings('ringside.sshArguments', this.get('sshArguments')));
  }

  rateHz(): number {
    return this.checked('rateHz', checkNumber('ringside.rateHz', this.get('rateHz'), 99, rateLimits.min, rateLimits.max));
  }

  /** 0: until stopped. */
  durationSeconds(): number {
    const checked = checkNumber('ringside.durationSeconds', this.get('durationSeconds'), 10, durationLimits.min, durationLimits.max);
    return this.checked('durationSeconds', checked);
  }

  mode(): SamplingMode {
    return this.checked('mode', checkWord('ringside.mode', this.get('mode'), ['stacks', 'addresses']));
  }

  /** Share of the time that a guest may be paused. */
  maxPauseShare(): number {
    return this.checked('maxPauseShare', checkNumber('ringside.maxPauseShare', this.get('maxPauseShare'), 0.01, 0.0001, 1));
  }

  lineHeat(): LineHeatMode {
    return this.checked('lineHeat', checkWord('ringside.lineHeat', this.get('lineHeat'), ['total', 'self', 'off']));
  }

  lineHeatOf(): LineHeatScope {
    return this.checked('lineHeatOf', checkWord('ringside.lineHeatOf', this.get('lineHeatOf'), ['selection', 'view']));
  }

  /** The disassembler: a path, or a name in PATH. */
  objdump(): string {
    const setting = this.get('objdump');
    if (typeof setting === 'string' && setting !== '') return setting.replace(/^~(?=\/|$)/, homedir());
    if (setting !== undefined && setting !== '') this.say('ringside.objdump must be the path of an objdump; objdump is used', 'objdump');
    return 'objdump';
  }

  async setLineHeat(mode: LineHeatMode): Promise<void> {
    await this.set('lineHeat', mode, vscode.ConfigurationTarget.Global);
  }

  async setLineHeatOf(scope: LineHeatScope): Promise<void> {
    await this.set('lineHeatOf', scope, vscode.ConfigurationTarget.Global);
  }

  /** The local ELF file that `ringside.symbols` gives for a guest, with the entry it comes from; null where there is no entry. */
  symbolsFor(guest: string): { path: string; entry: string } | null {
    const map = this.checked('symbols', checkMap('ringside.symbols', this.get('symbols')));
    const found = bestMatch(guest, map);
    if (!found) return null;
    const entry = `ringside.symbols[${JSON.stringify(found.pattern)}]`;
    const resolved = local(found.value);
    if (resolved === null) {
      this.say(`${entry} needs a folder that is not open: it names ${found.value}`, 'symbols');
      return null;
    }
    return { path: resolved, entry };
  }

  /** Absolute local folders in which separate debug files are looked for, besides the system's. */
  debugFileDirectories(): readonly string[] {
    const folders = this.checked('debugFileDirectories', checkStrings('ringside.debugFileDirectories', this.get('debugFileDirectories')));
    const resolved = folders.map(local);
    const lost = folders.find((_, i) => resolved[i] === null);
    if (lost !== undefined)
      this.say(`ringside.debugFileDirectories: ${JSON.stringify(lost)} needs a folder to be open; it is ignored`, 'debugFileDirectories');
    return resolved.filter((folder) => folder !== null);
  }

  /** Path prefix as built, to an absolute local folder. */
  sourceMap(): Readonly<Record<string, string>> {
    const map = this.checked('sourceMap', checkMap('ringside.sourceMap', this.get('sourceMap')));
    const resolved = Object.entries(map).map(([from, to]) => [from, local(to)] as const);
    return Object.fromEntries(resolved.filter((entry): entry is [string, string] => entry[1] !== null));
  }

  /** Adds a host to the settings of the machine that runs ssh. */
  async addHost(host: HostConfig): Promise<void> {
    const setting = this.get('hosts');
    const entries = Array.isArray(setting) ? (setting as unknown[]) : [];
    await this.set('hosts', [...entries, host], vscode.ConfigurationTarget.Global);
  }

  async addSymbols(guest: string, file: string): Promise<void> {
    await this.addToMap('symbols', guest, file);
  }

  async addSourceMap(from: string, to: string): Promise<void> {
    await this.addToMap('sourceMap', from, to);
  }

  /** Opens a setting where it is kept: one of machine scope among those of the machine that the extension runs on. */
  async open(setting: Setting): Promise<void> {
    const where = ofMachine.includes(setting) && vscode.env.remoteName !== undefined ? 'openRemoteSettings' : 'openSettings';
    const key = `ringside.${setting}`;
    if (setting !== 'hosts') await vscode.commands.executeCommand(`workbench.action.${where}`, { query: `@id:${key}` });
    else {
      // a list of objects, which only JSON can be written for, with the schema's help
      const file = where === 'openSettings' ? 'openSettingsJson' : 'openRemoteSettingsFile';
      await vscode.commands.executeCommand(`workbench.action.${file}`, { revealSetting: { key, edit: true } });
    }
  }

  /** Maps belong to the folder they were made for, where one is open. */
  private async addToMap(setting: 'symbols' | 'sourceMap', key: string, value: string): Promise<void> {
    const inWorkspace = (vscode.workspace.workspaceFolders?.length ?? 0) > 0;
    const inspected = vscode.workspace.getConfiguration('ringside').inspect<unknown>(setting);
    const current = inWorkspace ? inspected?.workspaceValue : inspected?.globalValue;
    const map = checkMap(`ringside.${setting}`, current).value;
    const target = inWorkspace ? vscode.ConfigurationTarget.Workspace : vscode.ConfigurationTarget.Global;
    await this.set(setting, { ...map, [key]: value }, target);
  }

  private async set(setting: Setting, value: unknown, target: vscode.ConfigurationTarget): Promise<void> {
    await vscode.workspace.getConfiguration('ringside').update(setting, value, target);
  }

  private get(setting: Setting): unknown {
    return vscode.workspace.getConfiguration('ringside').get<unknown>(setting);
  }

  private checked<T>(setting: Setting, { value, problem }: Checked<T>): T {
    if (problem !== null) this.say(problem, setting);
    return value;
  }

  private say(problem: string, setting: Setting): void {
    if (this.said.has(problem)) return;
    this.said.add(problem);
    const open = vscode.l10n.t('Open Settings');
    void vscode.window.showWarningMessage(problem, open).then((pressed) => (pressed === open ? this.open(setting) : undefined));
  }
}

/** An absolute path: `${workspaceFolder}` and `~` replaced. Null where no folder is open to be absolute in. */
function local(setting: string): string | null {
  const folders = (vscode.workspace.workspaceFolders ?? []).map(({ name, uri }) => ({ name, path: uri.fsPath }));
  const resolved = resolveFolder(setting.replace(/^~(?=\/|$)/, homedir()), folders);
  if (resolved === null || path.isAbsolute(resolved)) return resolved;
  return folders[0] ? path.join(folders[0].path, resolved) : null;
}
