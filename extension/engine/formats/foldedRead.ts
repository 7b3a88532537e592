/** Folded stacks: `root;caller;leaf weight`, one line a stack (the input of flamegraph.pl). */
import type { Profile } from '../profile/profile.ts';
import { FormatError } from './errors.ts';
import { NamedProfile, type ImportedFile } from './importer.ts';

const LINE = /^(\S.*?)\s+(\d+(?:\.\d+)?)$/;

/** Taken for folded stacks when the first line that is neither blank nor a comment is one. */
export function readFolded({ name, text }: ImportedFile): Profile | null {
  const lines = text.split(/\r?\n/);
  const first = lines.find((line) => line.trim() !== '' && !line.startsWith('#'));
  if (first === undefined || !LINE.test(first)) return null;
  const built = new NamedProfile({ title: name });
  lines.forEach((line, index) => {
    if (line.trim() === '' || line.startsWith('#')) return;
    const match = LINE.exec(line);
    if (!match)
      throw new FormatError(`${name}:${index + 1}: not a folded stack ("frame;frame weight"): ${JSON.stringify(line.slice(0, 80))}`);
    built.add(
      match[1]!.split(';').map((frame) => built.location({ name: frame })),
      Number(match[2]),
    );
  });
  return built.profile;
}
