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
  const order: Uint32Array = new Uint32Array(count);
  for (let i = 0; i < count; i++) order[i] = i;
  if (sorted) return order;
  if (count <= 32) return insertionSorted(keys, order);
  // a radix sort: a pass for each digit in which keys can differ, the digits smaller where clearing the buckets would cost most
  const bits = count < 4096 ? 8 : count < 65_536 ? 11 : 16;
  const distances = new Uint32Array(count);
  let rows = order;
  for (let scale = 1; (high - low) / scale >= 1; scale *= 0x1_0000_0000) {
    for (let i = 0; i < count; i++) distances[i] = Math.floor((keys[i]! - low) / scale) % 0x1_0000_0000;
    const most = Math.min(Math.floor((high - low) / scale), 0xffffffff);
    for (let shift = 0; shift < 32 && most >>> shift > 0; shift += bits) rows = sortedByDigit(rows, distances, shift, bits);
  }
  return rows;
}

function insertionSorted(keys: Float64Array, order: Uint32Array): Uint32Array {
  for (let i = 1; i < order.length; i++) {
    const row = order[i]!;
    const key = keys[row]!;
    let j = i;
    for (; j > 0 && keys[order[j - 1]!]! > key; j--) order[j] = order[j - 1]!;
    order[j] = row;
  }
  return order;
}

/** One stable pass: by `bits` bits of the rows' keys from `shift`. */
function sortedByDigit(rows: Uint32Array, keys: Uint32Array, shift: number, bits: number): Uint32Array {
  const mask = (1 << bits) - 1;
  const ends = new Uint32Array(mask + 2);
  for (const row of rows) ends[((keys[row]! >>> shift) & mask) + 1]!++;
  for (let digit = 0; digit < mask; digit++) ends[digit + 1]! += ends[digit]!;
  const sorted = new Uint32Array(rows.length);
  for (const row of rows) sorted[ends[(keys[row]! >>> shift) & mask]!++] = row;
  return sorted;
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
