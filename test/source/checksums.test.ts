/** Sources held against the build by their content: a compiler that keeps a checksum of each file (clang), and others that keep none. */
import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdir, mkdtemp, readFile, rename, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { isSaved, SourceStates } from '../../extension/engine/features/sourceStates.ts';
import { openProfile } from '../../extension/engine/formats/open.ts';
import { writePprof } from '../../extension/engine/formats/pprofWrite.ts';
import type { Profile } from '../../extension/engine/profile/profile.ts';
import { renameLocations } from '../../extension/engine/recording/renameLocations.ts';
import { Session } from '../../extension/engine/session.ts';
import { lookupMany } from '../../extension/engine/symbols/lookup.ts';
import { openSymbols } from '../../extension/engine/symbols/symbolizer.ts';
import type { LineHeat } from '../../extension/protocol.ts';
import { installed } from '../symbols/corpus.ts';
import { dumped } from './objdump.ts';
import { sampled } from './sampled.ts';

const run = promisify(execFile);
const header = 'static inline int twice(int n) {\n  int sum = 0;\n  for (int i = 0; i < n; i++) sum = sum * 31 + i;\n  return sum;\n}\n';
const unit = '#include "twice.h"\n__attribute__((noinline)) int work(int n) {\n  return twice(n) * n;\n}\n';
const main = '#include "twice.h"\nint work(int);\nint main(int n, char **all) {\n  return work(n) + twice(n + !all);\n}\n';
const rust =
  '#[inline(never)]\npub fn work(n: usize) -> usize {\n    n.wrapping_mul(n + 3)\n}\n\nfn main() {\n    std::process::exit(work(std::env::args().count()) as i32);\n}\n';
/** An hour before and after now. */
const [before, after] = [-1, 1].map((hours) => new Date(Date.now() + hours * 3_600_000));
const none = { kind: 'none', reason: '' } as const;

let folder: string;
beforeAll(async () => (folder = await mkdtemp(path.join(tmpdir(), 'ringside-checksums-'))));
afterAll(() => rm(folder, { recursive: true, force: true }));

const md5 = (text: string): string => createHash('md5').update(text).digest('hex');

async function write(name: string, text: string): Promise<string> {
  const file = path.join(folder, name);
  await mkdir(path.dirname(file), { recursive: true });
  await writeFile(file, text);
  return file;
}

async function compile(compiler: string, args: readonly string[], into: string): Promise<void> {
  await run((await installed(compiler)).command, args, { cwd: path.join(folder, into) });
}

/** Three C files, compiled and linked. @returns the program */
async function program(into: string, compiler: string, flags: readonly string[], ending = '\n'): Promise<string> {
  for (const [name, text] of Object.entries({ 'twice.h': header, 'work.c': unit, 'main.c': main }))
    await write(`${into}/${name}`, text.replaceAll('\n', ending));
  await compile(compiler, ['-O2', '-g', ...flags, '-o', 'program', 'work.c', 'main.c'], into);
  return path.join(folder, into, 'program');
}

/** A sample at each instruction of a function. */
async function profiled(file: string, name: string | RegExp): Promise<Profile> {
  const code = [...(await dumped(file))].find(([heading]) => (typeof name === 'string' ? heading === name : name.test(heading)))![1];
  return sampled(
    file,
    code.map(({ address }) => address),
  ).views.profile;
}

/** Of the files that lie in the test's own folder, which clang may name with a `.` within. */
const own = (profile: Profile): Record<string, readonly string[]> =>
  Object.fromEntries([...profile.table.checksums].flatMap(([file, all]) => (file.startsWith(folder) ? [[path.normalize(file), all]] : [])));

/** How a session that a profile is open in answers for a local file. */
async function heatOf(profile: Profile, file: string): Promise<LineHeat | null> {
  const session = new Session();
  session.put('p', profile);
  session.activate('p');
  return session.lineHeat(file);
}

