/** Finds which of a profile's source files a local file is: sources are often built elsewhere, under another root. */
import { baseName, mapped, normalPath, type SourceMap } from '../../builtPaths.ts';

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
    const path = normalPath(local);
    const isMapped = (file: string): boolean => {
      const to = mapped(file, map);
      return to !== null && normalPath(to) === path;
    };
    // what is mapped may have another name altogether
    const byMap = Object.keys(map).length > 0 ? this.all.filter(isMapped) : [];
    const certain = [...new Set([...named.filter((file) => normalPath(file) === path), ...byMap])];
    return { certain, possible: certain.length > 0 ? [] : named };
  }
}
