/** What a view is told of a function. */
import type { FrameInfo } from '../../protocol.ts';
import type { FunctionInfo } from './locations.ts';

export const ROOT_FRAME: FrameInfo = { fn: -1, name: 'all', module: '', category: 'root' };

/** Marks a stack whose callers could not be proved: it hangs under a frame of this name, not under a root that it may not have. */
export const INCOMPLETE_NAME = '[incomplete stack]';

/** @param line where the frame's time is spent; 0: its declaration stands for it. @throws RangeError where there is no such function */
export function frameInfo(functions: readonly FunctionInfo[], fn: number, { isInlined = false, line = 0 } = {}): FrameInfo {
  if (fn < 0) return ROOT_FRAME;
  const info = functions[fn];
  if (!info) throw new RangeError(`function ${fn} of ${functions.length}`);
  return {
    fn,
    name: info.name,
    ...(info.linkageName && info.linkageName !== info.name ? { linkageName: info.linkageName } : {}),
    module: info.module,
    category: info.category,
    ...(isInlined ? { inlined: true } : {}),
    ...(info.unresolved ? { unresolved: true } : {}),
    ...(info.name === INCOMPLETE_NAME ? { truncated: true } : {}),
    ...(info.evidence === undefined ? {} : { evidence: info.evidence }),
    ...(info.file ? { file: info.file } : {}),
    ...(line > 0 ? { line } : info.startLine > 0 ? { line: info.startLine } : {}),
  };
}
