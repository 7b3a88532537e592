/** In the status bar, while lines tell of one frame's samples only: which frame that is. Choosing it leads to where that is switched. */
import * as vscode from 'vscode';
import { Disposable } from '../base/disposable.ts';
import { plain } from '../words.ts';

/** Of a name, in the status bar. */
const NAME_CHARS = 32;

export class WithinItem extends Disposable {
  private readonly item = this.register(vscode.window.createStatusBarItem('ringside.lineHeatOf', vscode.StatusBarAlignment.Left, 99));

  constructor() {
    super();
    this.item.name = vscode.l10n.t('Line heat of the selected frame');
    this.item.command = 'ringside.lineHeat';
  }

  /** @param name of the frame; null: lines tell of all samples, or none tells anything */
  show(name: string | null): void {
    if (name === null) return this.item.hide();
    this.item.text = vscode.l10n.t('{0} Line heat: {1}', '$(filter)', elided(plain(name)));
    this.item.tooltip = vscode.l10n.t(
      'Lines tell what they cost in the samples through {0}, the frame that is selected in the view. Esc in the view selects none; click to have lines tell of all samples.',
      plain(name),
    );
    this.item.show();
  }
}

function elided(name: string): string {
  const half = (NAME_CHARS - 1) / 2;
  return name.length <= NAME_CHARS ? name : `${name.slice(0, Math.ceil(half))}…${name.slice(-Math.floor(half))}`;
}
