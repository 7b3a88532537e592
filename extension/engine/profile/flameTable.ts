/** A cut as a view is sent it: frames told once, however many rows they have. */
import type { FlameTable, FrameInfo } from '../../protocol.ts';
import type { Cut } from './cut.ts';
import { frameInfo } from './frameInfo.ts';
import type { FunctionInfo } from './locations.ts';

/** @param lines where each node's time is spent (Cut.lineNode): 0 or absent where that is not known */
export function flameTable(
  cut: Cut,
  functions: readonly FunctionInfo[],
  grandTotal: number,
  lines: ReadonlyMap<number, number>,
): FlameTable {
  const { rootNode, node, parent, self, total, pruned } = cut;
  return { rootNode, grandTotal, node, parent, self, total, ...frameColumns(cut, functions, lines), pruned };
}

export function frameColumns(
  cut: Pick<Cut, 'key' | 'lineNode'>,
  functions: readonly FunctionInfo[],
  lines: ReadonlyMap<number, number>,
): Pick<FlameTable, 'frame' | 'frames'> {
  const frames: FrameInfo[] = [];
  const ids = new Map<number, Map<number, number>>();
  const frame = cut.key.map((key, row) => {
    const line = lines.get(cut.lineNode[row]!) ?? 0;
    let byLine = ids.get(key);
    if (!byLine) ids.set(key, (byLine = new Map<number, number>()));
    let id = byLine.get(line);
    if (id === undefined)
      byLine.set(
        line,
        (id = frames.push(frameInfo(functions, key < 0 ? -1 : key >> 1, { isInlined: key > 0 && (key & 1) === 1, line })) - 1),
      );
    return id;
  });
  return { frame, frames };
}
