// Compiles the agent's C for dom0, whatever machine this is: x86-64 Linux, freestanding, so that no C library has to fit.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { deflateSync } from 'node:zlib';

const compilers = process.env.CC ? [process.env.CC] : ['cc', 'gcc', 'clang', 'x86_64-linux-gnu-gcc'];
const flags = [
  ...['-shared', '-fPIC', '-O2', '-m64', '-std=gnu11', '-Wall', '-Wextra', '-Werror', '-ffreestanding', '-nostdlib', '-fvisibility=hidden'],
  ...['-fno-stack-protector', '-fcf-protection=none', '-fno-asynchronous-unwind-tables', '-fno-builtin'],
  ...['-s', '-Wl,--build-id=none,-z,noseparate-code,-z,noexecstack,--hash-style=gnu'],
];
const ELF_X86_64 = Buffer.from([0x7f, 0x45, 0x4c, 0x46, 2, 1]);

/**
 * The compiled file, deflated, in base64. Empty where no compiler can make it: the agent does without, and says so.
 * @param {string} file
 */
export function compiled(file) {
  const folder = mkdtempSync(path.join(tmpdir(), 'ringside-compile-'));
  try {
    const problems = [];
    for (const compiler of compilers) {
      const output = path.join(folder, 'shutter.so');
      const { status, stderr, error } = spawnSync(compiler, [...flags, '-o', output, file], { encoding: 'utf8' });
      const bytes = status === 0 ? readFileSync(output) : null;
      if (bytes?.subarray(0, 6).equals(ELF_X86_64)) return deflateSync(bytes, { level: 9 }).toString('base64');
      problems.push(`${compiler}: ${error?.message ?? (stderr.trim() || 'not for x86-64 Linux')}`);
    }
    process.stderr.write(`warning: ${path.basename(file)} is left out, so pauses will be longer: ${problems.join('; ')}\n`);
    return '';
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** For esbuild. */
export const compiledC = {
  name: 'c',
  setup(build) {
    build.onLoad({ filter: /\.c$/ }, ({ path: file }) => ({
      contents: `export default ${JSON.stringify(compiled(file))};`,
      watchFiles: [file],
    }));
  },
};
