/** Lines of an assembly file and of a header, as the engine answers for them. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { assemblyOf } from '../../extension/engine/assembly/assembly.ts';
import { EVERYTHING } from '../../extension/engine/profile/filter.ts';
import { ProfileViews } from '../../extension/engine/profile/views.ts';
import { Session } from '../../extension/engine/session.ts';
import { buildMill, millLine, millProfile, type MillSource } from './mill.ts';

const compilers = [
  ['g++', ['-gdwarf-5']],
  ['clang++-19', ['-gdwarf-5']],
  ['clang++-19', ['-gdwarf-4']],
] as const;

describe.each(compilers)('%s %s', { timeout: 120_000 }, (compiler, flags) => {
  let folder: string;
  let program: string;
  let views: ProfileViews;
  const session = new Session();

  beforeAll(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'ringside-mill-'));
    program = await buildMill(folder, compiler, flags);
    const profile = await millProfile(program);
    views = new ProfileViews(profile);
    session.put('mill', profile);
    session.activate('mill');
  }, 120_000);
  afterAll(() => rm(folder, { recursive: true }));

  const at = (source: MillSource): string => path.join(folder, source);
  /** Self and total by line. */
  const costs = async (source: MillSource): Promise<Record<number, readonly [number, number]>> => {
    const heat = (await session.lineHeat(at(source)))!;
    expect(heat).toMatchObject({ grandTotal: 100, source: 'built' });
    return Object.fromEntries(heat.line.map((line, i) => [line, [heat.self[i]!, heat.total[i]!]]));
  };
  const quiet = { signal: new AbortController().signal, onOpening: () => undefined };

  it('counts a line of assembly', async () => expect(await costs('spin.S')).toEqual({ [await millLine('spin.S', 'imull')]: [60, 60] }));
  it('counts a line of a header that was inlined', async () =>
    expect(await costs('grind.h')).toEqual({ [await millLine('grind.h', 'sum * 31')]: [30, 30] }));
  it('counts the lines that call them', async () =>
    expect(await costs('mill.cpp')).toEqual({
      [await millLine('mill.cpp', 'grind(n)')]: [0, 30],
      [await millLine('mill.cpp', 'spin(n);')]: [0, 60],
      [await millLine('mill.cpp', 'ground + spun')]: [10, 10],
      [await millLine('mill.cpp', 'return mill')]: [0, 100],
    }));

  it('counts what leads through the frame that is selected, of the shape that is shown', async () => {
    const { tree, functions } = views.weighted(EVERYTHING);
    const spin = Array.from({ length: tree.size }, (_, node) => node).find(
      (node) => node > 0 && functions[tree.functionOf(node)]!.name === 'spin',
    )!;
    const whole = await costs('mill.cpp');
    session.select('mill', spin, EVERYTHING);
    expect(await session.lineHeat(at('mill.cpp'))).toMatchObject({ within: 'spin' });
    expect(await costs('mill.cpp')).toEqual({
      [await millLine('mill.cpp', 'spin(n);')]: [0, 60],
      [await millLine('mill.cpp', 'return mill')]: [0, 60],
    });
    expect(await session.lineHeat(at('grind.h'))).toMatchObject({ line: [], grandTotal: 100, within: 'spin' });
    expect(await session.lineHeat(at('other.h' as MillSource))).toBeNull();
    session.select('mill', spin, { ...EVERYTHING, hideLibrary: true });
    expect(await session.lineHeat(at('mill.cpp'))).toMatchObject({ within: null });
    session.select('mill', null, EVERYTHING);
    expect(await costs('mill.cpp')).toEqual(whole);
  });

  it('goes to the hottest line, and from there to what called it', async () => {
    const line = await millLine('spin.S', 'imull');
    const hot = await session.answers['ringside/hotLines']({ limit: 1, by: 'self' }, quiet);
    expect(hot).toMatchObject({ place: [{ file: at('spin.S'), line }], name: ['spin'] });
    const around = await session.answers['ringside/around']({ path: at('spin.S'), line, word: 'eax' }, quiet);
    expect(around).toMatchObject({ frame: { name: 'spin' }, callers: [{ place: { line: await millLine('mill.cpp', 'spin(n);') } }] });
    const inlined = await session.answers['ringside/around']({ path: at('mill.cpp'), line: 1, word: 'grind' }, quiet);
    expect(inlined).toMatchObject({ callers: [{ place: { line: await millLine('mill.cpp', 'grind(n)') } }] });
  });

  it('tells them under the pointer', async () => {
    const spin = await session.hover({ path: at('spin.S'), line: await millLine('spin.S', 'imull'), word: 'imull' });
    expect(spin).toMatch(/\| line \d+ \| &emsp;60\.0 % \(60 samples\) \| &emsp;60\.0 % \(60 samples\) \|/);
    expect(spin).toContain('`spin` is called by [`mill(int)`]');
    const grind = await session.hover({ path: at('grind.h'), line: await millLine('grind.h', 'int grind'), word: 'grind' });
    expect(grind).toMatch(/\| `grind` \| &emsp;30\.0 % \(30 samples\)/);
    expect(grind).toContain('is called by [`mill(int)`]');
  });

  it('disassembles what was written as assembly', async () => {
    const placed = views.placed(EVERYTHING);
    const fn = placed.weighted.functions.findIndex(({ name }) => name === 'spin');
    const { parts } = await assemblyOf(placed, { fn, symbolFile: program, objdump: 'objdump', signal: quiet.signal });
    expect(parts[0]!.self).toEqual([0, 0, 60, 0, 0, 0]);
    expect(parts[0]!.chains[parts[0]!.chain[2]!]).toMatchObject([{ line: await millLine('spin.S', 'imull') }]);
  });
});
