/** Every address of the corpus to the same inlined frames, files and lines as llvm-symbolizer has. */
import { expect, test } from 'vitest';
import { compare } from './compare.ts';
import { builtNames, corpusFile, debianFiles } from './corpus.ts';

const ADDRESSES = 10_000;
const LEAST_EQUAL = 0.999;
const minutes = 60_000;

async function check(name: string, file: string, leastWithLine = ADDRESSES / 2): Promise<void> {
  const result = await compare(file, ADDRESSES);
  const classes = [...result.differences].map(([what, count]) => `${what} ${count}`).join(', ');
  console.log(`${name}: ${result.equal} of ${result.addresses} equal, ${result.frames} frames${classes ? `; different: ${classes}` : ''}`);
  expect(result.withLine).toBeGreaterThanOrEqual(leastWithLine);
  expect(result.equal / result.addresses, result.examples.join('\n')).toBeGreaterThanOrEqual(LEAST_EQUAL);
}

test.each(builtNames)('%s', { timeout: 5 * minutes }, async (name) => check(name, (await corpusFile(name)).path));

test('xen-syms, symbols without DWARF', { timeout: 2 * minutes }, async () => {
  const files = await debianFiles();
  expect(files).not.toHaveLength(0);
  for (const { name, path } of files) await check(name, path, 0);
});
