/** Compares a source's path as built with local paths. */
import { isRooted, partsOf } from '../../builtPaths.ts';

export interface Candidate {
  readonly path: string;
  /** Trailing components shared with the path as built. */
  readonly shared: number;
}

/** How many trailing components two paths share. */
export function sharedTail(a: string, b: string): number {
  const [left, right] = [partsOf(a).reverse(), partsOf(b).reverse()];
  let n = 0;
  while (n < left.length && n < right.length && left[n] === right[n]) n++;
  return n;
}

/** The local files that share the longest tail with the path as built. Several: no telling which. */
export function bestCandidates(built: string, files: readonly string[]): Candidate[] {
  const scored = files.map((path) => ({ path, shared: sharedTail(built, path) })).filter(({ shared }) => shared > 0);
  const most = scored.reduce((n, { shared }) => Math.max(n, shared), 0);
  return scored.filter(({ shared }) => shared === most);
}

/**
 * Whether the tail that a path as built shares with a local file is more than a name that many files have: a folder is in it, or it is all that there is to
 * compare, of a path as built that is relative, or of the file's path within the workspace.
 * @param folders of the workspace
 */
export function isSure(built: string, file: string, folders: readonly string[]): boolean {
  const shared = sharedTail(built, file);
  if (shared !== 1) return shared > 1;
  const isBare = !isRooted(built) && partsOf(built).filter((part) => part !== '..').length === 1;
  return isBare || folders.some((folder) => isWithin(file, folder) && partsOf(file).length === partsOf(folder).length + 1);
}

export function isWithin(file: string, folder: string): boolean {
  const [inner, outer] = [partsOf(file), partsOf(folder)];
  return inner.length > outer.length && outer.every((part, at) => part === inner[at]);
}

/**
 * The `ringside.sourceMap` entry that turns the path as built into the chosen file: both without the tail they share. Null where the two do not even
 * share a name: then the whole path is mapped to the whole file.
 */
export function mapEntry(built: string, chosen: string): { from: string; to: string } {
  // At least one component must stay on each side, or there would be nothing to map.
  const shared = Math.min(sharedTail(built, chosen), partsOf(built).length - (isRooted(built) ? 0 : 1), partsOf(chosen).length - 1);
  return { from: withoutTail(built, shared), to: withoutTail(chosen, shared) };
}

/** Whether a path may be touched at all: on Windows a path to another machine would send it the user's credentials. */
export function isLocalPath(path: string, platform: NodeJS.Platform): boolean {
  return platform !== 'win32' || !/^[\\/]{2}/.test(path);
}

function withoutTail(path: string, count: number): string {
  const all = partsOf(path);
  const kept = all.slice(0, all.length - count).join('/');
  return /^[\\/]/.test(path) ? `/${kept}` : kept;
}
