/** Finds which of a profile's source files a local file is: sources are often built elsewhere, under another root. */

/** Prefix as built, to local folder: the `ringside.sourceMap` setting. */
export type SourceMap = Readonly<Record<string, string>>;

/** With forward slashes, and without `.`, empty parts, and what a `..` takes back. */
function normal(path: string): string {
  let at = path.replaceAll('\\', '/').replace(/\/(\.?\/)+/g, '/');
  for (let before = ''; before !== at;) [before, at] = [at, at.replace(/(^|\/)(?!\.\.\/)[^/]+\/\.\.\//, '$1')];
  return at;
}

/** Where the longest matching prefix of the map puts a file as built; null where none matches. */
export function mapPath(file: string, map: SourceMap): string | null {
  const path = normal(file);
  const prefix = Object.keys(map)
    .filter((from) => path === normal(from) || path.startsWith(normal(from).replace(/\/?$/, '/')))
    .sort((a, b) => b.length - a.length)[0];
  if (prefix === undefined) return null;
  const rest = path.slice(normal(prefix).length);
  // a single file may be mapped, too
  return normal(rest === '' ? map[prefix]! : `${map[prefix]!}/${rest}`);
}

/** Paths as built that a local file may stand for. */
export interface Matches {
  /** By its very path, or by the map. */
  readonly certain: readonly string[];
  /** By its name: only somebody who knows the other files of the workspace can tell. Empty where something is certain. */
  readonly possible: readonly string[];
}

/** The source files of a profile, by name, so that one of many is found without looking at all of them. */
export class SourceFiles {
  private readonly byName = new Map<string, string[]>();
  private readonly all: readonly string[];

  constructor(files: Iterable<string>) {
    this.all = [...files];
    for (const file of this.all) {
      const name = baseName(file);
      const known = this.byName.get(name);
      if (known) known.push(file);
      else this.byName.set(name, [file]);
    }
  }

  match(local: string, map: SourceMap): Matches {
    const named = this.byName.get(baseName(local)) ?? [];
    const path = normal(local);
    // what is mapped may have another name altogether
    const mapped = Object.keys(map).length > 0 ? this.all.filter((file) => mapPath(file, map) === path) : [];
    const certain = [...new Set([...named.filter((file) => normal(file) === path), ...mapped])];
    return { certain, possible: certain.length > 0 ? [] : named };
  }
}

const baseName = (path: string): string => normal(path).split('/').at(-1) ?? '';
