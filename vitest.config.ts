// Projects, found by the end of a file's name. All but `unit` run one file at a time: they share a guest, an editor, or both cores.
import { readFile } from 'node:fs/promises';
import { compiled } from './compile.mjs';
import { defineConfig, type TestProjectInlineConfiguration } from 'vitest/config';

/** The same as in build.mjs: Python as text, C compiled. */
const text = {
  name: 'text',
  enforce: 'pre' as const,
  async load(id: string) {
    if (id.endsWith('.c')) return `export default ${JSON.stringify(compiled(id))};`;
    return /\.(py|sh)$/.test(id) ? `export default ${JSON.stringify(await readFile(id, 'utf8'))};` : null;
  },
};

const elsewhere = ['**/node_modules/**', 'dist/**', 'artifacts/**'];
const minutes = 60_000;

/** Tests named `*.NAME.test.ts`. */
function project(
  name: 'rig' | 'browser' | 'editor' | 'faults',
  groupOrder: number,
  timeoutMinutes: number,
): TestProjectInlineConfiguration {
  return {
    plugins: [text],
    test: {
      name,
      include: [`**/*.${name}.test.ts`],
      exclude: elsewhere,
      testTimeout: timeoutMinutes * minutes,
      hookTimeout: 5 * minutes,
      // A real editor on a busy machine takes a key or a click for another now and then. What passed only then is printed: tally.ts.
      retry: name === 'editor' ? 1 : 0,
      // A page answers when it can; one second, vitest's own, is little on a busy machine.
      expect: { poll: { timeout: 15_000 } },
      fileParallelism: false,
      sequence: { groupOrder },
    },
  };
}

export default defineConfig({
  test: {
    teardownTimeout: minutes,
    // By itself vitest leaves one core for whoever watches.
    maxWorkers: '100%',
    projects: [
      {
        plugins: [text],
        test: {
          name: 'unit',
          include: ['**/*.test.ts'],
          exclude: [...elsewhere, '**/*.{rig,browser,editor,faults}.test.ts'],
          testTimeout: 30_000,
          hookTimeout: minutes,
        },
      },
      project('browser', 1, 1),
      project('rig', 2, 3),
      project('editor', 3, 5),
      // A campaign, not a part of npm test: an emulated dom0 of one processor takes minutes over it.
      project('faults', 4, 5),
    ],
  },
});
