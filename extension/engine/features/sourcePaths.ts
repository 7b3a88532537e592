/** Finds which of a profile's source files a local file is: sources are often built elsewhere, under another root. */

/** Prefix as built, to local folder: the `ringside.sourceMap` setting. */
export type SourceMap = Readonly<Record<string, string>>;

const normal = (path: string): string => path.replaceAll('\\', '/').replace(/\/(\.?\/)+/g, '/');

/** How many trailing components two paths share. */
export function commonSuffix(a: string, b: string): number {
  const [left, right] = [normal(a).split('/').reverse(), normal(b).split('/').reverse()];
  let n = 0;
  while (n < left.length && n < right.length && left[n] === right[n] && left[n] !== '') n++;
  return n;
}

/** Where the longest matching prefix of the map puts a file as built; null where none matches. */
export function mapPath(file: string, map: SourceMap): string | null {
  const path = normal(file);
  const prefix = Object.keys(map)
    .filter((from) => path === normal(from) || path.startsWith(normal(from).replace(/\/?$/, '/')))
    .sort((a, b) => b.length - a.length)[0];
  if (prefix === undefined) return null;
  return normal(`${map[prefix]!}/${path.slice(normal(prefix).length)}`);
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

  /** The files that a local path stands for: exactly, by the map, or by the longest common tail. Empty where that is ambiguous. */
  match(local: string, map: SourceMap): string[] {
    const named = this.byName.get(baseName(local)) ?? [];
    const path = normal(local);
    // what is mapped may have another name altogether
    const mapped = Object.keys(map).length > 0 ? this.all.filter((file) => mapPath(file, map) === path) : [];
    const exact = [...new Set([...named.filter((file) => normal(file) === path), ...mapped])];
    if (exact.length > 0) return exact;
    const scored = named.map((file) => ({ file, score: commonSuffix(file, local) }));
    const best = Math.max(0, ...scored.map(({ score }) => score));
    const matching = scored.filter(({ score }) => score === best).map(({ file }) => file);
    // Two files of one name with no folder in common are different files; the same tail under two spellings of a root is one.
    return best > 1 || matching.length === 1 ? matching : [];
  }
}

const baseName = (path: string): string => normal(path).split('/').at(-1) ?? '';
