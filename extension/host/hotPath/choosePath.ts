/** Which of the heaviest chains to walk along, each with its share and what it comes by. */
import * as vscode from 'vscode';
import type { HotPath } from '../../protocol.ts';
import type { OpenProfile } from '../flamegraph/profiles.ts';
import type { Engine } from '../languageServer/engine.ts';
import { plain, share } from '../words.ts';

const offered = 25;

/** @returns the leaf's node; null where the person goes back on it */
export async function choosePath(profile: OpenProfile, engine: Engine): Promise<number | null> {
  const filter = profile.filter ?? { states: 'all', vcpu: null };
  const { grandTotal, paths } = await engine.request('ringside/hotPaths', { profileId: profile.id, filter, limit: offered });
  const rows = paths.flatMap(({ weight, steps }) => {
    const leaf = steps.at(-1);
    if (!leaf) return [];
    const description = vscode.l10n.t('{0} of all samples end here', share(weight, grandTotal));
    return [{ label: plain(leaf.frame.name), description, detail: way(steps), node: leaf.node }];
  });
  const title = vscode.l10n.t('Hot paths: which one to walk along');
  const chosen = await vscode.window.showQuickPick(rows, { title, matchOnDetail: true });
  return chosen?.node ?? null;
}

/** `main › serve › … › hash`. */
function way(steps: HotPath['steps']): string {
  const names = steps.map(({ frame }) => plain(frame.name));
  return (names.length <= 6 ? names : [...names.slice(0, 2), '…', ...names.slice(-3)]).join(' › ');
}
