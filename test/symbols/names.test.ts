/** Demanglers against the toolchain's own, on every name of the corpus; and by hand where no toolchain has one. */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { ElfFile } from '../../extension/engine/elf/elfFile.ts';
import { demangled } from '../../extension/engine/symbols/demangle.ts';
import { corpusFile } from './corpus.ts';

const minutes = 60_000;

function namesOf(file: string, prefix: string): string[] {
  const elf = ElfFile.open(file);
  try {
    return [...new Set([...elf.symbols.functions()].map(({ name }) => name))].filter((name) => name.startsWith(prefix));
  } finally {
    elf.close();
  }
}

test.each([
  ['gcc-cpp-dwarf5', '_Z', 200],
  ['clang-cpp-dwarf5', '_Z', 200],
  ['arm64-gcc-cpp', '_Z', 100],
  // of an older rustc, whose library comes with names of the other kind, few
  ['rustc-v0-names', '_R', 50],
])('%s: names are as llvm-cxxfilt writes them', { timeout: 5 * minutes }, async (name, prefix, least) => {
  const names = namesOf((await corpusFile(name)).path, prefix);
  expect(names.length).toBeGreaterThan(least);
  const theirs = execFileSync('llvm-cxxfilt-19', { input: names.join('\n'), encoding: 'utf8' })
    .trim()
    .split('\n');
  const different = names.flatMap((mangled, i) =>
    demangled(mangled) === theirs[i] ? [] : [`${mangled}\n ours ${demangled(mangled) ?? ''}\n llvm ${theirs[i]!}`],
  );
  console.log([`${name}: ${names.length - different.length} of ${names.length} names equal`, ...different].join('\n'));
  expect(different.length / names.length, different.slice(0, 5).join('\n')).toBeLessThanOrEqual(0.01);
});

test.each(['clang++-19', 'g++'])(
  '%s: constraints and the parameters of lambdas are as llvm-cxxfilt writes them',
  { timeout: minutes },
  (compiler) => {
    const work = mkdtempSync(path.join(tmpdir(), 'ringside-names-'));
    onTestFinished(() => rmSync(work, { recursive: true, force: true }));
    const program = path.join(work, 'concepts');
    const source = path.join(import.meta.dirname, 'sources/concepts.cpp');
    execFileSync(compiler, ['-std=c++20', '-w', source, '-o', program]);
    const names = namesOf(program, '_ZN');
    expect(names.length).toBeGreaterThan(30);
    const theirs = execFileSync('llvm-cxxfilt-19', { input: names.join('\n'), encoding: 'utf8' })
      .trim()
      .split('\n');
    expect(names.map((name) => demangled(name) ?? name)).toEqual(theirs);
  },
);

describe('by hand', () => {
  test.each([
    ['_ZN4core3fmt5Write10write_char17h0123456789abcdefE', 'core::fmt::Write::write_char'],
    [
      '_ZN71_$LT$Test$u20$$u2b$$u20$$u27$static$u20$as$u20$foo..Bar$LT$Test$GT$$GT$3bar17h930b740aa94f1d3aE',
      "<Test + 'static as foo::Bar<Test>>::bar",
    ],
    ['_ZN3foo3barEv', 'foo::bar()'],
    ['_ZN3foo3barEv.isra.0', 'foo::bar() (.isra.0)'],
    [
      '_ZNKSt3mapIiSt6vectorIdSaIdEESt4lessIiEE4findERKi',
      'std::map<int, std::vector<double, std::allocator<double>>, std::less<int>>::find(int const&) const',
    ],
    ['_ZN1AcvT_IiEEv', 'A::operator int<int>()'],
    [
      '_ZSt12construct_atIiJiEEDTgsnwcvPvLi0E_T_pispcl7declvalIT0_EEEEPS1_DpOS2_',
      'decltype(::new((void*)(0)) int(declval<int>())) std::construct_at<int, int>(int*, int&&)',
    ],
    // a pack that is constrained: llvm-cxxfilt 19 adds an ellipsis to its elements
    ['_ZN2ns4packITpTkNS_5SmallEJicEEEvDpT_', 'void ns::pack<int, char>(int, char)'],
    // a generic lambda outside of functions, which llvm-cxxfilt 19 does not know
    ['_ZN2ns4takeIN7glambdaIiEMUlT_E_EEEvS3_', "void ns::take<glambda<int>::'lambda'(auto)>(auto)"],
    ['_ZN1A1fEiQ5SmallIiE', 'A::f(int) requires Small<int>'],
    ['_ZNH1A1fERKS_i', 'A::f(this A const&, int)'],
    ['_ZN2ns5valueITnDkNS_5SmallELi3EEEvv', 'void ns::value<3>()'],
    ['_RNvNtCs1234_7mycrate3foo3bar', 'mycrate::foo::bar'],
    ['_RINvNtC3std3mem8align_ofdE', 'std::mem::align_of::<f64>'],
    ['camlStdlib__List__map_481', 'Stdlib.List.map'],
    ['camlStdlib__List.map_481', 'Stdlib.List.map'],
    ['camlStdlib__List$map_481', 'Stdlib.List.map'],
    ['camlDune__exe__Unikernel.start_12_34', 'Dune.exe.Unikernel.start_12'],
    ['base_GHCziBase_map_info', 'base:GHC.Base.map'],
    ['base_GHCziShow_zdfShowInt_closure', 'base:GHC.Show.$fShowInt'],
    ['main_Main_zpzpzp_entry', 'main:Main.+++'],
  ])('%s', (mangled, plain) => expect(demangled(mangled)).toBe(plain));

  test.each([
    'main',
    'camlCase',
    'caml_alloc',
    '_start',
    '_Z',
    '_ZN',
    '_R',
    '_RNv',
    'zlib_inflate_info',
    '_Z1fIiE_',
    `_Z${'P'.repeat(5000)}i`,
    '_ZN99999999999foo',
  ])('%s is left as it is', (name) => expect(demangled(name)).toBeUndefined());
});
