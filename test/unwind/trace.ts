/** Programs built and stepped through by tracer.c: photographs with the true stack beside each. */
import { execFileSync } from 'node:child_process';
import { copyFileSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { type Photograph, REGISTER_COUNT } from '../../extension/engine/unwind/photograph.ts';

const here = import.meta.dirname;

/** A folder for the builds of one test file. */
export class Workshop {
  readonly folder = mkdtempSync(path.join(tmpdir(), 'ringside-unwind-'));
  private tracer: string | undefined;

  /** Compiles one of this folder's programs, or another of the given path. */
  build(source: string, name: string, flags: readonly string[]): string {
    const program = path.join(this.folder, name);
    execFileSync('gcc', [...flags, '-w', '-o', program, path.resolve(here, source)], { stdio: ['ignore', 'ignore', 'inherit'] });
    return program;
  }

  /** Steps through a program: `visits` photographs of each instruction, and one in `random` of the rest. */
  trace(program: string, visits: number, random: number, ...options: readonly string[]): TracedPhotograph[] {
    this.tracer ??= this.build('tracer.c', 'tracer', ['-O2']);
    const out = `${program}.trace`;
    execFileSync(this.tracer, [out, String(visits), String(random), program, ...options], { stdio: ['ignore', 'ignore', 'inherit'] });
    const photographs = [...readTrace(readFileSync(out))];
    rmSync(out);
    return photographs;
  }

  copy(program: string, to: string): void {
    copyFileSync(program, to);
  }

  /** A copy of a program with something taken out. */
  without(program: string, ...flags: readonly string[]): string {
    const copy = `${program}${flags.join('')}`;
    execFileSync('objcopy', [...flags, program, copy]);
    return copy;
  }

  close(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }
}

export interface TracedPhotograph {
  readonly photograph: Photograph;
  /** Return addresses, innermost first. */
  readonly truth: readonly bigint[];
}

function* readTrace(bytes: Buffer): Iterable<TracedPhotograph> {
  for (let at = 0; at < bytes.length;) {
    const end = at + 4 + bytes.readUInt32LE(at);
    const registers = BigUint64Array.from({ length: REGISTER_COUNT }, (_, i) => bytes.readBigUInt64LE(at + 20 + i * 8));
    const stackAt = at + 28 + REGISTER_COUNT * 8;
    const photograph: Photograph = {
      timeNs: Number(bytes.readBigUInt64LE(at + 4)),
      vcpu: 0,
      state: 0,
      truncated: false,
      unmapped: false,
      pauseNs: 0,
      registers,
      stackBase: bytes.readBigUInt64LE(stackAt - 8),
      stack: bytes.subarray(stackAt, end),
    };
    const count = bytes.readUInt32LE(end);
    const truth = Array.from({ length: count }, (_, i) => bytes.readBigUInt64LE(end + 4 + i * 8));
    at = end + 4 + count * 8;
    yield { photograph, truth };
  }
}
