/** Every address of the corpus to the same inlined frames, files and lines as llvm-symbolizer has. */
import { expect, test } from 'vitest';
import { openSymbols, type SourceFrame } from '../../extension/engine/symbols/symbolizer.ts';
import { compare, textAddresses } from './compare.ts';
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

/** One address alone is found without an index of all units: it must be found in the same one. */
test.each(builtNames)('%s: addresses one by one are as they are together', { timeout: minutes }, async (name) => {
  const { path } = await corpusFile(name);
  const addresses = textAddresses(path, 8);
  const symbols = openSymbols(path);
  const together = symbols.lookupAll(addresses);
  const alone = addresses.map((address): readonly SourceFrame[] => {
    const fresh = openSymbols(path);
    const frames = fresh.lookupAll([address]).framesOf(0);
    fresh.close();
    return frames;
  });
  expect(alone).toEqual(addresses.map((_, i) => together.framesOf(i)));
  symbols.close();
});

test('xen-syms, symbols without DWARF', { timeout: 2 * minutes }, async () => {
  const files = await debianFiles();
  expect(files).not.toHaveLength(0);
  for (const { name, path } of files) await check(name, path, 0);
});
