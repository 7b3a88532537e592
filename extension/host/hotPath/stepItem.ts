/** A step of the hot path as a row: the function, its share, and the line that leads on. */
import * as vscode from 'vscode';
import { baseName } from '../../builtPaths.ts';
import type { Walk, WalkStep } from '../../protocol.ts';
import { plain, share } from '../words.ts';

export function stepItem(step: WalkStep, { grandTotal, steps }: Walk): vscode.TreeItem {
  const { frame, place, self, total, node } = step;
  const name = plain(frame.name);
  const at = steps.indexOf(step);
  const isLast = at === steps.length - 1;
  const item = new vscode.TreeItem(name);
  item.id = String(node);
  const where = place ? `${baseName(place.file)}:${place.line}` : vscode.l10n.t('no line');
  item.description = [share(total, grandTotal), plain(where), ...(frame.inlined ? [vscode.l10n.t('inlined')] : [])].join(' · ');
  item.iconPath = new vscode.ThemeIcon(isLast ? 'flame' : 'arrow-small-down', isLast ? new vscode.ThemeColor('ringside.hot') : undefined);
  item.tooltip = [
    vscode.l10n.t('{0}: {1} of all samples, {2} in itself', name, share(total, grandTotal), share(self, grandTotal)),
    ...(place ? [`${plain(place.file)}:${place.line}`] : []),
    ...(isLast || !place ? [] : [vscode.l10n.t('calls {0} here', plain(steps[at + 1]!.frame.name))]),
    ...(frame.inlined ? [vscode.l10n.t('The compiler put it into its caller: there is no call.')] : []),
  ].join('\n');
  item.accessibilityInformation = { label: `${name}, ${item.description}` };
  item.command = { command: 'ringside.walkTo', title: vscode.l10n.t('Open This Step'), arguments: [node] };
  return item;
}
