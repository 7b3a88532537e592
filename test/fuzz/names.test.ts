/** A few thousand damaged names in every run of the tests; `npm run fuzz -- names --count N` does more. */
import { expect, test } from 'vitest';
import { fuzzNames, nameSeeds } from './names.ts';

test('a damaged name gives a name of bounded length or none, soon', { timeout: 5 * 60_000 }, async () => {
  const result = fuzzNames(await nameSeeds(), 20_000);
  console.log({ ...result, failures: result.failures.length });
  expect(result.failures.join('\n')).toBe('');
  expect(result.named).toBeGreaterThan(1000);
  expect(result.unnamed).toBeGreaterThan(1000);
});
