/** Checks the settings that are numbers, lists and maps. Each answers with the value to use and, where the setting is bad, a sentence naming it. */

export interface Checked<T> {
  readonly value: T;
  readonly problem: string | null;
}

/** A number within limits, or the default. */
export function checkNumber(name: string, setting: unknown, fallback: number, min: number, max: number): Checked<number> {
  const problem = numberProblem(setting, min, max);
  if (problem === null) return { value: setting as number, problem: null };
  return { value: fallback, problem: `${name} ${problem}; ${fallback} is used` };
}

/** One of a few words, or the first of them. */
export function checkWord<T extends string>(name: string, setting: unknown, words: readonly [T, ...T[]]): Checked<T> {
  const found = words.find((word) => word === setting);
  if (found !== undefined || setting === undefined) return { value: found ?? words[0], problem: null };
  return { value: words[0], problem: `${name} must be one of ${words.join(', ')}; ${words[0]} is used` };
}

/** What is wrong with a number typed or set; null where nothing is. */
export function numberProblem(value: unknown, min: number, max: number): string | null {
  if (typeof value !== 'number' || !Number.isFinite(value)) return 'must be a number';
  if (value < min || value > max) return `must be between ${min} and ${max}`;
  return null;
}

/** A list of strings; empty where it is anything else. */
export function checkStrings(name: string, setting: unknown): Checked<readonly string[]> {
  if (setting === undefined) return { value: [], problem: null };
  if (Array.isArray(setting) && setting.every((item) => typeof item === 'string')) return { value: setting, problem: null };
  return { value: [], problem: `${name} must be a list of strings; it is ignored` };
}

/** An object of strings; entries of another kind are left out. */
export function checkMap(name: string, setting: unknown): Checked<Readonly<Record<string, string>>> {
  if (setting === undefined || setting === null) return { value: {}, problem: null };
  if (typeof setting !== 'object' || Array.isArray(setting)) return { value: {}, problem: `${name} must be an object; it is ignored` };
  const entries = Object.entries(setting);
  const bad = entries.find(([, value]) => typeof value !== 'string' || value === '');
  return {
    value: Object.fromEntries(entries.filter((entry): entry is [string, string] => typeof entry[1] === 'string' && entry[1] !== '')),
    problem: bad ? `${name}[${JSON.stringify(bad[0])}] must be a path; it is ignored` : null,
  };
}

/** A folder of the workspace. */
export interface NamedFolder {
  readonly name: string;
  readonly path: string;
}

/** Replaces `${workspaceFolder}`, the first one, and `${workspaceFolder:NAME}`. Null where the path needs a folder that is not open. */
export function resolveFolder(path: string, folders: readonly NamedFolder[]): string | null {
  const named = /\$\{workspaceFolder(?::([^}]*))?\}/g;
  const folderOf = (name: string | undefined): NamedFolder | undefined =>
    name === undefined ? folders[0] : folders.find((each) => each.name === name);
  if ([...path.matchAll(named)].some(([, name]) => folderOf(name) === undefined)) return null;
  return path.replaceAll(named, (_, name: string | undefined) => folderOf(name)!.path);
}
