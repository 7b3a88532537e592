/** A few thousand damaged files in every run of the tests; `npm run fuzz -- formats --count N` does more. */
import { expect, test } from 'vitest';
import { fuzzFormats } from './formats.ts';
import { formatSeeds } from './formatSeeds.ts';

test('a damaged file of any format ends in a profile or a typed error, soon', { timeout: 5 * 60_000 }, async () => {
  const result = fuzzFormats(await formatSeeds(), 3000);
  console.log({ ...result, failures: result.failures.length });
  expect(result.failures.join('\n')).toBe('');
  expect(result.refused).toBeGreaterThan(0);
  expect(result.opened).toBeGreaterThan(0);
});
