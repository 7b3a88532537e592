/** ocamlopt's output, which MirageOS is made of: the same frames as llvm-symbolizer's, and OCaml's own names. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect, test } from 'vitest';
import { openSymbols } from '../../extension/engine/symbols/symbolizer.ts';
import { must, run } from '../rig/run.ts';
import { compare } from './compare.ts';

const ADDRESSES = 10_000;

const PROGRAM = `type shape = Circle of float | Square of float
let area = function Circle r -> 3.14 *. r *. r | Square s -> s *. s
let rec fib n = if n < 2 then n else fib (n - 1) + fib (n - 2)
let total shapes = List.fold_left (fun sum shape -> sum +. area shape) 0.0 shapes
let sorted l = List.sort (fun a b -> compare b a) l
let () =
  let shapes = List.init 100 (fun i -> if i mod 2 = 0 then Circle (float i) else Square (float i)) in
  Printf.printf "%f %d %d\\n" (total shapes) (fib 20) (List.hd (sorted (List.init 50 (fun i -> i * 7 mod 13))))
`;

test('ocamlopt', { timeout: 120_000 }, async ({ skip }) => {
  const installed = await run('ocamlopt', ['-version']).catch((error: unknown) => error as Error);
  if (installed instanceof Error) return skip(`ocamlopt does not run (${installed.message}); Debian's package ocaml-nox has it`);
  const work = await mkdtemp(path.join(tmpdir(), 'ringside-ocaml-'));
  try {
    const source = path.join(work, 'shapes.ml');
    const file = path.join(work, 'shapes');
    await writeFile(source, PROGRAM);
    await must('ocamlopt', ['-g', '-o', file, source]);
    const result = await compare(file, ADDRESSES);
    console.log(`ocamlopt ${installed.stdout.trim()}: ${result.equal} of ${ADDRESSES} equal, ${result.withLine} with a line`);
    expect(result.examples.join('\n')).toBe('');
    expect(result.withLine).toBeGreaterThan(ADDRESSES / 4);
    const symbols = openSymbols(file);
    const fib = [...symbols.symbols.functions()].find(({ name }) => /^camlShapes.*fib/.test(name))!;
    expect(symbols.lookup(fib.address)).toMatchObject([{ name: 'Shapes.fib', linkageName: fib.name, file: source, line: 3 }]);
    symbols.close();
  } finally {
    await rm(work, { recursive: true, force: true });
  }
});
