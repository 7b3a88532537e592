/** Unikernel: Open Capture, from the palette, on a file of the explorer, or on a row of the Captures view. */
import * as vscode from 'vscode';
import type { FlamePanels } from '../flamegraph/panels.ts';
import { captureViewType, foreignViewType } from './captureEditor.ts';
import { captureFilters, foreignFiles } from './captureFiles.ts';
import { isCaptureNode } from './capturesView.ts';

/** @param on what a menu hands over; the person is asked where that is no capture */
export async function openCapture(on: unknown, panels: FlamePanels): Promise<void> {
  if (isCaptureNode(on)) return showCapture(on.uri, panels);
  if (on instanceof vscode.Uri) return showCapture(on, panels);
  const [chosen] =
    (await vscode.window.showOpenDialog({
      title: vscode.l10n.t('Open Capture'),
      filters: captureFilters(),
    })) ?? [];
  if (chosen) await showCapture(chosen, panels);
}

/** In the tab that it was recorded in, where that is still there. */
export async function showCapture(uri: vscode.Uri, panels: FlamePanels): Promise<void> {
  const recorded = uri.scheme === 'file' ? panels.of(uri.fsPath) : undefined;
  if (recorded) panels.show(recorded, false);
  else await vscode.commands.executeCommand('vscode.openWith', uri, foreignFiles.test(uri.path) ? foreignViewType : captureViewType);
}
