/** The trees turned round that were shown, so that their nodes keep their ids. */
import type { ViewFilter } from '../../protocol.ts';
import { CallersTree } from './callers.ts';
import { callersRoot, shapeKey, topDown } from './filter.ts';
import { Recent } from './recent.ts';

const KEPT = 8;

export class CallersCache {
  private readonly kept = new Recent<string, CallersTree>(KEPT);

  /** null where the filter does not turn the tree round. */
  of(filter: ViewFilter): CallersTree | null {
    const from = callersRoot(filter);
    if (from === null) return null;
    const key = `${from} ${shapeKey(topDown(filter))}`;
    return this.kept.get(key) ?? this.kept.set(key, new CallersTree(from));
  }
}
