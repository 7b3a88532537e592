/** The tabs that recordings and comparisons are shown in. They come back after a reload, from the file each recording was put in when it ended. */
import { existsSync } from 'node:fs';
import { setTimeout as passed } from 'node:timers/promises';
import * as vscode from 'vscode';
import { Disposable } from '../base/disposable.ts';
import { logFailure, messageOf } from '../base/failure.ts';
import { FlameView, type ViewServices } from './flameView.ts';
import { notePage } from './page.ts';
import type { CaptureFile, OpenProfile } from './profiles.ts';

const viewType = 'ringside.flame';
const memoryKey = 'ringside.panels';
const rememberedLimit = 30;
const patienceMs = 5000;

/** What is needed to show a tab again. Kept by the tab's title, which is all that the editor gives back of ours. */
interface Remembered {
  readonly file: string;
  readonly fileName: string;
  readonly unsaved: boolean;
  /** It was being recorded: the engine puts it there when the window ends. */
  readonly recording?: boolean;
  /** Of a comparison: the captures before and after. */
  readonly parts?: readonly CaptureFile[];
}

export class FlamePanels extends Disposable implements vscode.WebviewPanelSerializer {
  private readonly services: ViewServices;
  private readonly memory: vscode.Memento;
  private readonly panels = new Map<OpenProfile, vscode.WebviewPanel>();

  constructor(services: ViewServices, memory: vscode.Memento) {
    super();
    this.services = services;
    this.memory = memory;
    this.register(vscode.window.registerWebviewPanelSerializer(viewType, this));
  }

  /** Shows a profile beside the editor, and leaves the focus where it is unless it is asked for. */
  show(profile: OpenProfile, preserveFocus = true): void {
    const known = this.panels.get(profile);
    if (known) {
      known.reveal(undefined, preserveFocus);
      return;
    }
    const viewColumn = this.columnOfOthers() ?? vscode.ViewColumn.Beside;
    const panel = vscode.window.createWebviewPanel(viewType, profile.title, { viewColumn, preserveFocus });
    this.attach(panel, profile);
  }

  /** The profile in a tab that holds what this file does: a recording that was put there when it ended. */
  of(file: string): OpenProfile | undefined {
    return [...this.panels.keys()].find((profile) => profile.kind === 'profile' && profile.file === file);
  }

  /** Closes the tab of a profile, and the profile. */
  async close(profile: OpenProfile): Promise<void> {
    this.panels.get(profile)?.dispose();
    await this.services.profiles.close(profile);
  }

  /**
   * The recording is in a file now, or the file is another: a reload finds it there.
   * @param file given while it is recorded: where it will be put
   */
  async remember(profile: OpenProfile, file = profile.file ?? profile.compared[0]?.file): Promise<void> {
    if (file == null) return;
    const { fileName, recording } = profile;
    const parts = profile.compared.map((part) => ({ file: part.file ?? '', title: part.title }));
    const entry: Remembered = { file, fileName, unsaved: profile.unsaved || recording, recording, ...(parts.length > 0 ? { parts } : {}) };
    const others = Object.entries(this.remembered()).filter(([title]) => title !== profile.title);
    await this.memory.update(memoryKey, Object.fromEntries([...others, [profile.title, entry] as const].slice(-rememberedLimit)));
  }

  async deserializeWebviewPanel(panel: vscode.WebviewPanel): Promise<void> {
    panel.webview.options = {};
    const entry = this.remembered()[panel.title];
    if (!entry || !(await isThere(entry))) {
      panel.webview.html = notePage(
        vscode.l10n.t('This recording was not finished, or its file is gone. Unikernel: Open Recent Recording… lists what was kept.'),
      );
      return;
    }
    try {
      const profile = this.reopen(entry, panel.title);
      await profile.shown;
      profile.unsaved = entry.unsaved;
      this.attach(panel, profile);
    } catch (error) {
      logFailure(error, this.services.log);
      panel.webview.html = notePage(messageOf(error));
    }
  }

  private attach(panel: vscode.WebviewPanel, profile: OpenProfile): void {
    const { extensionUri, profiles } = this.services;
    panel.iconPath = vscode.Uri.joinPath(extensionUri, 'media', 'flame.svg');
    this.panels.set(profile, panel);
    const view = new FlameView(panel, profile, this.services);
    panel.onDidDispose(() => {
      view.dispose();
      this.panels.delete(profile);
      // A recording goes on without its tab, and gets a new one when it ends.
      if (!profile.recording) void profiles.close(profile);
    });
  }

  private reopen({ file, fileName, parts }: Remembered, title: string): OpenProfile {
    const { profiles } = this.services;
    const [before, after] = parts ?? [];
    return before && after ? profiles.compare(before, after) : profiles.openFile(file, title, fileName);
  }

  private columnOfOthers(): vscode.ViewColumn | undefined {
    return [...this.panels.values()].map(({ viewColumn }) => viewColumn).find((column) => column !== undefined);
  }

  private remembered(): Readonly<Record<string, Remembered>> {
    return this.memory.get<Record<string, Remembered>>(memoryKey, {});
  }
}

/** The engine of the window before may still be writing a recording that it had to end. */
async function isThere({ file, recording }: Remembered): Promise<boolean> {
  for (const limit = Date.now() + (recording === true ? patienceMs : 0); Date.now() < limit && !existsSync(file);) await passed(100);
  return existsSync(file);
}
