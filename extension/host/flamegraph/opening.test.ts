import { expect, it } from 'vitest';
import { Opening } from './opening.ts';

const at = (done: number, canShow = true) => ({ done, total: 100, canShow });

it('is shown when there is something to show, and drawn again when there is half as much more', async () => {
  const opening = new Opening(new Promise(() => undefined));
  let shown = false;
  void opening.shown.then(() => (shown = true));
  expect(opening.told(at(50, false))).toBe(false);
  await Promise.resolve();
  expect(shown).toBe(false);
  expect(opening.told(at(4))).toBe(false); // the first drawing is asked for by the view itself
  await opening.shown;
  expect([5, 6, 8, 9, 50, 60, 75].map((done) => opening.told(at(done)))).toEqual([false, true, false, true, true, false, true]);
});

it('is shown when it is whole, and not where it failed', async () => {
  await new Opening(Promise.resolve('header')).shown;
  await expect(new Opening(Promise.reject(new Error('damaged'))).shown).rejects.toThrow('damaged');
});
