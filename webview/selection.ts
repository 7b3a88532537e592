/** Tells the host what is selected, so that the walk along the hot path and what lines cost follow. */
import type { ViewFilter } from '../extension/protocol.ts';
import { isSet, shapeKey } from './filters.ts';
import type { Channel } from './messages.ts';
import type { Model } from './store.ts';

interface Told {
  readonly node: number | null;
  readonly fn: number | null;
  /** The node is one of this filter's shape. */
  readonly filter: ViewFilter;
}

export function tellSelection(channel: Channel, model: Model, before: Model | null): void {
  const told = selectionOf(model);
  const last = before ? selectionOf(before) : { ...told, node: null, fn: null };
  const isSame = told.node === last.node && told.fn === last.fn && shapeKey(told.filter) === shapeKey(last.filter);
  if (!isSame) channel.post({ type: 'selected', ...told });
}

function selectionOf({ view, carryFrom }: Model): Told {
  const { tab, filter, selectedNode, selectedFunction } = view;
  const isTurned = tab !== 'hotPaths' && (filter.inverted === true || isSet(filter.callersOf));
  return { node: isTurned || !isSet(selectedNode) ? null : selectedNode, fn: selectedFunction, filter: carryFrom ?? filter };
}