describe('compilers', { timeout: 120_000 }, () => {
  it.each(['\n', '\r\n'])('clang writes the MD5 of a unit and its header, with lines that end in %j', async (ending) => {
    const into = ending === '\n' ? 'clang' : 'clang-crlf';
    const profile = await profiled(await program(into, 'clang-19', ['-gdwarf-5'], ending), 'work');
    const of = (name: string, text: string): [string, string[]] => [path.join(folder, into, name), [md5(text.replaceAll('\n', ending))]];
    expect(own(profile)).toEqual(Object.fromEntries([of('work.c', unit), of('twice.h', header)]));
  });

  // It knows them, but the unit's own entry, work.rs/@/work.<hash>-cgu.0, is no file and has none; and LLVM writes those of all files of a unit, or of none.
  it('rustc writes none, or the right one', async () => {
    const source = await write('rust/work.rs', rust);
    // before 1.88 it could not be asked for DWARF 5
    const { stdout } = await run((await installed('rustc')).command, ['-C', 'help']);
    const version = stdout.includes('dwarf-version') ? ['-C', 'dwarf-version=5'] : [];
    await compile('rustc', ['-g', '-C', 'opt-level=2', ...version, '-o', 'program', source], 'rust');
    const profile = await profiled(path.join(folder, 'rust/program'), /^work::work\b/);
    expect(profile.table.functions.map(({ file }) => file)).toContain(source);
    expect([{}, { [source]: [md5(rust)] }]).toContainEqual(own(profile));
  });

  it.each([
    ['gcc', '-gdwarf-5'],
    ['clang-19', '-gdwarf-4'],
  ])('%s %s writes none', async (compiler, flag) => {
    const profile = await profiled(await program(`none-${compiler}`, compiler, [flag]), 'work');
    expect([...profile.table.checksums]).toEqual([]);
  });

  it('a header that was changed between two units has two', async () => {
    const file = await program('twice', 'clang-19', ['-gdwarf-5', '-c', '-fsyntax-only']);
    const into = path.dirname(file);
    const other = `${header}// seen by main.c alone\n`;
    await compile('clang-19', ['-O2', '-g', '-gdwarf-5', '-c', 'work.c'], 'twice');
    await write('twice/twice.h', other);
    await compile('clang-19', ['-O2', '-g', '-gdwarf-5', '-c', 'main.c'], 'twice');
    await compile('clang-19', ['-o', 'program', 'work.o', 'main.o'], 'twice');
    const [work, caller] = await Promise.all(['work', 'main'].map((name) => profiled(file, name)));
    const source = path.join(into, 'twice.h');
    expect([own(work!)[source], own(caller!)[source]]).toEqual([[md5(header)], [md5(other)]]);
    const addresses = [...(await dumped(file))].flatMap(([name, code]) =>
      ['work', 'main'].includes(name) ? code.map(({ address }) => address) : [],
    );
    const both = sampled(file, addresses).views.profile;
    expect(own(both)[source]).toEqual([md5(header), md5(other)]);
    // it is what one of the units was made from, and not what the other was
    expect(await heatOf(both, source)).toMatchObject({ source: 'other' });
    expect(await heatOf(caller!, source)).toMatchObject({ source: 'built' });
  });
});

describe('a checksum comes along', { timeout: 120_000 }, () => {
  it('from the index on disk', async () => {
    const file = await program('indexed', 'clang-19', ['-gdwarf-5']);
    const [first] = (await dumped(file)).get('work')!;
    for (const time of ['written', 'read']) {
      const symbols = openSymbols(file, { index: path.join(folder, 'index') });
      const answers = await lookupMany(symbols, [first!.address]);
      expect(answers.framesOf(0).at(-1), time).toMatchObject({ file: path.join(folder, 'indexed/work.c'), fileMd5: md5(unit) });
      symbols.keep();
      symbols.close();
    }
  });

  it('in a capture, and where that is named anew', async () => {
    const file = await program('kept', 'clang-19', ['-gdwarf-5']);
    const profile = await profiled(file, 'work');
    const read = openProfile(await writePprof(profile), 'kept.pb.gz');
    expect([...read.table.checksums]).toEqual([...profile.table.checksums]);
    expect(own(await renameLocations(read, { kind: 'elf', path: file, origin: 'chosen' }))).toEqual(own(profile));
    expect([...(await renameLocations(read, none)).table.checksums]).toEqual([]);
  });
});

describe('a local file', { timeout: 120_000 }, () => {
  const startedAt = new Date().toISOString();
  const states = new SourceStates();

  it('is what was built however new it is, until its content is another, and again when that is taken back', async () => {
    const file = await program('edited', 'clang-19', ['-gdwarf-5']);
    const source = path.join(path.dirname(file), 'work.c');
    const checksums = (await profiled(file, 'work')).table.checksums.of(source);
    const state = (): Promise<string> => states.of(source, { checksums, startedAt });
    expect(await state()).toBe('built');
    await utimes(source, after!, after!);
    expect(await state()).toBe('built');
    // as many bytes, and an old date
    await writeFile(source, unit.replace('twice(n) * n', 'twice(n) + n'));
    await utimes(source, before!, before!);
    expect(await state()).toBe('other');
    await writeFile(source, unit);
    expect(await state()).toBe('built');
    // as git does it: another file takes the place
    await writeFile(`${source}.new`, `\n${unit}`);
    await rename(`${source}.new`, source);
    expect(await state()).toBe('other');
    await writeFile(source, unit.replaceAll('\n', '\r\n'));
    expect(await state()).toBe('other');
  });

  it('is told by its date where there is no checksum', async () => {
    const source = await write('dated.c', unit);
    const state = (begun: string | null): Promise<string> => states.of(source, { checksums: [], startedAt: begun });
    await utimes(source, before!, before!);
    expect(await state(startedAt)).toBe('built');
    await utimes(source, after!, after!);
    expect(await state(startedAt)).toBe('later');
    expect(await state(null)).toBe('built');
    await rm(source);
    expect(await state(startedAt)).toBe('built');
  });

  it('is saved where the editor holds what is on the disk, whatever its lines end in', async () => {
    const source = await write('saved.c', `\ufeff${unit.replaceAll('\n', '\r\n')}`);
    expect(await isSaved(source, unit)).toBe(true);
    expect(await isSaved(source, unit.replaceAll('\n', '\r\n'))).toBe(true);
    expect(await isSaved(source, `${unit} `)).toBe(false);
    expect(await isSaved(`${source}.gone`, unit)).toBe(false);
    expect(md5(await readFile(source, 'utf8'))).not.toBe(md5(unit));
  });
});
