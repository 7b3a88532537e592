/** Compares a source's path as built with local paths. Paths are compared with forward slashes and without `.` and empty parts. */

export interface Candidate {
  readonly path: string;
  /** Trailing components shared with the path as built. */
  readonly shared: number;
}

const parts = (path: string): string[] => path.split(/[\\/]+/).filter((part) => part !== '' && part !== '.');

/** The last component. */
export function baseName(path: string): string {
  return parts(path).at(-1) ?? '';
}

/** How many trailing components two paths share. */
export function sharedTail(a: string, b: string): number {
  const [left, right] = [parts(a).reverse(), parts(b).reverse()];
  let n = 0;
  while (n < left.length && n < right.length && left[n] === right[n]) n++;
  return n;
}

/** Where the longest matching prefix of the map puts a path as built; null where none matches. */
export function mapped(built: string, map: Readonly<Record<string, string>>): string | null {
  const file = parts(built);
  const isPrefix = (prefix: string): boolean => {
    const head = parts(prefix);
    return head.length <= file.length && head.every((part, i) => part === file[i]) && isRooted(prefix) === isRooted(built);
  };
  const [best] = Object.keys(map)
    .filter(isPrefix)
    .sort((a, b) => parts(b).length - parts(a).length);
  if (best === undefined) return null;
  const rest = file.slice(parts(best).length);
  return [map[best]!.replace(/[\\/]+$/, ''), ...rest].join('/');
}

/** The local files that share the longest tail with the path as built. Several: no telling which. */
export function bestCandidates(built: string, files: readonly string[]): Candidate[] {
  const scored = files.map((path) => ({ path, shared: sharedTail(built, path) })).filter(({ shared }) => shared > 0);
  const most = scored.reduce((n, { shared }) => Math.max(n, shared), 0);
  return scored.filter(({ shared }) => shared === most);
}

/**
 * The `ringside.sourceMap` entry that turns the path as built into the chosen file: both without the tail they share. Null where the two do not even
 * share a name: then the whole path is mapped to the whole file.
 */
export function mapEntry(built: string, chosen: string): { from: string; to: string } {
  // At least one component must stay on each side, or there would be nothing to map.
  const shared = Math.min(sharedTail(built, chosen), parts(built).length - (isRooted(built) ? 0 : 1), parts(chosen).length - 1);
  return { from: withoutTail(built, shared), to: withoutTail(chosen, shared) };
}

/** Whether a path may be touched at all: on Windows a path to another machine would send it the user's credentials. */
export function isLocalPath(path: string, platform: NodeJS.Platform): boolean {
  return platform !== 'win32' || !/^[\\/]{2}/.test(path);
}

const isRooted = (path: string): boolean => /^([a-z]:)?[\\/]/i.test(path);

function withoutTail(path: string, count: number): string {
  const all = parts(path);
  const kept = all.slice(0, all.length - count).join('/');
  return /^[\\/]/.test(path) ? `/${kept}` : kept;
}
