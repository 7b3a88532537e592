/**
 * Paths of sources as built, on whatever machine that was, for the host and the engine alike. They are compared with forward slashes and without `.`,
 * empty parts, and what a `..` takes back.
 */

export function partsOf(path: string): string[] {
  const all: string[] = [];
  for (const part of path.split(/[\\/]+/)) {
    if (part === '..' && all.length > 0 && all.at(-1) !== '..') all.pop();
    else if (part !== '' && part !== '.') all.push(part);
  }
  return all;
}

/** The last component. */
export function baseName(path: string): string {
  return partsOf(path).at(-1) ?? '';
}

export const isRooted = (path: string): boolean => /^([a-z]:)?[\\/]/i.test(path);

/** Paths that mean the same file are the same text. */
export function normalPath(path: string): string {
  return `${isRooted(path) ? '/' : ''}${partsOf(path).join('/')}`;
}

/** Prefix as built, to local folder or file: the `ringside.sourceMap` setting. */
export type SourceMap = Readonly<Record<string, string>>;

/** Where the longest matching prefix of the map puts a path as built; null where none matches. */
export function mapped(built: string, map: SourceMap): string | null {
  const file = partsOf(built);
  const isPrefix = (prefix: string): boolean => {
    const head = partsOf(prefix);
    return head.length <= file.length && head.every((part, i) => part === file[i]) && isRooted(prefix) === isRooted(built);
  };
  const [best] = Object.keys(map)
    .filter(isPrefix)
    .sort((a, b) => partsOf(b).length - partsOf(a).length);
  if (best === undefined) return null;
  const rest = file.slice(partsOf(best).length);
  return [map[best]!.replace(/[\\/]+$/, ''), ...rest].join('/');
}
