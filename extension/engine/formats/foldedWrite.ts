/** Folded stacks, one line a stack: `root;caller;leaf weight` (the input of flamegraph.pl). */
import type { Weighted } from '../profile/weighted.ts';

/** Semicolons and line breaks inside a name would end it: they become `:` and blanks. Sorted by text, so that two files can be compared. */
export function writeFolded({ tree, functions, self }: Weighted): string {
  const names = functions.map((fn) => fn.name.replaceAll(';', ':').replaceAll(/[\r\n]+/g, ' '));
  const lines = new Map<string, number>();
  for (let node = 1; node < self.length; node++) {
    const weight = self[node]!;
    if (weight === 0) continue;
    const stack = tree
      .path(node)
      .map((at) => names[tree.functionOf(at)]!)
      .join(';');
    lines.set(stack, (lines.get(stack) ?? 0) + weight);
  }
  return [...lines]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([stack, weight]) => `${stack} ${weight}\n`)
    .join('');
}
