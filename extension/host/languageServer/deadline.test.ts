import { expect, it } from 'vitest';
import { withDeadline } from './deadline.ts';

it('passes answers and errors on', async () => {
  await expect(withDeadline(Promise.resolve(3), 1000, 'engine')).resolves.toBe(3);
  await expect(withDeadline(Promise.reject(new Error('no')), 1000, 'engine')).rejects.toThrow('no');
});

it('rejects what never answers', async () => {
  await expect(withDeadline(new Promise(() => undefined), 20, 'The engine (ringside/flame)')).rejects.toThrow(
    'The engine (ringside/flame) did not answer',
  );
});
