/** Which files of a profile a local file is. What paths alone cannot tell is asked of the editor's side, which knows the workspace and what a person has said. */
import type { HostRequests } from '../../protocol.ts';
import type { ProfileViews } from '../profile/views.ts';
import { SourceFiles, type Matches, type SourceMap } from './sourcePaths.ts';

type Locating = HostRequests['ringside/locate'];

export class SourceMatch {
  private map: SourceMap = {};
  private readonly files = new WeakMap<ProfileViews, { count: number; files: SourceFiles }>();
  /** What was told, by the question. */
  private readonly told = new Map<string, Promise<readonly string[]>>();
  /** Asks the editor's side; without one no file is known by its name alone. */
  locate: (question: Locating['params']) => Promise<Locating['result']> = () => Promise.resolve([]);

  /** Another map, other answers of a person, or other files in the workspace. */
  renew(map: SourceMap): void {
    this.map = map;
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
    let known = this.files.get(views);
    if (known?.count !== names.length) this.files.set(views, (known = { count: names.length, files: new SourceFiles(names) }));
    return known.files.match(path, this.map);
  }
}
