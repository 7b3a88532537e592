/** The colours behind hot lines: bands of one hue, and grey for a file that is not what was profiled. */
import * as vscode from 'vscode';
import { Disposable } from '../base/disposable.ts';
import { BANDS } from './bands.ts';

const orange = (opacity: number): string => `rgba(230, 126, 34, ${opacity.toFixed(2)})`;

export class HeatColours extends Disposable {
  readonly bands: readonly vscode.TextEditorDecorationType[] = BANDS.map((_, at) =>
    // light themes write the figures at the lines' ends in a grey that hardly stands out from more
    this.type(orange(0.06 + 0.06 * at), orange(0.3 + 0.15 * at), orange(0.05 + 0.03 * at)),
  );
  /** For lines of a file that was changed since. */
  readonly stale = this.type('rgba(128, 128, 128, 0.12)', 'rgba(128, 128, 128, 0.4)');

  private type(backgroundColor: string, overviewRulerColor: string, inLight = backgroundColor): vscode.TextEditorDecorationType {
    return this.register(
      vscode.window.createTextEditorDecorationType({
        isWholeLine: true,
        backgroundColor,
        light: { backgroundColor: inLight },
        overviewRulerColor,
        overviewRulerLane: vscode.OverviewRulerLane.Left,
      }),
    );
  }
}
