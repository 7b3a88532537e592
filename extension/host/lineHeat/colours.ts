/** The decorations of hot lines (marks.ts says what they look like). */
import * as vscode from 'vscode';
import { Disposable } from '../base/disposable.ts';
import { BAND_LOOKS, GREY_LOOK, type Look } from './marks.ts';

export class HeatColours extends Disposable {
  readonly bands: readonly vscode.TextEditorDecorationType[] = BAND_LOOKS.map((look) => this.type(look));
  readonly grey = this.type(GREY_LOOK);

  private type({ background, backgroundInLight, ruler }: Look): vscode.TextEditorDecorationType {
    return this.register(
      vscode.window.createTextEditorDecorationType({
        isWholeLine: true,
        backgroundColor: background,
        light: { backgroundColor: backgroundInLight },
        overviewRulerColor: ruler,
        overviewRulerLane: vscode.OverviewRulerLane.Left,
      }),
    );
  }
}
