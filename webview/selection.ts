/** Tells the host what is selected, so that the walk along the hot path follows. */
import type { ViewState } from '../extension/protocol.ts';
import { isSet } from './filters.ts';
import type { Channel } from './messages.ts';

export function tellSelection(channel: Channel, view: ViewState, before: ViewState | undefined): void {
  const told = selectionOf(view);
  const last = before && selectionOf(before);
  if (told.node !== (last?.node ?? null) || told.fn !== (last?.fn ?? null)) channel.post({ type: 'selected', ...told });
}

function selectionOf({ tab, filter, selectedNode, selectedFunction }: ViewState): { node: number | null; fn: number | null } {
  const isTurned = tab !== 'hotPaths' && (filter.inverted === true || isSet(filter.callersOf));
  return { node: isTurned || !isSet(selectedNode) ? null : selectedNode, fn: selectedFunction };
}
