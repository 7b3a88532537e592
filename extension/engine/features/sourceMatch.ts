/** Which files of a profile a local file is. What paths alone cannot tell is asked of the editor's side, which knows the workspace and what a person has said. */
import type { HostRequests } from '../../protocol.ts';
import type { ProfileViews } from '../profile/views.ts';
import type { SourceMap } from '../../builtPaths.ts';
import { SourceFiles, type Matches } from './sourcePaths.ts';

type Locating = HostRequests['ringside/locate'];

export class SourceMatch {
  private map: SourceMap = {};
  /** Of each profile, and what was found for local paths: the editor asks at every stroke. */
  private known = new WeakMap<ProfileViews, { count: number; files: SourceFiles; matches: Map<string, Matches> }>();
  /** What was told, by the question. */
  private readonly told = new Map<string, Promise<readonly string[]>>();
  /** Asks the editor's side; without one no file is known by its name alone. */
  locate: (question: Locating['params']) => Promise<Locating['result']> = () => Promise.resolve([]);

  /** Another map, other answers of a person, or other files in the workspace. */
  renew(map: SourceMap): void {
    this.map = map;
    this.known = new WeakMap();
    this.told.clear();
  }

  /** The files that a local path stands for, as the debug information names them. @throws where the editor's side fails to tell */
  async filesOf(views: ProfileViews, path: string): Promise<readonly string[]> {
    const { certain, possible } = this.match(views, path);
    if (possible.length === 0) return certain;
    const key = [path, ...possible].join('\n');
    let told = this.told.get(key);
    if (!told) {
      told = this.locate({ path, built: possible });
      this.told.set(key, told);
      told.catch(() => this.told.delete(key));
    }
    return told;
  }

  /** Paths as built that have the name of a local file, and may be others. */
  namesakes(views: ProfileViews, path: string): readonly string[] {
    return this.match(views, path).possible;
  }

  private match(views: ProfileViews, path: string): Matches {
    const names = views.sourceFiles();
    let known = this.known.get(views);
    if (known?.count !== names.length)
      this.known.set(views, (known = { count: names.length, files: new SourceFiles(names), matches: new Map<string, Matches>() }));
    let found = known.matches.get(path);
    if (!found) known.matches.set(path, (found = known.files.match(path, this.map)));
    return found;
  }
}
