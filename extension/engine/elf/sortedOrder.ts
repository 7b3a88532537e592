/** Sorting of large tables by a numeric key, without a comparison function and without moving the rows. */

/**
 * Row numbers in ascending order of their keys; rows of equal key keep their order.
 * @param keys whole numbers, negative ones included; up to 2^53 between the lowest and the highest
 */
export function sortedOrder(keys: Float64Array, count = keys.length): Uint32Array {
  let low = Infinity;
  let high = -Infinity;
  let sorted = true;
  for (let i = 0; i < count; i++) {
    const key = keys[i]!;
    if (key < high) sorted = false;
    if (key < low) low = key;
    if (key > high) high = key;
  }
  let order = new Uint32Array(count);
  for (let i = 0; i < count; i++) order[i] = i;
  if (sorted) return order;
  let spare = new Uint32Array(count);
  // a radix sort: a pass for each digit in which keys can differ, the digits smaller where clearing the buckets would cost most
  const radix = count < 4096 ? 0x100 : 0x10000;
  const buckets = new Uint32Array(radix + 1);
  for (let scale = 1; (high - low) / scale >= 1; scale *= radix) {
    buckets.fill(0);
    for (let i = 0; i < count; i++) {
      const digit = Math.floor((keys[i]! - low) / scale) % radix;
      buckets[digit + 1] = buckets[digit + 1]! + 1;
    }
    for (let digit = 0; digit < radix; digit++) buckets[digit + 1] = buckets[digit + 1]! + buckets[digit]!;
    for (let i = 0; i < count; i++) {
      const row = order[i]!;
      const digit = Math.floor((keys[row]! - low) / scale) % radix;
      const at = buckets[digit]!;
      spare[at] = row;
      buckets[digit] = at + 1;
    }
    [order, spare] = [spare, order];
  }
  return order;
}

/** Number of leading elements of an ascending table that are at most `key`: the index after the last of them. */
export function countUpTo(sorted: Float64Array, key: number, count = sorted.length): number {
  let low = 0;
  let high = count;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (sorted[middle]! <= key) low = middle + 1;
    else high = middle;
  }
  return low;
}
