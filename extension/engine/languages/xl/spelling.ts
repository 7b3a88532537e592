/** The known word that a mistyped one is most like. */

/** Null where none is within two letters, or within a third of the word. */
export function nearest(word: string, known: Iterable<string>): string | null {
  let [best, least] = [null as string | null, Math.min(3, Math.ceil(word.length / 3) + 1)];
  for (const candidate of known) {
    const distance = editDistance(word, candidate, least);
    if (distance < least) [best, least] = [candidate, distance];
  }
  return best;
}

/** Letters to insert, delete or replace; `limit` or more where it is at least that. */
function editDistance(a: string, b: string, limit: number): number {
  if (Math.abs(a.length - b.length) >= limit) return limit;
  let row = Array.from({ length: b.length + 1 }, (_, i) => i);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) next.push(Math.min(row[j]! + 1, next[j - 1]! + 1, row[j - 1]! + (a[i - 1] === b[j - 1] ? 0 : 1)));
    row = next;
  }
  return row[b.length]!;
}
