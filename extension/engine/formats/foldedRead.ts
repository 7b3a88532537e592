/** Folded stacks: `root;caller;leaf weight`, one line a stack (the input of flamegraph.pl). */
import { FormatError } from './errors.ts';
import { NamedProfile, type ImportedFile, type NamedFrame, type Steps } from './importer.ts';

/** Taken for folded stacks when the first line that is neither blank nor a comment is one. */
export function readFolded(file: ImportedFile): Steps | null {
  const first = file.firstLine();
  return first !== undefined && foldedStack(first) ? read(file) : null;
}

function* read(file: ImportedFile): Steps {
  const built = new NamedProfile({ title: file.name });
  for (const { text, number, next } of file.lines()) {
    if (number % 256 === 0) yield { profile: built.profile, done: next / file.bytes.length };
    if (text.trim() === '' || text.startsWith('#')) continue;
    const stack = foldedStack(text);
    if (!stack)
      throw new FormatError(`${file.name}:${number}: not a folded stack ("frame;frame weight"): ${JSON.stringify(text.slice(0, 80))}`);
    built.add(
      stack.frames.map((frame) => built.location(namedFrame(frame))),
      stack.weight,
    );
  }
  return built.profile;
}

/** `knead (bake.py:6)`, as py-spy writes it: one function, whatever its line. */
function namedFrame(frame: string): NamedFrame {
  const at = frame.endsWith(')') ? frame.lastIndexOf(' (') : -1;
  const [, file, line] = at > 0 ? (/^([^()]+):(\d{1,9})$/.exec(frame.slice(at + 2, -1)) ?? []) : [];
  return file === undefined ? { name: frame } : { name: frame.slice(0, at), file, line: Number(line) };
}

/** Split by hand from the end: a pattern that looks for the last blank can take the square of a line's length. */
export function foldedStack(line: string): { frames: string[]; weight: number } | null {
  const text = line.trimEnd();
  const blank = Math.max(text.lastIndexOf(' '), text.lastIndexOf('\t'));
  const number = text.slice(blank + 1);
  const stack = text.slice(0, Math.max(0, blank)).trimEnd();
  if (stack === '' || /^\s/.test(stack) || !/^\d+(\.\d+)?$/.test(number) || !Number.isFinite(Number(number))) return null;
  return { frames: stack.split(';'), weight: Number(number) };
}
