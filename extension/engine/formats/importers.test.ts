import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { EVERYTHING } from '../profile/filter.ts';
import { heaviestFunctions } from '../profile/functionTotals.ts';
import type { Profile } from '../profile/profile.ts';
import { ProfileViews } from '../profile/views.ts';
import type { Weighted } from '../profile/weighted.ts';
import { writeFolded } from './foldedWrite.ts';
import { openProfile } from './open.ts';
import { writeSpeedscope } from './speedscopeWrite.ts';

const open = (text: string): Profile => openProfile(Buffer.from(text), 'file');
const all = (profile: Profile): Weighted => new ProfileViews(profile).weighted(EVERYTHING);
const folded = (profile: Profile): string => writeFolded(all(profile));
const speedscope = (profile: object, frames: unknown = [{ name: 'a' }, { name: 'b' }]): string =>
  JSON.stringify({ $schema: 'https://www.speedscope.app/file-format-schema.json', shared: { frames }, profiles: [profile] });

describe('folded stacks', () => {
  const text = 'main;idle 6\nmain;work 8\nmain;work;twist 2\n';
  it('come back as they were', () => expect(folded(open(text))).toBe(text));
  it('may hold blanks in names and Windows line ends', () =>
    expect(folded(open('a b;operator new 3\r\n\r\n'))).toBe('a b;operator new 3\n'));
  it('are told by line when broken', () => expect(() => open('a;b 1\nno weight\n')).toThrow('file:2: not a folded stack'));
});

describe('speedscope', () => {
  it('comes back as it was', () => {
    const before = open('main;work 8\nmain;work;twist 2\n');
    expect(folded(open([...writeSpeedscope(before)].join('')))).toBe(folded(before));
  });
  it('opens evented profiles', () => {
    const events = [
      { type: 'O', frame: 0, at: 10 },
      { type: 'O', frame: 1, at: 15 },
      { type: 'C', frame: 1, at: 17 },
      { type: 'C', frame: 0, at: 20 },
    ];
    expect(folded(open(speedscope({ type: 'evented', unit: 'none', startValue: 0, events })))).toBe('a 8\na;b 2\n');
  });
  it.each([
    [{ type: 'sampled', samples: [[0]], weights: [] }, 'samples and weights differ'],
    [{ type: 'sampled', samples: [[7]], weights: [1] }, 'names frame 7 of 2'],
    [{ type: 'sampled', samples: [3], weights: [1] }, 'sample 0 is not a stack'],
    [{ type: 'evented', events: [{ type: 'C', frame: 0, at: 1 }] }, 'closes a frame that is not the innermost'],
    [{ type: 'other' }, 'neither sampled nor evented'],
  ])('%j is refused in words', (profile, message) => expect(() => open(speedscope(profile))).toThrow(message));
});

describe('.cpuprofile', () => {
  it('opens what Node writes', () => {
    const folder = mkdtempSync(path.join(tmpdir(), 'cpuprofile-'));
    try {
      const script = path.join(folder, 'spin.cjs');
      writeFileSync(script, 'function spin(until) { while (Date.now() < until); }\nspin(Date.now() + 300);\n');
      execFileSync(process.execPath, ['--cpu-prof', '--cpu-prof-name=spin.cpuprofile', script], { cwd: folder });
      const profile = openProfile(readFileSync(path.join(folder, 'spin.cpuprofile')), 'spin.cpuprofile');
      const weights = all(profile);
      const spin = heaviestFunctions(weights).find(({ fn }) => profile.table.functions[fn]!.name === 'spin')!;
      expect(profile.table.functions[spin.fn]!.file).toBe(script);
      // microseconds, whatever else the machine does meanwhile
      expect(spin.total).toBeGreaterThan(20_000);
      expect(spin.total).toBeLessThan(3_000_000);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
  it('refuses nodes that are their own ancestors', () => {
    const node = (id: number, child: number) => ({ id, callFrame: { functionName: 'f' }, children: [child] });
    expect(() => open(JSON.stringify({ nodes: [node(1, 2), node(2, 1)], samples: [1] }))).toThrow('its own ancestor');
  });
});

describe('perf script', () => {
  it('opens stacks with and without a CPU, unknown symbols and blanks in names', () => {
    const text = `swapper     0 [001] 10.500000:     250000 cpu-clock:
\tffffffff810 native_safe_halt+0xe ([kernel.kallsyms])
\tffffffff811 default_idle+0x1 ([kernel.kallsyms])

my prog 77/78 11.0: cycles:
\t7f1 [unknown] (/usr/lib/x.so)
\t55e operator new(unsigned long)+0x3 (/usr/bin/my prog)

`;
    const profile = open(text);
    expect(folded(profile)).toBe('my prog;operator new(unsigned long);0x7f1 1\nswapper;default_idle;native_safe_halt 1\n');
    expect(profile.samples.lanes.map(({ vcpu }) => vcpu)).toEqual([1, 0]);
    expect([...profile.samples.timesNs.view()]).toEqual([0, 500_000_000]);
  });
});

describe('a file of no known format', () => {
  it('is refused, and the known ones are named', () =>
    expect(() => open('{"hello": 1}')).toThrow(/file is none of the formats Ringside opens: pprof/));
});
