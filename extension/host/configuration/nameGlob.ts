/** Whether a name matches a pattern in which `*` stands for any characters and `?` for one. Takes time in the product of the lengths at most. */
export function matchesGlob(name: string, pattern: string): boolean {
  let [at, from] = [0, 0];
  let [star, retry] = [-1, 0];
  while (at < name.length) {
    if (from < pattern.length && (pattern[from] === '?' || (pattern[from] === name[at] && pattern[from] !== '*'))) {
      at++;
      from++;
    } else if (pattern[from] === '*') {
      star = from++;
      retry = at;
    } else if (star >= 0) {
      from = star + 1;
      at = ++retry;
    } else return false;
  }
  while (pattern[from] === '*') from++;
  return from === pattern.length;
}

/** The entry whose pattern fits a name best: the name itself, else the pattern with the most letters that are not wild. */
export function bestMatch(name: string, entries: Readonly<Record<string, string>>): { pattern: string; value: string } | null {
  const weight = (pattern: string): number => (pattern === name ? Infinity : pattern.replace(/[*?]/g, '').length);
  const [best] = Object.entries(entries)
    .filter(([pattern]) => pattern === name || matchesGlob(name, pattern))
    .sort(([a], [b]) => weight(b) - weight(a));
  return best ? { pattern: best[0], value: best[1] } : null;
}
