/** What a view is told of a function node. */
import type { FrameInfo } from '../../protocol.ts';
import type { Profile } from './profile.ts';

export const ROOT_FRAME: FrameInfo = { fn: -1, name: 'all', module: '', category: 'root' };

/** Marks a stack whose callers could not be proved: it hangs under a frame of this name, not under a root that it may not have. */
export const INCOMPLETE_NAME = '[incomplete stack]';

export function frameInfo(profile: Profile, node: number, line = 0): FrameInfo {
  if (node === 0) return ROOT_FRAME;
  const id = profile.functionOf(node);
  const fn = profile.table.functions[id]!;
  return {
    fn: id,
    name: fn.name,
    ...(fn.linkageName && fn.linkageName !== fn.name ? { linkageName: fn.linkageName } : {}),
    module: fn.module,
    category: fn.category,
    ...(profile.isInlined(node) ? { inlined: true } : {}),
    ...(fn.unresolved ? { unresolved: true } : {}),
    ...(fn.name === INCOMPLETE_NAME ? { truncated: true } : {}),
    ...(fn.file ? { file: fn.file } : {}),
    ...(line > 0 ? { line } : fn.startLine > 0 ? { line: fn.startLine } : {}),
  };
}
